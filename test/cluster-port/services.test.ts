import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { deployment, listLoose, openMemory, type MemoryPlace } from './fixtures.ts';

function service(spec: JsonObject, name: string = 'web'): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec };
}

const http = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] };
const ports = { container: { ports: [{ name: 'http', containerPort: 8080 }] } };

async function specOf(place: MemoryPlace, name: string): Promise<JsonObject> {
  return (await place.cluster.apply(service(http, name)))['spec'] as JsonObject;
}

test('a Service gets an address of its own, always the same', async () => {
  const [one, two] = [await openMemory(), await openMemory()];
  const first = await specOf(one, 'web');
  expect(first).toMatchObject({
    type: 'ClusterIP',
    clusterIP: expect.stringMatching(/^10\.96\.\d+\.\d+$/) as string,
    ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }],
  });
  expect((await specOf(two, 'web'))['clusterIP']).toBe(first['clusterIP']);
  expect((await specOf(one, 'other'))['clusterIP']).not.toBe(first['clusterIP']);
});

test.each<readonly [string, JsonObject, JsonObject]>([
  ['headless', { ...http, clusterIP: 'None' }, { clusterIP: 'None', clusterIPs: ['None'] }],
  ['NodePort', { ...http, type: 'NodePort' }, { ports: [{ nodePort: expect.any(Number) as number }] }],
])('%s', async (_what, given, expected) => {
  const { cluster } = await openMemory();
  const stored = await cluster.apply(service(given));
  expect(stored['spec']).toMatchObject(expected);
  expect(await cluster.apply(service(given))).toEqual(stored);
});

test('Endpoints and EndpointSlices follow the ready Pods', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(service(http));
  await cluster.apply(deployment({ replicas: 2, ...ports }));
  await cluster.apply(deployment({ name: 'other' }));
  expect((await listLoose(cluster, 'v1', 'Endpoints'))[0].subsets).toBeUndefined();
  clock.advance(200);
  const [starting] = await listLoose(cluster, 'v1', 'Endpoints');
  expect(starting.subsets[0].notReadyAddresses).toHaveLength(2);
  expect(starting.subsets[0].addresses).toBeUndefined();
  clock.advance(1_000);
  const [ready] = await listLoose(cluster, 'v1', 'Endpoints');
  const pods = (await listLoose(cluster, 'v1', 'Pod')).filter(
    ({ metadata }) => metadata.labels.app === 'web',
  );
  expect(ready.metadata.name).toBe('web');
  expect(ready.subsets[0].addresses.map((each: { ip: string }) => each.ip)).toEqual(
    pods.map(({ status }) => status.podIP),
  );
  expect(ready.subsets[0].ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
  const [slice] = await listLoose(cluster, 'discovery.k8s.io/v1', 'EndpointSlice');
  expect(slice.metadata.labels['kubernetes.io/service-name']).toBe('web');
  expect(slice.endpoints.map((each: { conditions: JsonObject }) => each.conditions['ready'])).toEqual([
    true,
    true,
  ]);
});

test('a selector that fits nothing has no addresses, and without one there are no Endpoints', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(service({ ...http, selector: { app: 'nobody' } }, 'lonely'));
  await cluster.apply(service({ ports: [{ port: 80 }] }, 'manual'));
  await cluster.apply(deployment(ports));
  clock.advance(1_000);
  const endpoints = await listLoose(cluster, 'v1', 'Endpoints');
  expect(endpoints.map(({ metadata, subsets }) => [metadata.name, subsets])).toEqual([['lonely', undefined]]);
});

test('a Service whose Pods have no image has no ready address', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(service(http));
  await cluster.apply(deployment({ image: 'invalid', ...ports }));
  clock.advance(5_000);
  const [slice] = await listLoose(cluster, 'discovery.k8s.io/v1', 'EndpointSlice');
  expect(slice.endpoints).toMatchObject([{ conditions: { ready: false } }]);
});

test('a watched EndpointSlice tells when its Pod gets ready', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(service(http));
  await cluster.apply(deployment(ports));
  const stop = new AbortController();
  let told = 0;
  const [slice] = await listLoose(cluster, 'discovery.k8s.io/v1', 'EndpointSlice');
  const ref = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: 'default',
    name: slice.metadata.name,
  };
  cluster.watch(ref, () => (told += 1), stop.signal);
  clock.advance(1_000);
  expect(told).toBeGreaterThanOrEqual(2);
  stop.abort();
});
