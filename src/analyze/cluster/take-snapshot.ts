import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { isNamespaced } from '../../cluster/known-kinds.ts';
import { compareByPlace } from '../../cluster/object-order.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { queriesOf, type SnapshotKind } from './kinds.ts';
import { gapOf } from './read-gap.ts';
import { Snapshot, type Listing } from './snapshot.ts';

export interface SnapshotQuery {
  readonly kinds: Iterable<SnapshotKind>;
  /** Absent: all namespaces. Kinds without a namespace are read whole. */
  readonly namespace?: string;
}

/**
 * Reads each kind with one list, which the cluster pages. A list that is refused, or that a cluster did not answer which went
 * away meanwhile, becomes a gap of the snapshot. Throws SluiceError `environment` where the cluster answers nothing at all.
 */
export async function takeSnapshot(cluster: ReadOnlyCluster, query: SnapshotQuery): Promise<Snapshot> {
  const { namespace } = query;
  const kinds = [...new Set(query.kinds)];
  const faults: unknown[] = [];
  const listings = await Promise.all(
    kinds.map(async (kind): Promise<Listing> => {
      try {
        return (await listNewest(cluster, kind, namespace)).toSorted(compareByPlace);
      } catch (error) {
        faults.push(error);
        return gapOf(kind, error);
      }
    }),
  );
  if (kinds.length > 0 && faults.length === kinds.length) throwIfSilent(faults);
  return new Snapshot(
    cluster.name,
    namespace,
    new Map(kinds.map((kind, index) => [kind, listings[index] ?? []])),
  );
}

/** Of a cluster that has not even refused anything, nothing is known. */
function throwIfSilent(faults: readonly unknown[]): void {
  const silent = faults.filter((fault): fault is SluiceError => isSluiceError(fault) && isSilence(fault));
  const [first] = silent;
  if (first === undefined || silent.length < faults.length) return;
  const unreached = silent.find(({ kind }) => kind === 'environment');
  if (unreached !== undefined) throw unreached;
  const hint = 'See whether kubectl is answered.';
  throw new SluiceError('environment', 'ClusterUnreachable', first.message, { cause: first, hint });
}

function isSilence({ kind, code }: SluiceError): boolean {
  return kind === 'environment' || code === 'ClusterTimeout' || code === 'ConnectionLost';
}

/** In the newest version that the server has. */
async function listNewest(
  cluster: ReadOnlyCluster,
  kind: SnapshotKind,
  namespace: string | undefined,
): Promise<readonly KubeObject[]> {
  const [first, ...older] = queriesOf(kind).map((query) => {
    const isPlaced = namespace !== undefined && isNamespaced(query.apiVersion, kind);
    return isPlaced ? { ...query, namespace } : query;
  });
  if (first === undefined) return [];
  let answer = cluster.list(first);
  for (const query of older) {
    answer = answer.catch((error: unknown) => {
      if (isSluiceError(error) && error.code === 'NoSuchKind') return cluster.list(query);
      throw error;
    });
  }
  return answer;
}
