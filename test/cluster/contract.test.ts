import { afterAll, beforeAll, describe, test } from 'vitest';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { clusterCases } from '../cluster-port/contract.ts';
import { completeRollouts, fencedCluster } from './fenced-cluster.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';

/** Cases that a server fulfils in another way, with the reason. */
const elsewhere: Readonly<Record<string, string>> = {
  'what an object owns goes with it': 'garbage is collected some time later; see collects-garbage.test.ts',
};

describe('a real API server', () => {
  const api = new KubeApi('other');
  let clusters: Clusters;
  beforeAll(async () => {
    clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'other' });
  });
  afterAll(async () => {
    await clusters?.close();
    await api.close();
  });

  for (const [index, [name, run]] of Object.entries(clusterCases).entries()) {
    const why = elsewhere[name];
    test.skipIf(why !== undefined)(why === undefined ? name : `${name} (${why})`, async () => {
      const fence = `case${index}`;
      const fenced = await fencedCluster(await clusters.get(''), api, fence);
      // The contract does not wait for `advance`; the next read does.
      let settled: Promise<void> = Promise.resolve();
      const cluster: Cluster = {
        ...fenced,
        async get(ref) {
          await settled;
          return fenced.get(ref);
        },
      };
      await run({
        cluster,
        advance: () => {
          settled = completeRollouts(api, fence);
        },
      });
    });
  }
});
