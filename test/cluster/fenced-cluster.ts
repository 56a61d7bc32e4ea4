import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import type { KubeApi } from './kube-api.ts';
import { writeReadyStatus } from './ready-status.ts';

/** The namespaces that cases of the contract use. */
const namespaces: readonly string[] = ['a', 'b', 'default'];

/**
 * A part of a real cluster as if it were a fresh one: each of these namespaces stands for one of its own on the server,
 * in the same order, and lists of all namespaces hold these alone.
 */
export async function fencedCluster(cluster: Cluster, api: KubeApi, fence: string): Promise<Cluster> {
  for (const name of namespaces)
    await api.do('POST', '/api/v1/namespaces', { metadata: { name: `${fence}-${name}` } });

  const inside = (namespace: string = 'default'): string => `${fence}-${namespace}`;
  const isInside = ({ metadata }: KubeObject): boolean =>
    metadata.namespace?.startsWith(`${fence}-`) === true;
  const toServer = <T extends { readonly kind: string; readonly namespace?: string }>(ref: T): T =>
    ref.kind === 'Namespace' ? ref : { ...ref, namespace: inside(ref.namespace) };
  const placed = (object: KubeObject): KubeObject => {
    const { kind, metadata } = object;
    return kind === 'Namespace'
      ? object
      : { ...object, metadata: { ...metadata, namespace: inside(metadata.namespace) } };
  };
  const fromServer = (object: KubeObject): KubeObject =>
    isInside(object)
      ? {
          ...object,
          metadata: {
            ...object.metadata,
            namespace: object.metadata.namespace?.slice(fence.length + 1) ?? '',
          },
        }
      : object;

  return {
    name: cluster.name,
    kind: cluster.kind,
    apply: async (object, options) => fromServer(await cluster.apply(placed(object), options)),
    async get(ref) {
      const object = await cluster.get(toServer(ref));
      return object === undefined ? undefined : fromServer(object);
    },
    async list(query) {
      const objects = await cluster.list(query.namespace === undefined ? query : toServer(query));
      return objects.filter(isInside).map(fromServer);
    },
    patch: async (ref, patch) => fromServer(await cluster.patch(toServer(ref), patch)),
    delete: (ref) => cluster.delete(toServer(ref)),
    watch: (ref, onChange, signal) => cluster.watch(toServer(ref), onChange, signal),
  };
}

/** What controllers would have done with the Deployments behind the fence after a while. */
export async function completeRollouts(api: KubeApi, fence: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${fence}-default/deployments`;
  const { items } = await api.do('GET', path);
  for (const deployment of items as unknown as KubeObject[]) await writeReadyStatus(api, deployment);
}
