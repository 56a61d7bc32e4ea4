import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import { openMapObjectStore } from '../../src/cluster/memory/map-object-store.ts';
import { openMemoryClusters } from '../../src/cluster/memory/open-memory-clusters.ts';
import { derivedUid } from '../../src/cluster/memory/derived-identity.ts';
import { completeState } from './complete-state.ts';
import type { World } from './scenario.ts';
import { stateCluster } from './state-cluster.ts';

export interface OpenWorld {
  readonly cluster: ReadOnlyCluster;
  readonly nowMs: number;
}

/** When every scenario is looked at: the same at each run, so that results can be compared. */
export const lookedAtMs: number = Date.parse('2026-03-01T12:00:00Z');

/** The state of a scenario as a cluster that can be asked. */
export async function openWorld(world: World): Promise<OpenWorld> {
  if (world.kind === 'state') {
    const objects = completeState(world.objects, lookedAtMs);
    return { cluster: stateCluster({ ...world, objects }), nowMs: lookedAtMs };
  }
  let nowMs = lookedAtMs - world.afterMs;
  let uids = 0;
  const clusters = openMemoryClusters({
    objects: openMapObjectStore(),
    now: () => nowMs,
    newUid: () => derivedUid('made', ++uids),
    images: { images: world.images },
  });
  const cluster = await clusters.get('');
  for (const manifest of world.manifests) await cluster.apply(manifest);
  nowMs = lookedAtMs;
  return { cluster, nowMs };
}
