import type { Clusters } from '../../cluster/port.ts';

/** The same clusters, whose names are those that were asked for: which others there are is none of the run's business. */
export function usedClusters(clusters: Clusters): Clusters {
  const used = new Set(['']);
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
