import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { perform, refresh, testContext, type TestContext } from './context.ts';
import { fakeCluster } from './fake-cluster.ts';

const labels = { 'app.oam.dev/name': 'shop', 'app.oam.dev/component': 'web' };

function object(kind: string, name: string, rest: JsonObject, own: JsonObject = labels): JsonObject {
  const apiVersion = kind === 'Ingress' ? 'networking.k8s.io/v1' : 'v1';
  return { apiVersion, kind, metadata: { name, namespace: 'team', labels: own }, ...rest };
}

const port = { port: 80, name: 'http', protocol: 'TCP' };
const clusterIp = object('Service', 'inner', { spec: { clusterIP: '10.0.0.9', ports: [port] } });
const balancer = object('Service', 'balancer', {
  spec: { type: 'LoadBalancer', clusterIP: '10.0.0.8', ports: [{ ...port, appProtocol: 'http' }] },
  status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }] } },
});
const nodePort = object('Service', 'node-port', {
  spec: { type: 'NodePort', clusterIP: '10.0.0.7', ports: [{ ...port, nodePort: 30_080 }] },
});
const node: JsonObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: {} },
  status: {
    addresses: [
      { type: 'Hostname', address: 'n' },
      { type: 'InternalIP', address: '192.0.2.9' },
    ],
  },
};
const path = (at: string): JsonObject => ({ path: at, pathType: 'Prefix', backend: {} });
const ingress = object('Ingress', 'site', {
  spec: {
    tls: [{ hosts: ['shop.example.com'] }],
    rules: [
      { host: 'shop.example.com', http: { paths: [path('/'), path('/api')] } },
      { http: { paths: [{ backend: {} }] } },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: '192.0.2.2' }] } },
});
const headless = object('Service', 'headless', { spec: { clusterIP: 'None', ports: [port] } });
const pending = object('Service', 'pending', { spec: { type: 'LoadBalancer', ports: [port] }, status: {} });
const other = object('Service', 'other', { spec: { ports: [port] } }, { 'app.oam.dev/name': 'other' });
const applied = object(
  'Service',
  'applied',
  { spec: { ports: [{ port: 8080 }] } },
  { 'workflowrun.oam.dev/name': 'shop' },
);

function contextWith(objects: readonly JsonObject[]): TestContext {
  const cluster = fakeCluster();
  cluster.seed(...objects);
  return testContext({ clusters: { '': cluster } });
}

/** `http://host:port/path (portName) of Kind name`. */
async function found(objects: readonly JsonObject[], rest: JsonObject = {}): Promise<readonly string[]> {
  const outcome = await perform('service-endpoints', { name: 'shop', ...rest }, contextWith(objects));
  if (outcome.kind !== 'ok') return [outcome.message];
  const { endpoints } = outcome.result as { endpoints: { endpoint: JsonObject; ref: JsonObject }[] };
  return endpoints.map(({ endpoint, ref }) => {
    const { appProtocol, host, port: number, path: at, portName, inner, protocol } = endpoint;
    const scheme = appProtocol ?? protocol;
    const named = portName === undefined ? '' : ` (${portName as string})`;
    return `${scheme as string}://${host as string}:${number as number}${(at as string | undefined) ?? ''}${named} of ${ref['kind'] as string} ${ref['name'] as string}${inner === true ? ', inner' : ''}`;
  });
}

test.each<readonly [string, readonly JsonObject[], JsonObject, readonly string[]]>([
  ['none', [], {}, []],
  ['a Service', [clusterIp], {}, ['TCP://inner.team:80 (http) of Service inner, inner']],
  [
    'a load balancer',
    [balancer],
    {},
    ['http://192.0.2.1:80 (http) of Service balancer', 'http://lb.example.com:80 (http) of Service balancer'],
  ],
  ['a load balancer without an address', [pending], {}, []],
  ['a port of the nodes', [nodePort, node], {}, ['TCP://192.0.2.9:30080 (http) of Service node-port']],
  ['a port of nodes that are not known', [nodePort], {}, []],
  ['a Service without an address', [headless], {}, []],
  [
    'an Ingress',
    [ingress],
    {},
    [
      'https://shop.example.com:443/ of Ingress site',
      'https://shop.example.com:443/api of Ingress site',
      'http://192.0.2.2:80/ of Ingress site',
    ],
  ],
  ['of another Application', [other], {}, []],
  ['of a run', [applied], {}, ['TCP://applied.team:8080 of Service applied, inner']],
  [
    'of a component',
    [clusterIp, applied],
    { components: ['web'] },
    ['TCP://inner.team:80 (http) of Service inner, inner'],
  ],
  [
    'with a port',
    [clusterIp, applied],
    { port: 8080 },
    ['TCP://applied.team:8080 of Service applied, inner'],
  ],
  [
    'with a port name',
    [clusterIp, applied],
    { portName: 'http' },
    ['TCP://inner.team:80 (http) of Service inner, inner'],
  ],
  [
    'from outside',
    [clusterIp, nodePort, node],
    { outer: true },
    ['TCP://192.0.2.9:30080 (http) of Service node-port'],
  ],
  [
    'those from outside first',
    [clusterIp, nodePort, node],
    {},
    [
      'TCP://192.0.2.9:30080 (http) of Service node-port',
      'TCP://inner.team:80 (http) of Service inner, inner',
    ],
  ],
])('%s', async (_name, objects, rest, expected) => {
  expect(await found(objects, rest)).toEqual(expected);
});

test('is asked again as it was asked', async () => {
  const cluster = fakeCluster();
  const context = testContext({ clusters: { '': cluster } });
  const first = await perform('service-endpoints', { name: 'shop', outer: true }, context);
  expect(first).toMatchObject({ kind: 'ok', result: { endpoints: [] } });
  cluster.seed(clusterIp, nodePort, node);
  expect(await refresh('service-endpoints', first, context)).toMatchObject({
    result: { endpoints: [{ endpoint: { host: '192.0.2.9', port: 30_080 }, component: 'web' }] },
  });
});
