import { analyzeCluster, type Analysis, type AnalyzeQuery } from '../../analyze/cluster/analyze-cluster.ts';
import { incidentsTouching, membersOf } from '../../analyze/incident/touching.ts';
import type { ObjectRef } from '../../api/kube-object.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';

/**
 * What is wrong in the namespace of an object; in all namespaces where a webhook refuses it its Pods, as the server of that
 * is mostly in another one. Throws as `analyzeCluster` does.
 */
export async function analyzeAround(
  cluster: ReadOnlyCluster,
  ref: Omit<ObjectRef, 'cluster'>,
  query: AnalyzeQuery,
): Promise<Analysis> {
  const near = await analyzeCluster(cluster, query);
  const isRefused = incidentsTouching(near.incidents, [ref])
    .flatMap(membersOf)
    .some(({ text }) => text.includes('failed calling webhook'));
  if (!isRefused || query.namespace === undefined) return near;
  const { namespace: _, ...everywhere } = query;
  const wide = await analyzeCluster(cluster, everywhere);
  // Who may list one namespace only learns no more from all.
  return incidentsTouching(wide.incidents, [ref]).length > 0 ? wide : near;
}
