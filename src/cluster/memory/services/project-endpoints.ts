import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { derivedSuffix, derivedUid } from '../derived-identity.ts';
import { numberAt, objectAt, objectsAt, textAt, textsAt, valueAt } from '../../json-reading.ts';
import { controllerReference } from '../owner-reference.ts';
import { pastChanges, resourceVersion } from '../resource-version.ts';

/** The Endpoints of a Service; undefined for one without a selector, whose endpoints are the user's. `pods` are those of its namespace. */
export function projectEndpoints(
  service: KubeObject,
  pods: readonly KubeObject[],
  revision: number,
): KubeObject | undefined {
  const served = servedPods(service, pods);
  if (served === undefined) return undefined;
  const addresses = (isReady: boolean): readonly JsonObject[] =>
    served
      .filter((each) => each.isReady === isReady)
      .map(({ pod, ip }) => ({
        ip,
        nodeName: textAt(pod, 'spec', 'nodeName'),
        targetRef: targetOf(pod),
      }));
  const [ready, notReady] = [addresses(true), addresses(false)];
  const subset = {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
    ports: portsOf(service, served),
  };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: textAt(service, 'metadata', 'name'),
      ...placeOf(service, 'Endpoints', revision, pods),
      labels: {
        ...textsAt(service, 'metadata', 'labels'),
        'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      },
    },
    ...(served.length === 0 ? {} : { subsets: [subset] }),
  };
}

/** The EndpointSlice of a Service, under the same conditions. */
export function projectEndpointSlice(
  service: KubeObject,
  pods: readonly KubeObject[],
  revision: number,
): KubeObject | undefined {
  const served = servedPods(service, pods);
  if (served === undefined) return undefined;
  const name = textAt(service, 'metadata', 'name');
  const uid = textAt(service, 'metadata', 'uid');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${derivedSuffix(5, uid, 'EndpointSlice')}`,
      generateName: `${name}-`,
      ...placeOf(service, 'EndpointSlice', revision, pods),
      labels: {
        ...textsAt(service, 'metadata', 'labels'),
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: [controllerReference('v1', 'Service', { name, uid })],
    },
    addressType: 'IPv4',
    endpoints: served.map(({ pod, ip, isReady }) => ({
      addresses: [ip],
      conditions: { ready: isReady, serving: isReady, terminating: false },
      nodeName: textAt(pod, 'spec', 'nodeName'),
      targetRef: targetOf(pod),
    })),
    ports: portsOf(service, served),
  };
}

interface ServedPod {
  readonly pod: KubeObject;
  readonly ip: string;
  readonly isReady: boolean;
}

function servedPods(service: KubeObject, pods: readonly KubeObject[]): readonly ServedPod[] | undefined {
  const selector = Object.entries(textsAt(service, 'spec', 'selector'));
  if (selector.length === 0 || textAt(service, 'spec', 'type') === 'ExternalName') return undefined;
  const isForAll = valueAt(service, 'spec', 'publishNotReadyAddresses') === true;
  return pods.flatMap((pod): readonly ServedPod[] => {
    const labels = textsAt(pod, 'metadata', 'labels');
    const ip = textAt(pod, 'status', 'podIP');
    const hasEnded = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
    if (ip === '' || hasEnded || !selector.every(([key, value]) => labels[key] === value)) return [];
    const ready = objectsAt(pod, 'status', 'conditions').find((each) => each['type'] === 'Ready');
    return [{ pod, ip, isReady: isForAll || ready?.['status'] === 'True' }];
  });
}

function portsOf(service: KubeObject, served: readonly ServedPod[]): readonly JsonObject[] {
  return objectsAt(service, 'spec', 'ports').flatMap((port): readonly JsonObject[] => {
    const number = targetPort(port, served[0]?.pod);
    if (number === undefined) return [];
    const name = textAt(port, 'name');
    return [{ ...(name === '' ? {} : { name }), port: number, protocol: textAt(port, 'protocol') || 'TCP' }];
  });
}

/** A port given by name is that of the Pod's container; undefined when it has none of that name. */
function targetPort(port: JsonObject, pod: KubeObject | undefined): number | undefined {
  const target = port['targetPort'] ?? port['port'];
  if (typeof target === 'number') return target;
  const named = objectsAt(pod, 'spec', 'containers')
    .flatMap((container) => objectsAt(container, 'ports'))
    .find((each) => each['name'] === target);
  return numberAt(named, 'containerPort');
}

function targetOf(pod: KubeObject): JsonObject {
  return {
    kind: 'Pod',
    name: textAt(pod, 'metadata', 'name'),
    namespace: textAt(pod, 'metadata', 'namespace'),
    uid: textAt(pod, 'metadata', 'uid'),
  };
}

function placeOf(
  service: KubeObject,
  kind: string,
  revision: number,
  pods: readonly KubeObject[],
): JsonObject & { readonly namespace: string; readonly uid: string } {
  const past = pods.reduce((sum, pod) => sum + pastChanges(textAt(pod, 'metadata', 'resourceVersion')), 0);
  return {
    namespace: textAt(service, 'metadata', 'namespace'),
    uid: derivedUid(textAt(service, 'metadata', 'uid'), kind),
    resourceVersion: resourceVersion(revision, past),
    creationTimestamp: objectAt(service, 'metadata')['creationTimestamp'] ?? null,
  };
}
