import type { KubeObject } from '../../api/kube-object.ts';
import type { SnapshotKind } from '../cluster/kinds.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../json-fields.ts';
import { linksTo, notReady, type Link, type LinkMaker } from './link.ts';

const withoutEndpoints = ['NoEndpoints', 'EndpointsNotReady'];
const templated: readonly SnapshotKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** The Pods that a Service selects, or what would run such Pods where there are none. */
export const serviceLinks: LinkMaker = (service, snapshot) => {
  if (!snapshot.has('Pod')) return [];
  const pods = snapshot.selectedBy(service);
  if (pods.length > 0) return linksTo(notReady(pods), 'selects');
  const wanted = Object.entries(objectAt(service, 'spec', 'selector'));
  if (wanted.length === 0) return [];
  const makers = templated.flatMap((kind) => (snapshot.has(kind) ? snapshot.all(kind) : []));
  return linksTo(
    makers.filter(
      (maker) =>
        namespaceOf(maker) === namespaceOf(service) &&
        wanted.every(
          ([key, value]) => fieldAt(maker, 'spec', 'template', 'metadata', 'labels', key) === value,
        ),
    ),
    'selects the Pods of',
  );
};

export const ingressLinks: LinkMaker = (ingress, snapshot) => {
  const backends = [
    fieldAt(ingress, 'spec', 'defaultBackend'),
    ...objectsAt(ingress, 'spec', 'rules').flatMap((rule) =>
      objectsAt(rule, 'http', 'paths').map((path) => fieldAt(path, 'backend')),
    ),
  ];
  const names = new Set(backends.map((backend) => textAt(backend, 'service', 'name')));
  return [...names].flatMap((name) => serviceLink(namespaceOf(ingress), name, 'routes to', snapshot));
};

export const routeLinks: LinkMaker = (route, snapshot) =>
  objectsAt(route, 'spec', 'rules')
    .flatMap((rule) => objectsAt(rule, 'backendRefs'))
    .filter((reference) => ['', 'Service'].includes(textAt(reference, 'kind')))
    .flatMap((reference) =>
      serviceLink(
        textAt(reference, 'namespace') || namespaceOf(route),
        textAt(reference, 'name'),
        'routes to',
        snapshot,
      ),
    );

/** Of a webhook that is being explained only its own Service; on the way those of all. */
export const webhookLinks: LinkMaker = (configuration, snapshot, finding) =>
  objectsAt(configuration, 'webhooks')
    .filter((_, index) => finding?.fieldPath?.startsWith(`webhooks[${index}].`) ?? true)
    .map((webhook) => objectAt(webhook, 'clientConfig', 'service'))
    .flatMap((service) =>
      serviceLink(textAt(service, 'namespace'), textAt(service, 'name'), 'calls', snapshot),
    );

/** What an autoscaler scales. */
export const targetLinks: LinkMaker = (scaler, snapshot) => {
  const kind = templated.find((each) => each === textAt(scaler, 'spec', 'scaleTargetRef', 'kind'));
  if (kind === undefined || !snapshot.has(kind)) return [];
  const name = textAt(scaler, 'spec', 'scaleTargetRef', 'name');
  return linksTo([snapshot.find(kind, namespaceOf(scaler), name)], 'scales');
};

function serviceLink(namespace: string, name: string, verb: string, snapshot: Snapshot): readonly Link[] {
  if (name === '' || !snapshot.has('Service')) return [];
  return linksTo([snapshot.find('Service', namespace, name)], verb, withoutEndpoints);
}

function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace');
}
