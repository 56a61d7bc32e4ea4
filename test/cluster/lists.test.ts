import { expect, test } from 'vitest';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';

test('a list longer than a page is whole and in order', async () => {
  const api = new KubeApi('other');
  const clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'other' });
  try {
    const namespace = await api.newNamespace();
    const names = Array.from({ length: 1_050 }, (_, index) => `object-${String(index).padStart(4, '0')}`);
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const todo = [...names];
    const create = async (): Promise<void> => {
      for (let name = todo.pop(); name !== undefined; name = todo.pop())
        await api.do('POST', path, { metadata: { name } });
    };
    await Promise.all(Array.from({ length: 8 }, create));
    const cluster = await clusters.get('');
    const listed = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
    expect(listed.map(({ metadata }) => metadata.name)).toEqual(names);
  } finally {
    await clusters.close();
    await api.close();
  }
});
