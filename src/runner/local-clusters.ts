import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../cluster/memory/object-store.ts';
import { openMemoryClusters } from '../cluster/memory/open-memory-clusters.ts';
import { readClusterFile } from '../cluster/memory/cluster-file.ts';
import { openTimers } from '../cluster/memory/timers.ts';
import type { Clusters } from '../cluster/port.ts';
import type { AssembleOptions } from './assemble-session.ts';

export interface LocalClusters {
  readonly clusters: Clusters;
  /** For the first line, such as `in-memory cluster`. */
  readonly describe: string;
}

/** In-memory clusters, or those of a kubeconfig when one was asked for. A current context alone changes nothing. */
export async function openLocalClusters(
  options: AssembleOptions,
  objects: ObjectStore,
  onNotice: (text: string) => void,
): Promise<LocalClusters> {
  const { kubeconfig, context, clusterFile, now } = options;
  if (kubeconfig !== undefined || context !== undefined) {
    // Reading a kubeconfig costs more than starting the whole program; only those who have one pay for it.
    const { openKubernetesClusters } = await import('../cluster/kubernetes/open-kubernetes-clusters.ts');
    const clusters = await openKubernetesClusters({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    });
    return { clusters, describe: `cluster of context ${context ?? 'current'}` };
  }
  const rules = clusterFile === undefined ? undefined : readClusterFile(clusterFile.bytes, clusterFile.name);
  const clusters = openMemoryClusters({
    objects,
    now,
    newUid: randomUUID,
    schedule: openTimers(now),
    onCreated: (name) => onNotice(`made in-memory cluster ${name === '' ? 'default' : name}`),
    ...(rules === undefined ? {} : { images: rules }),
  });
  return { clusters, describe: 'in-memory cluster' };
}
