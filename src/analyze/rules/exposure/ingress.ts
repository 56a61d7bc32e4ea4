import type { KubeObject } from '../../../api/kube-object.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

const kinds = ['Ingress.networking.k8s.io', 'Ingress.extensions'];

/** Where controllers of clouds take the certificate from. These are settings with an effect, not excuses. */
const certificates = [
  'alb.ingress.kubernetes.io/certificate-arn',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
  'networking.gke.io/managed-certificates',
  'networking.gke.io/certmap',
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate',
];

export const ingressWithoutTls: ObjectRule = {
  id: 'IngressWithoutTls',
  severity: 'medium',
  category: 'exposure',
  reason: 'passwords and cookies can be read and changed on the way',
  source: documented('Ingress: TLS', 'concepts/services-networking/ingress/#tls'),
  kinds,
  check: (ingress) => {
    const annotations = objectAt(ingress, 'metadata', 'annotations');
    if (certificates.some((key) => textAt(annotations, key) !== '')) return [];
    const tls = objectsAt(ingress, 'spec', 'tls');
    const covered = tls.flatMap((each) => textsAt(each, 'hosts'));
    // Without hosts the certificate is that of the controller, which serves all of them.
    const isForAll = tls.some((each) => textsAt(each, 'hosts').length === 0);
    const plain = hostsOf(ingress).filter((host) => !isForAll && !covered.some((each) => covers(each, host)));
    if (plain.length === 0 && tls.length > 0) return [];
    const said = plain
      .filter((host) => host !== '')
      .slice(0, 5)
      .join(', ');
    return [
      {
        fieldPath: 'spec.tls',
        text: `${said === '' ? 'What it serves' : quoteText(said, 300)} is served without TLS.`,
        fix: 'Name the hosts and a Secret with their certificate in spec.tls.',
      },
    ];
  },
};

export const ingressAnyHost: ObjectRule = {
  id: 'IngressAnyHost',
  severity: 'low',
  category: 'exposure',
  reason: 'it also answers for names that are meant for others, or for nobody',
  source: documented(
    'Ingress: hostname wildcards',
    'concepts/services-networking/ingress/#hostname-wildcards',
  ),
  kinds,
  check: (ingress) =>
    objectsAt(ingress, 'spec', 'rules')
      .map((rule, index) => ({ host: textAt(rule, 'host'), index }))
      .filter(({ host }) => host === '' || host.startsWith('*'))
      .map(({ host, index }) => ({
        fieldPath: `spec.rules[${index}].host`,
        text: `The Ingress answers for ${host === '' ? 'every host name' : quoteText(host, 253)}.`,
        fix: `Name the host: set spec.rules[${index}].host.`,
      })),
};

export const ingressSnippet: ObjectRule = {
  id: 'IngressSnippet',
  severity: 'high',
  category: 'exposure',
  reason: 'whoever may write an Ingress can read every Secret that the controller may (CVE-2021-25742)',
  source: {
    title: 'ingress-nginx issue 7837: custom snippets read Secrets of all namespaces',
    url: 'https://github.com/kubernetes/ingress-nginx/issues/7837',
  },
  kinds,
  check: (ingress) =>
    Object.keys(objectAt(ingress, 'metadata', 'annotations'))
      .filter((key) => /^nginx\.ingress\.kubernetes\.io\/[a-z-]*-snippet$/.test(key))
      .map((key) => ({
        fieldPath: `metadata.annotations["${key}"]`,
        text: `The annotation ${key} puts text into the configuration of the controller.`,
        fix: 'Use the annotation that is made for what it does, and turn snippets off in the controller.',
      })),
};

function hostsOf(ingress: KubeObject): readonly string[] {
  return objectsAt(ingress, 'spec', 'rules').map((rule) => textAt(rule, 'host'));
}

/** A wildcard stands for one label. */
function covers(certified: string, host: string): boolean {
  if (!certified.startsWith('*.')) return certified === host;
  return host.slice(host.indexOf('.')) === certified.slice(1);
}
