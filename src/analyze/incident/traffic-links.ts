import type { KubeObject } from '../../api/kube-object.ts';
import type { SnapshotKind } from '../cluster/kinds.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../json-fields.ts';
import { linksTo, notReady, type Link, type LinkMaker } from './link.ts';

const withoutEndpoints = ['NoEndpoints', 'EndpointsNotReady'];
export const webhookKinds: readonly SnapshotKind[] = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
];
const templated: readonly SnapshotKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/**
 * The Pods that a Service selects, or what would run such Pods where there are none. Where nothing would, a webhook that calls
 * it is what was left behind.
 */
export const serviceLinks: LinkMaker = (service, snapshot, finding) => {
  if (!snapshot.has('Pod')) return [];
  const pods = snapshot.selectedBy(service);
  if (pods.length > 0) return linksTo(notReady(pods), 'selects');
  const wanted = Object.entries(objectAt(service, 'spec', 'selector'));
  if (wanted.length === 0) return [];
  const makers = templated.flatMap((kind) => (snapshot.has(kind) ? snapshot.all(kind) : []));
  const fitting = makers.filter(
    (maker) =>
      namespaceOf(maker) === namespaceOf(service) &&
      wanted.every(([key, value]) => fieldAt(maker, 'spec', 'template', 'metadata', 'labels', key) === value),
  );
  if (fitting.length > 0 || finding === undefined) return linksTo(fitting, 'selects the Pods of');
  return linksTo(callersOf(service, snapshot), 'is called by', ['WebhookWithoutPods']);
};

function callersOf(service: KubeObject, snapshot: Snapshot): readonly KubeObject[] {
  const name = textAt(service, 'metadata', 'name');
  return webhookKinds
    .flatMap((kind) => (snapshot.has(kind) ? snapshot.all(kind) : []))
    .filter((configuration) =>
      objectsAt(configuration, 'webhooks')
        .map((webhook) => objectAt(webhook, 'clientConfig', 'service'))
        .some(
          (called) => textAt(called, 'name') === name && textAt(called, 'namespace') === namespaceOf(service),
        ),
    );
}

/** Of a backend that is being explained only its own Service; on the way those of all. */
export const ingressLinks: LinkMaker = (ingress, snapshot, finding) => {
  const backends = [
    { path: 'spec.defaultBackend.', backend: fieldAt(ingress, 'spec', 'defaultBackend') },
    ...objectsAt(ingress, 'spec', 'rules').flatMap((rule, index) =>
      objectsAt(rule, 'http', 'paths').map((each, place) => ({
        path: `spec.rules[${index}].http.paths[${place}].backend.`,
        backend: fieldAt(each, 'backend'),
      })),
    ),
  ];
  const names = new Set(
    backends
      .filter(({ path }) => finding?.fieldPath?.startsWith(path) ?? true)
      .map(({ backend }) => textAt(backend, 'service', 'name')),
  );
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

/**
 * Of a webhook that is being explained only its own Service; on the way those of all. That the Service has no endpoints says
 * the same again: what is behind it explains.
 */
export const webhookLinks: LinkMaker = (configuration, snapshot, finding) =>
  objectsAt(configuration, 'webhooks')
    .filter((_, index) => finding?.fieldPath?.startsWith(`webhooks[${index}].`) ?? true)
    .map((webhook) => objectAt(webhook, 'clientConfig', 'service'))
    .flatMap((service) =>
      serviceLink(textAt(service, 'namespace'), textAt(service, 'name'), 'calls', snapshot, []),
    );

export const gatewayLinks: LinkMaker = (gateway, snapshot) => {
  const name = textAt(gateway, 'spec', 'gatewayClassName');
  if (name === '' || !snapshot.has('GatewayClass')) return [];
  return linksTo([snapshot.find('GatewayClass', '', name)], 'is of', ['GatewayClassNotAccepted']);
};

/** What an autoscaler scales. */
export const targetLinks: LinkMaker = (scaler, snapshot) => {
  const kind = templated.find((each) => each === textAt(scaler, 'spec', 'scaleTargetRef', 'kind'));
  if (kind === undefined || !snapshot.has(kind)) return [];
  const name = textAt(scaler, 'spec', 'scaleTargetRef', 'name');
  return linksTo([snapshot.find(kind, namespaceOf(scaler), name)], 'scales');
};

function serviceLink(
  namespace: string,
  name: string,
  verb: string,
  snapshot: Snapshot,
  ids: readonly string[] = withoutEndpoints,
): readonly Link[] {
  if (name === '' || !snapshot.has('Service')) return [];
  return linksTo([snapshot.find('Service', namespace, name)], verb, ids);
}

function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace');
}
