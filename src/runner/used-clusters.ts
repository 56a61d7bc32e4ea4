import type { Clusters } from '../cluster/port.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * The same clusters, whose names are those that steps of the run have asked for: which others there are is none of the run's
 * business, and what looks at all of them opens none by that. Where steps require gates, the default one may be behind a gate.
 */
export function usedClusters(clusters: Clusters, { steps }: Pick<Plan, 'steps'>): Clusters {
  const used = new Set(steps.some(({ requires }) => requires.length > 0) ? [] : ['']);
  return {
    kind: clusters.kind,
    async get(name) {
      const cluster = await clusters.get(name);
      used.add(name);
      return cluster;
    },
    names: async () => [...used],
    close: () => clusters.close(),
  };
}
