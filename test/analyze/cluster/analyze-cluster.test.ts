import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { SluiceError } from '../../../src/api/errors.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { analyze, event, object, ownedBy } from './objects.ts';

const ingress = object('networking.k8s.io/v1', 'Ingress', 'web', {
  spec: { ingressClassName: 'gce', tls: [{ secretName: 'cert' }] },
});
const web = object('apps/v1', 'Deployment', 'web');
const replicaSet = object('apps/v1', 'ReplicaSet', 'web-a', {}, ownedBy(web));
const crashed = object(
  'v1',
  'Pod',
  'web-a-1',
  {
    spec: { containers: [{ name: 'c', env: [{ name: 'DB_PASSWORD', value: 'hunter2!' }] }] },
    status: {
      phase: 'Pending',
      containerStatuses: [
        { name: 'c', state: { waiting: { reason: 'CreateContainerError', message: 'bad hunter2! in env' } } },
      ],
    },
  },
  { ...ownedBy(replicaSet), labels: { app: 'web' } },
);
const settings = object('v1', 'ConfigMap', 'settings', {});
const all: readonly KubeObject[] = [settings, crashed, replicaSet, web, ingress];

test('a kind that may not be listed is not checked, and nothing is said to be missing', async () => {
  const before = await analyze([ingress]);
  expect(before.findings.map(({ id }) => id)).toEqual(['TlsSecretMissing']);
  const after = await analyze(fakeCluster([ingress], { denied: ['Secret'] }));
  expect(after.findings).toEqual([]);
  expect(after.notChecked).toEqual([
    {
      analyzer: 'Ingress',
      verb: 'list',
      resource: 'secrets',
      reason: 'Forbidden',
      text: 'Secret is forbidden: User "ci" cannot list it',
      objects: 1,
    },
  ]);
});

test.each([
  ['terminal', 'NoSuchKind', 'NotInstalled'],
  ['transient', 'ClusterTimeout', 'TimedOut'],
  ['terminal', 'ListTooLong', 'Failed'],
] as const)('a list that ends with %s %s is %s', async (kind, code, reason) => {
  const cluster = fakeCluster(all);
  const { notChecked, findings } = await analyze({
    ...cluster,
    list: (query) =>
      query.kind === 'Ingress' ? Promise.reject(new SluiceError(kind, code, 'why')) : cluster.list(query),
  });
  expect(notChecked).toEqual([
    { analyzer: 'Ingress', verb: 'list', resource: 'ingresses.networking.k8s.io', reason, text: 'why' },
  ]);
  expect(findings).not.toEqual([]);
});

test('a cluster that cannot be reached is an error', async () => {
  const error = new SluiceError('environment', 'ClusterUnreachable', 'no route');
  await expect(analyze({ ...fakeCluster([]), list: () => Promise.reject(error) })).rejects.toBe(error);
});

test('each kind is listed once, however many objects there are', async () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    object('v1', 'Service', `s${index}`, { spec: { selector: { a: 'b' } } }),
  );
  const cluster = fakeCluster([...many, ...all]);
  await analyze(cluster);
  expect(cluster.calls.length).toBe(new Set(cluster.calls).size);
  expect(cluster.calls.every((call) => call.startsWith('list '))).toBe(true);
});

test('the order of what the cluster lists changes nothing', async () => {
  const events = [event(crashed, 'Failed', 'a'), event(web, 'Failed', 'b')];
  const one = await analyze([...all, ...events]);
  const other = await analyze([...all, ...events].toReversed());
  expect(JSON.stringify(other)).toBe(JSON.stringify(one));
});

test('a finding carries its identity, its owner and no secret', async () => {
  const [finding] = (await analyze(all, { labelSelector: 'app=web' })).findings;
  expect(finding).toMatchObject({
    id: 'CreateContainerError',
    analyzer: 'Pod',
    container: 'c',
    parent: 'Deployment/web',
    object: { cluster: '', kind: 'Pod', namespace: 'shop', name: 'web-a-1', uid: 'uid-Pod-web-a-1' },
  });
  expect(JSON.stringify(finding)).not.toContain('hunter2');
});

test('a selector chooses what is judged, not what it is judged by', async () => {
  const { findings, checked } = await analyze(all, { labelSelector: 'app=web' });
  expect(findings.map(({ id }) => id)).toEqual(['CreateContainerError']);
  expect(checked.filter(({ objects }) => objects > 0)).toEqual([{ analyzer: 'Pod', objects: 1 }]);
});

test('a namespace leaves out webhooks that call into another one', async () => {
  const hook = object(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    'policy',
    { webhooks: [{ name: 'x', clientConfig: { service: { name: 'web', namespace: 'other' } } }] },
    { namespace: '' },
  );
  const cluster = fakeCluster([hook]);
  expect((await analyze(cluster, { namespace: 'shop' })).findings).toEqual([]);
  expect((await analyze(cluster)).findings.map(({ id }) => id)).toEqual(['WebhookServiceMissing']);
});

test('half-written objects are judged without an error', async () => {
  const kinds = ['Pod', 'Service', 'ConfigMap', 'Node', 'PersistentVolumeClaim', 'Event'];
  const broken = kinds.map((kind) => object('v1', kind, 'x', { spec: [], status: 'x', data: 3 }));
  await expect(analyze(broken)).resolves.toMatchObject({ notChecked: [] });
});
