import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';

type Ref = Parameters<Cluster['watch']>[0];

/**
 * Watches the object, reads it, and reads it again whenever it is told of a change, until it is as wanted. Resolves when
 * it is; the watch stands when this returns its promise.
 */
export function untilSeen(
  cluster: Cluster,
  ref: Ref,
  isWanted: (object: KubeObject | undefined) => boolean,
): Promise<void> {
  const watching = new AbortController();
  return new Promise<void>((resolve, reject) => {
    const look = async (): Promise<void> => {
      if (isWanted(await cluster.get(ref))) resolve();
    };
    cluster.watch(ref, () => void look().catch(reject), watching.signal);
    look().catch(reject);
  }).finally(() => watching.abort());
}
