import { randomUUID } from 'node:crypto';
import type { Cluster, Clusters, ReadOnlyCluster } from '../../src/cluster/port.ts';
import { openMemorySpendStore } from '../../src/llm/budget/memory-spend-store.ts';
import { openMemoryCacheStore } from '../../src/llm/cache/memory-cache-store.ts';
import type { ModelService } from '../../src/llm/model-service.ts';
import { noModelSettings } from '../../src/llm/settings/model-settings.ts';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { openModelCommons } from '../../src/runner/models/model-commons.ts';
import { openModelPlaces } from '../../src/runner/models/model-places.ts';
import { openModelService } from '../../src/runner/models/open-model-service.ts';
import type { OpenedTraffic } from '../../src/runner/models/open-traffic.ts';
import { liveTraffic } from '../../src/runner/models/model-traffic.ts';
import type { OpenWorld } from './open-world.ts';

export interface OpenModel {
  /** For people: `offline engine`, or model and host. */
  readonly label: string;
  readonly models: ModelService;
  close(): Promise<void>;
}

/** Whose models are asked, and what becomes of the requests. */
export type ModelSource = Pick<OpenedTraffic, 'env' | 'settings' | 'traffic'>;

/** No server and no key: the offline engine answers, on loopback. */
export const offlineSource: ModelSource = {
  env: {},
  settings: async () => noModelSettings,
  traffic: liveTraffic,
};

/** The layer that steps ask models through, over the state of a scenario. */
export async function openModel(source: ModelSource, { cluster, nowMs }: OpenWorld): Promise<OpenModel> {
  const { env, settings, traffic } = source;
  const http = openHttpClient({ egress: { allowLoopback: true, allowPrivate: true } });
  const now = (): number => Date.now();
  const places = openModelPlaces({
    env,
    settings,
    offlineAllowed: true,
    clusters: clustersOf(cluster),
    // The offline engine looks at the state when the scenario says.
    now: () => nowMs,
    newId: () => randomUUID(),
    http,
    traffic,
    maskSecrets: (text) => text,
  });
  const commons = openModelCommons({
    settings,
    spending: openMemorySpendStore(),
    answers: openMemoryCacheStore(1),
    now,
  });
  const models = openModelService({ commons, places, traffic, now, newId: () => randomUUID() });
  const { server, model } = await models.describe({});
  return {
    label: server === 'offline engine' ? server : `${model} at ${server}`,
    models,
    async close() {
      await places.close();
      await http.close();
    },
  };
}

function clustersOf(cluster: ReadOnlyCluster): Clusters {
  return {
    kind: 'memory',
    // Only what reads is called.
    get: async () => cluster as Cluster,
    names: async () => [''],
    close: async () => undefined,
  };
}
