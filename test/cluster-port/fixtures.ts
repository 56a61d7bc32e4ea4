import { openMapObjectStore } from '../../src/cluster/memory/map-object-store.ts';
import {
  openMemoryClusters,
  type MemoryClustersOptions,
} from '../../src/cluster/memory/open-memory-clusters.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { JsonObject } from '../../src/api/json.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { ManualClock } from './manual-clock.ts';

export interface MemoryPlace {
  readonly clusters: Clusters;
  readonly cluster: Cluster;
  readonly clock: ManualClock;
}

/** In-memory clusters with a clock of their own and uids that count. */
export async function openMemory(
  options: Partial<MemoryClustersOptions> = {},
  clock: ManualClock = new ManualClock(),
): Promise<MemoryPlace> {
  let uids = 0;
  const clusters = openMemoryClusters({
    objects: openMapObjectStore(),
    now: clock.now,
    newUid: () => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
    schedule: clock.schedule,
    ...options,
  });
  return { clusters, cluster: await clusters.get(''), clock };
}

export interface DeploymentFixture {
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly spec?: JsonObject;
  readonly podSpec?: JsonObject;
  readonly container?: JsonObject;
  readonly namespace?: string;
}

export function deployment(of: DeploymentFixture = {}): KubeObject {
  const { name = 'web', image = 'nginx:1.27', replicas = 1, namespace = 'default' } = of;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image, ...of.container }], ...of.podSpec },
      },
      ...of.spec,
    },
  };
}

export function configMap(name: string, data: JsonObject, metadata: JsonObject = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, data };
}

export const webRef = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'default',
  name: 'web',
} as const;

/** Loosely typed, so that tests can reach into an object. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

export async function getLoose(cluster: Cluster, ref: Parameters<Cluster['get']>[0]): Promise<Loose> {
  return cluster.get(ref);
}

export async function listLoose(cluster: Cluster, apiVersion: string, kind: string): Promise<Loose[]> {
  return [...(await cluster.list({ apiVersion, kind }))];
}

/** `Available=True/MinimumReplicasAvailable`, in their order. */
export function conditions(object: Loose): string[] {
  return (object.status.conditions ?? []).map(
    (each: Loose) => `${each.type}=${each.status}${each.reason === undefined ? '' : `/${each.reason}`}`,
  );
}
