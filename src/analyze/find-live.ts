import type { KubeObject } from '../api/kube-object.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import type { LiveState } from './live-state.ts';
import { messageOf } from '../api/errors.ts';
import { textAt } from './json-fields.ts';
import { readLiveState } from './live-state.ts';
import { quoteText } from './quote-text.ts';

export type Lookup =
  | { readonly kind: 'live'; readonly state: LiveState }
  /** No cluster has the object, or it carries no uid to look for. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** It may be there: a cluster that could have it could not be read. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Looks for the very object, by uid, on each cluster. An object of the same name with another uid is another object. */
export async function findLive(clusters: readonly ReadOnlyCluster[], object: KubeObject): Promise<Lookup> {
  const uid = textAt(object, 'metadata', 'uid');
  const name = textAt(object, 'metadata', 'name');
  if (uid === '' || name === '')
    return { kind: 'absent', reason: 'it has no uid, so it was never read from a cluster' };
  if (object.kind === 'Secret') return { kind: 'absent', reason: 'Secrets are not read' };
  const namespace = textAt(object, 'metadata', 'namespace');
  const ref = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === '' ? {} : { namespace }),
  };
  const failures: string[] = [];
  for (const cluster of clusters) {
    try {
      // One after the other: with the first hit the others need not be asked.
      // oxlint-disable-next-line no-await-in-loop
      const found = await cluster.get(ref);
      // oxlint-disable-next-line no-await-in-loop
      if (textAt(found, 'metadata', 'uid') === uid && found !== undefined)
        return { kind: 'live', state: await readLiveState(cluster, found) };
    } catch (error) {
      failures.push(`cluster "${cluster.name}" cannot be read: ${quoteText(messageOf(error), 200)}`);
    }
  }
  if (failures.length > 0) return { kind: 'unreadable', reason: failures.join('; ') };
  return { kind: 'absent', reason: 'no cluster of this run has an object with its uid (any more)' };
}
