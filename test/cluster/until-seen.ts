import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';

type Ref = Parameters<Cluster['watch']>[0];

/**
 * Watches the object and resolves when, told of a change, it finds the object to be as wanted. The watch stands when this
 * returns its promise: what happens afterwards must not be missed.
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
  }).finally(() => watching.abort());
}
