import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject, ObjectRef } from '../../src/api/kube-object.ts';
import type { Cluster, ListQuery } from '../../src/cluster/port.ts';

type Key = Omit<ObjectRef, 'cluster'>;

export interface FakeCluster extends Cluster {
  /** What was asked, in order: `apply Deployment default/web`. */
  readonly calls: string[];
  /** Every call from now on throws this. */
  failWith(error: Error): void;
  seed(...objects: readonly JsonObject[]): void;
}

/** A cluster that keeps what it is given and adds a `status`. */
export function fakeCluster(name = ''): FakeCluster {
  const objects = new Map<string, KubeObject>();
  const calls: string[] = [];
  let fault: Error | undefined;
  const note = (verb: string, key: Key): string => {
    const text = `${key.kind} ${key.namespace ?? '-'}/${key.name}`;
    calls.push(`${verb} ${text}`);
    if (fault !== undefined) throw fault;
    return text;
  };
  return {
    name,
    kind: 'memory',
    calls,
    failWith: (error) => (fault = error),
    seed: (...seeded) => {
      for (const object of seeded) objects.set(idOf(keyOf(object)), object as unknown as KubeObject);
    },
    apply: async (object) => {
      const key = keyOf(object as unknown as JsonObject);
      note('apply', key);
      const stored = { ...object, status: { observed: true } };
      objects.set(idOf(key), stored);
      return stored;
    },
    get: async (key) => {
      note('get', key);
      return objects.get(idOf(key));
    },
    list: async (query) => {
      calls.push(`list ${query.kind} ${query.namespace ?? '*'} ${query.labelSelector ?? '*'}`);
      if (fault !== undefined) throw fault;
      return [...objects.values()].filter((object) => matches(object, query));
    },
    patch: async (key, patch) => {
      note('patch', key);
      const stored = { ...objects.get(idOf(key)), ...patch } as unknown as KubeObject;
      const metadata = { ...objects.get(idOf(key))?.metadata, ...(patch['metadata'] as JsonObject) };
      return { ...stored, metadata };
    },
    delete: async (key) => {
      note('delete', key);
      return objects.delete(idOf(key));
    },
    watch: () => undefined,
  };
}

function matches(object: KubeObject, query: ListQuery): boolean {
  const labels = object.metadata.labels ?? {};
  const wanted = query.labelSelector?.split(',').map((term) => term.split('=')) ?? [];
  return (
    object.kind === query.kind &&
    (query.namespace === undefined || object.metadata.namespace === query.namespace) &&
    wanted.every(([key = '', value]) => labels[key] === value)
  );
}

function keyOf(object: JsonObject): Key {
  const { name, namespace } = object['metadata'] as { name: string; namespace?: string };
  const key = { apiVersion: object['apiVersion'] as string, kind: object['kind'] as string, name };
  return namespace === undefined ? key : { ...key, namespace };
}

function idOf({ apiVersion, kind, namespace, name }: Key): string {
  return [apiVersion, kind, namespace ?? '', name].join('|');
}
