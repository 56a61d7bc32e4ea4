import type { KubeObject } from '../api/kube-object.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import type { KubeEvent } from './events.ts';
import { messageOf } from '../api/errors.ts';
import { toEvent } from './events.ts';
import { fieldAt, objectAt, objectsAt, textAt } from './json-fields.ts';
import { describeObject } from './object-name.ts';
import { quoteText } from './quote-text.ts';

/** An object and what belongs to it. Everything is matched by uid, never by name alone. */
export interface LiveState {
  readonly object: KubeObject;
  /** Where it was seen; undefined when the object is judged alone. */
  readonly cluster: { readonly name: string; readonly kind: 'memory' | 'kubernetes' } | undefined;
  /** ReplicaSets of a Deployment, Jobs of a CronJob. */
  readonly owned: readonly KubeObject[];
  /** Pods of the object, those being deleted left out. For a Service: the Pods that its selector chooses. */
  readonly pods: readonly KubeObject[];
  /** Of all objects above, oldest first. */
  readonly events: readonly KubeEvent[];
  /** For a Service with a selector. */
  readonly endpoints?: ServiceEndpoints;
  /** What could not be read, and why. Nothing may be concluded from its absence. */
  readonly notChecked: readonly string[];
}

interface ServiceEndpoints {
  /** `none`: there is neither an EndpointSlice nor Endpoints for the Service. */
  readonly source: 'EndpointSlice' | 'Endpoints' | 'none';
  readonly ready: number;
  readonly notReady: number;
}

/** The state of an object that nobody looked up. */
export function stateAlone(object: KubeObject, notChecked: readonly string[] = []): LiveState {
  return { object, cluster: undefined, owned: [], pods: [], events: [], notChecked };
}

/**
 * Reads what belongs to `object`, an object as `cluster` returned it: at most five lists in its namespace. A list that
 * fails is noted in `notChecked`.
 */
export async function readLiveState(cluster: ReadOnlyCluster, object: KubeObject): Promise<LiveState> {
  const namespace = textAt(object, 'metadata', 'namespace');
  const notChecked: string[] = [];
  const list = async (apiVersion: string, kind: string): Promise<readonly KubeObject[] | undefined> => {
    try {
      return await cluster.list({ apiVersion, kind, ...(namespace === '' ? {} : { namespace }) });
    } catch (error) {
      notChecked.push(`cannot list ${kind}: ${quoteText(messageOf(error), 200)}`);
      return undefined;
    }
  };
  const middle = middleKind(object);
  const candidates = middle === undefined ? [] : ((await list(middle.apiVersion, middle.kind)) ?? []);
  const owned = candidates.filter((each) => isOwnedBy(each, object));
  const isService = object.kind === 'Service' && object.apiVersion === 'v1';
  const pods = await podsOf(object, owned, isService, list);
  const endpoints = isService && hasSelector(object) ? await endpointsOf(object, list) : undefined;
  const events = eventsOf([object, ...owned, ...pods], (await list('v1', 'Event')) ?? []);
  const place = { name: cluster.name, kind: cluster.kind };
  return {
    object,
    cluster: place,
    owned,
    pods,
    events,
    notChecked,
    ...(endpoints === undefined ? {} : { endpoints }),
  };
}

export function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  const uid = textAt(owner, 'metadata', 'uid');
  return (
    uid !== '' &&
    objectsAt(object, 'metadata', 'ownerReferences').some((reference) => textAt(reference, 'uid') === uid)
  );
}

type List = (apiVersion: string, kind: string) => Promise<readonly KubeObject[] | undefined>;

function middleKind(object: KubeObject): { readonly apiVersion: string; readonly kind: string } | undefined {
  if (object.kind === 'Deployment' && object.apiVersion.startsWith('apps/'))
    return { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
  if (object.kind === 'CronJob' && object.apiVersion.startsWith('batch/'))
    return { apiVersion: 'batch/v1', kind: 'Job' };
  return undefined;
}

async function podsOf(
  object: KubeObject,
  owned: readonly KubeObject[],
  isService: boolean,
  list: List,
): Promise<readonly KubeObject[]> {
  if (object.kind === 'Pod') return [object];
  const pods = (await list('v1', 'Pod')) ?? [];
  const staying = pods.filter((pod) => fieldAt(pod, 'metadata', 'deletionTimestamp') === undefined);
  if (isService) return hasSelector(object) ? staying.filter((pod) => isSelected(object, pod)) : [];
  return staying.filter((pod) => [object, ...owned].some((owner) => isOwnedBy(pod, owner)));
}

function hasSelector(service: KubeObject): boolean {
  return (
    Object.keys(objectAt(service, 'spec', 'selector')).length > 0 &&
    textAt(service, 'spec', 'type') !== 'ExternalName'
  );
}

function isSelected(service: KubeObject, pod: KubeObject): boolean {
  const labels = objectAt(pod, 'metadata', 'labels');
  return Object.entries(objectAt(service, 'spec', 'selector')).every(
    ([key, value]) => fieldAt(labels, key) === value,
  );
}

async function endpointsOf(service: KubeObject, list: List): Promise<ServiceEndpoints | undefined> {
  const name = textAt(service, 'metadata', 'name');
  const slices = await list('discovery.k8s.io/v1', 'EndpointSlice');
  const own =
    slices?.filter((slice) => textAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name') === name) ??
    [];
  if (own.length > 0) {
    const all = own.flatMap((slice) => objectsAt(slice, 'endpoints'));
    // An absent condition means ready, as the API documents it.
    const ready = all.filter((endpoint) => fieldAt(endpoint, 'conditions', 'ready') !== false).length;
    return { source: 'EndpointSlice', ready, notReady: all.length - ready };
  }
  const endpoints = (await list('v1', 'Endpoints'))?.find(
    (each) => textAt(each, 'metadata', 'name') === name,
  );
  if (endpoints === undefined)
    return slices === undefined ? undefined : { source: 'none', ready: 0, notReady: 0 };
  const count = (field: string): number =>
    objectsAt(endpoints, 'subsets').reduce((sum, subset) => sum + objectsAt(subset, field).length, 0);
  return { source: 'Endpoints', ready: count('addresses'), notReady: count('notReadyAddresses') };
}

function eventsOf(objects: readonly KubeObject[], events: readonly KubeObject[]): readonly KubeEvent[] {
  const names = new Map<string, string>();
  for (const object of objects) {
    const uid = textAt(object, 'metadata', 'uid');
    if (uid !== '') names.set(uid, describeObject(object));
  }
  return events
    .map((event) => toEvent(event, names))
    .filter((event) => event !== undefined)
    .toSorted((a, b) => a.lastSeenMs - b.lastSeenMs || (a.message < b.message ? -1 : 1));
}
