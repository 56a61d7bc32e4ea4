import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';

let api: KubeApi;
let clusters: Clusters;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  api = new KubeApi('other');
  clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'other' });
  cluster = await clusters.get('');
  namespace = await api.newNamespace();
});

afterAll(async () => {
  await clusters?.close();
  await api.close();
});

describe('the same object twice is a no-op', () => {
  test.each<{ kind: string; object: (name: string) => KubeObject }>([
    { kind: 'ConfigMap', object: (name) => configMap(name, { a: '1' }) },
    { kind: 'Deployment', object: (name) => deployment(name, 'nginx') },
    {
      kind: 'Secret with stringData',
      object: (name) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        stringData: { key: 'value' },
      }),
    },
    {
      kind: 'Service',
      object: (name) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] },
      }),
    },
  ])('$kind', async ({ kind, object }) => {
    const name = `twice-${kind.split(' ')[0]?.toLowerCase()}`;
    const first = await cluster.apply(object(name));
    const again = await cluster.apply(object(name));
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(again).toEqual(first);
  });
});

describe('fields have owners', () => {
  test('a field that is applied no more goes; one of another program stays', async () => {
    await cluster.apply(configMap('owners', { kept: '1', dropped: '1' }));
    await api.do('PATCH', `/api/v1/namespaces/${namespace}/configmaps/owners`, { data: { theirs: '1' } });
    const stored = await cluster.apply(configMap('owners', { kept: '1' }));
    expect(stored['data']).toEqual({ kept: '1', theirs: '1' });
  });

  test('a field that another program took is taken back', async () => {
    await cluster.apply(configMap('taken', { a: 'ours' }));
    await api.do('PATCH', `/api/v1/namespaces/${namespace}/configmaps/taken`, { data: { a: 'theirs' } });
    const stored = await cluster.apply(configMap('taken', { a: 'ours' }));
    expect(stored['data']).toEqual({ a: 'ours' });
  });

  test('all that is written bears one manager’s name', async () => {
    const stored = await cluster.apply(configMap('manager', { a: '1' }));
    const managers = stored.metadata['managedFields'] as readonly JsonObject[] | undefined;
    const read = await api.do('GET', `/api/v1/namespaces/${namespace}/configmaps/manager`);
    const fields = (read['metadata'] as { managedFields: { manager: string; operation: string }[] })
      .managedFields;
    expect(fields.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(['sluice Apply']);
    // Whether the port shows them is its affair; it must not show others.
    expect(managers ?? fields).toEqual(fields);
  });
});

function configMap(name: string, data: JsonObject): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

function deployment(name: string, image: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image, resources: { limits: { cpu: '0.5' } } }] },
      },
    },
  };
}
