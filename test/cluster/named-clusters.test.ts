import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Clusters } from '../../src/cluster/port.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { ensureNamespace } from './service-accounts.ts';

const { kubeconfig } = realClusters();
let clusters: Clusters;

beforeAll(async () => {
  clusters = await openKubernetesClusters({ kubeconfig, context: 'main' });
});

afterAll(() => clusters?.close());

test('a name is a context: what is applied there is not here', async () => {
  const marker: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'default', name: 'only-there' },
  };
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'only-there' };
  await (await clusters.get('other')).apply(marker);
  expect(await (await clusters.get('')).get(ref)).toBeUndefined();
  expect(await (await clusters.get('main')).get(ref)).toBeUndefined();
  expect((await (await clusters.get('other')).get(ref))?.metadata.name).toBe('only-there');
});

test('the names are those of the contexts', async () => {
  expect(await clusters.names()).toEqual(expect.arrayContaining(['main', 'other', 'nobody']));
});

test('an unknown name is refused with those there are', async () => {
  await expect(clusters.get('production')).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringMatching(/production.*main.*other/s) as string,
  });
});

test('an unknown context is refused with those there are', async () => {
  await expect(openKubernetesClusters({ kubeconfig, context: 'staging' })).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringMatching(/staging.*main.*other/s) as string,
  });
});

test('a kubeconfig that is not there is refused by its name', async () => {
  await expect(openKubernetesClusters({ kubeconfig: `${kubeconfig}.none` })).rejects.toMatchObject({
    message: expect.stringContaining(`${kubeconfig}.none`) as string,
  });
});

test('without a context, the current one counts', async () => {
  const current = await openKubernetesClusters({ kubeconfig });
  try {
    expect((await current.get('')).kind).toBe('kubernetes');
  } finally {
    await current.close();
  }
});

test('a cluster joined with KubeVela’s gateway is found by its Secret', async () => {
  const api = new KubeApi('main');
  const { server, ca, token } = accessOf('other');
  try {
    await ensureNamespace(api, 'vela-system');
    await api.do('POST', '/api/v1/namespaces/vela-system/secrets', {
      metadata: {
        name: 'joined',
        labels: { 'cluster.core.oam.dev/cluster-credential-type': 'ServiceAccountToken' },
      },
      stringData: { endpoint: server, 'ca.crt': ca, token },
    });
    expect(await clusters.names()).toContain('joined');
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
    const [there, joined, here] = await Promise.all(
      ['other', 'joined', 'main'].map(async (name) => (await clusters.get(name)).get(namespace)),
    );
    expect(joined?.metadata.uid).toBe(there?.metadata.uid);
    expect(joined?.metadata.uid).not.toBe(here?.metadata.uid);
  } finally {
    await api.close();
  }
});
