import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { untilSeen } from './until-seen.ts';

const { kubeconfig, hasControllerManager } = realClusters();

test.skipIf(!hasControllerManager)('what an object owns goes with it, in the background', async () => {
  const api = new KubeApi('main');
  const clusters = await openKubernetesClusters({ kubeconfig, context: 'main' });
  try {
    const cluster = await clusters.get('');
    const namespace = await api.newNamespace();
    const configMap = (name: string, metadata: KubeObject['metadata'] = {}): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, namespace, name },
    });
    const owner = await cluster.apply(configMap('owner'));
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '' };
    await cluster.apply(configMap('owned', { ownerReferences: [reference] }));
    expect(await cluster.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'owner' })).toBe(
      true,
    );
    const owned = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'owned' };
    await untilSeen(cluster, owned, (object) => object === undefined);
  } finally {
    await clusters.close();
    await api.close();
  }
});
