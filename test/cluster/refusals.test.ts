import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../src/api/errors.ts';
import { isSluiceError } from '../../src/api/errors.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { closedPort } from './relay.ts';
import { kubeconfigWithServerAt } from './temporary-kubeconfig.ts';

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kube-root-ca.crt' };
const configMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: 'refused' },
  data: { a: '1' },
};

const everyMethod: readonly (readonly [name: string, call: (cluster: Cluster) => Promise<unknown>])[] = [
  ['get', (cluster) => cluster.get(ref)],
  ['list', (cluster) => cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' })],
  ['apply', (cluster) => cluster.apply(configMap)],
  ['patch', (cluster) => cluster.patch(ref, { data: { a: '2' } })],
  ['delete', (cluster) => cluster.delete(ref)],
];

describe('a token without rights is denied', () => {
  let clusters: Clusters;
  beforeAll(async () => {
    clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'nobody' });
  });
  afterAll(() => clusters?.close());

  test.each(everyMethod)('%s', async (_name, call) => {
    const error = await refusalOf(call(await clusters.get('')));
    expect(error).toMatchObject({ kind: 'denied' });
    // The server's words name who may not do what.
    expect(error.message).toMatch(/nobody.*configmaps/s);
  });
});

describe('a server that cannot be reached is the environment’s fault', () => {
  test.each(everyMethod)('%s', async (_name, call) => {
    const port = await closedPort();
    const kubeconfig = kubeconfigWithServerAt('main', port);
    const clusters = await openKubernetesClusters({ kubeconfig: kubeconfig.file, context: 'main' });
    try {
      const error = await refusalOf(call(await clusters.get('')));
      expect(error).toMatchObject({ kind: 'environment' });
      expect(error.message).toContain(`127.0.0.1:${port}`);
    } finally {
      await clusters.close();
      kubeconfig.remove();
    }
  });
});

describe('what the server will never take is terminal', () => {
  const admin = new KubeApi('main');
  let clusters: Clusters;
  let cluster: Cluster;
  beforeAll(async () => {
    clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'main' });
    cluster = await clusters.get('');
  });
  afterAll(async () => {
    await clusters?.close();
    await admin.close();
  });

  test.each<{ what: string; object: KubeObject; says: RegExp }>([
    {
      what: 'a name that is none',
      object: { ...configMap, metadata: { namespace: 'default', name: 'No_Name' } },
      says: /metadata\.name/,
    },
    {
      what: 'a field of the wrong type',
      object: { ...configMap, data: { a: 1 } },
      says: /data/,
    },
    {
      what: 'a namespace that does not exist',
      object: { ...configMap, metadata: { namespace: 'nowhere', name: 'refused' } },
      says: /nowhere/,
    },
    {
      what: 'a kind that Kubernetes does not have',
      object: { ...configMap, apiVersion: 'apps/v1', kind: 'Thing' },
      says: /Thing/,
    },
  ])('$what', async ({ object, says }) => {
    const error = await refusalOf(cluster.apply(object));
    expect(error.message).toMatch(says);
    expect<ErrorKind[]>(['terminal', 'invalid']).toContain(error.kind);
  });

  test('an immutable field', async () => {
    const frozen = { ...configMap, metadata: { namespace: 'default', name: 'frozen' }, immutable: true };
    await cluster.apply(frozen);
    const error = await refusalOf(cluster.apply({ ...frozen, data: { a: '2' } }));
    expect(error).toMatchObject({ kind: 'terminal' });
    expect(error.message).toMatch(/immutable/);
  });
});

async function refusalOf(call: Promise<unknown>): Promise<Error & { readonly kind: ErrorKind }> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isSluiceError(thrown)) throw new Error(`not refused with an error of ours, but: ${String(thrown)}`);
  return thrown;
}
