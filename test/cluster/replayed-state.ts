import { isObject, type Json, type JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { objectAt, objectsAt, textAt } from '../../src/analyze/json-fields.ts';
import { isNamespaced, resourceOf } from '../../src/cluster/known-kinds.ts';
import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import type { KubeApi } from './kube-api.ts';

/** Objects of a scenario, put on a real API server with their statuses. */
export interface ReplayedState {
  /** The cluster with these objects alone, and with the two fields that nobody can write: age and generation. */
  readonly cluster: ReadOnlyCluster;
  remove(): Promise<void>;
}

/** `objects` are complete, with uids of their own; the server gives them others, and references follow. */
export async function replayState(
  api: KubeApi,
  real: ReadOnlyCluster,
  objects: readonly KubeObject[],
): Promise<ReplayedState> {
  const uids = new Map<string, string>();
  const written = new Map<string, KubeObject>();
  const remove = async (): Promise<void> => {
    for (const object of written.values()) await deleteObject(api, object);
  };
  try {
    for (const object of inOrder(objects)) {
      const uid = await create(api, withUids(object, uids));
      uids.set(object.metadata.uid ?? '', uid);
      written.set(uid, object);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { cluster: onlyThese(real, written), remove };
}

/** The same objects in namespaces of their own: whatever stands under a key `namespace` is another name. */
export function inNamespaces(value: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((each: Json) => inNamespaces(each, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'namespace' && typeof each === 'string' ? (names.get(each) ?? each) : inNamespaces(each, names),
    ]),
  );
}

/** Owners before what they own, and Events last. */
function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  const rank = (object: KubeObject): number => {
    if (object.kind === 'Event') return 100;
    const owners = objectsAt(object, 'metadata', 'ownerReferences').map((owner) =>
      objects.find(({ metadata }) => metadata.uid === textAt(owner, 'uid')),
    );
    return Math.max(0, ...owners.map((owner) => (owner === undefined ? 0 : rank(owner) + 1)));
  };
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

function withUids(object: KubeObject, uids: ReadonlyMap<string, string>): KubeObject {
  const moved = (reference: JsonObject): JsonObject => {
    const uid = uids.get(textAt(reference, 'uid'));
    return uid === undefined ? reference : { ...reference, uid };
  };
  const owners = objectsAt(object, 'metadata', 'ownerReferences').map(moved);
  return {
    ...object,
    metadata: { ...object.metadata, ...(owners.length === 0 ? {} : { ownerReferences: owners }) },
    ...(object.kind === 'Event' ? { involvedObject: moved(objectAt(object, 'involvedObject')) } : {}),
  };
}

async function create(api: KubeApi, object: KubeObject): Promise<string> {
  const { status, metadata, ...rest } = object;
  const { uid: _uid, creationTimestamp: _created, generation: _generation, ...kept } = metadata;
  const body = harmless({ ...rest, metadata: kept });
  const stored = (await api.do('POST', collectionOf(object), body)) as unknown as KubeObject;
  if (status !== undefined) await api.do('PATCH', `${pathOf(object)}/status`, { status });
  return stored.metadata.uid ?? '';
}

/** A webhook that nobody answers would hold up all other tests. */
function harmless(object: KubeObject): KubeObject {
  if (!object.kind.endsWith('WebhookConfiguration')) return object;
  const webhooks = objectsAt(object, 'webhooks').map((webhook) => ({
    ...webhook,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'nobody' } },
  }));
  return { ...object, webhooks };
}

async function deleteObject(api: KubeApi, object: KubeObject): Promise<void> {
  // Nobody runs here who would take a finalizer away.
  await api.send('PATCH', pathOf(object), { metadata: { finalizers: null } });
  await api.send('DELETE', pathOf(object), { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
}

function pathOf(object: KubeObject): string {
  return `${collectionOf(object)}/${object.metadata.name}`;
}

function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = isNamespaced(apiVersion, kind) ? `/namespaces/${metadata.namespace}` : '';
  return `${root}${place}/${resourceOf(apiVersion, kind).split('.')[0]}`;
}

function onlyThese(real: ReadOnlyCluster, written: ReadonlyMap<string, KubeObject>): ReadOnlyCluster {
  const asWritten = (object: KubeObject): KubeObject | undefined => {
    const original = written.get(object.metadata.uid ?? '');
    if (original === undefined) return undefined;
    const { creationTimestamp, generation } = original.metadata;
    return {
      ...object,
      metadata: {
        ...object.metadata,
        ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
        ...(generation === undefined ? {} : { generation }),
      },
    };
  };
  return {
    name: real.name,
    kind: real.kind,
    async get(ref) {
      const found = await real.get(ref);
      return found === undefined ? undefined : asWritten(found);
    },
    async list(query) {
      return (await real.list(query)).map(asWritten).filter((object) => object !== undefined);
    },
  };
}
