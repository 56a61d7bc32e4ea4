import { expect, test } from 'vitest';
import { SluiceError } from '../../../src/api/errors.ts';
import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { ago } from '../kube-fixtures.ts';
import { analyze, found, object, type Row } from './objects.ts';

type Body = Readonly<Record<string, Json>>;

const version = 'gateway.networking.k8s.io/v1';
const condition = (type: string, status: string, reason: string, seconds = 3000): JsonObject => ({
  type,
  status,
  reason,
  message: 'said',
  lastTransitionTime: ago(seconds),
});
const gatewayClass = (conditions: readonly JsonObject[], seconds = 3000): KubeObject =>
  object(
    version,
    'GatewayClass',
    'edge',
    { spec: { controllerName: 'example.com/edge' }, status: { conditions } },
    { namespace: '', creationTimestamp: ago(seconds) },
  );
const accepted = gatewayClass([condition('Accepted', 'True', 'Accepted')]);
const refused =
  "GatewayClassNotAccepted: GatewayClass 'edge' with a controller name 'example.com/edge' is not accepted. Message: 'said'.";

test.each<Row>([
  ['accepted', [accepted], []],
  [
    'refused, in any order',
    [
      gatewayClass([
        condition('SupportedVersion', 'True', 'x'),
        condition('Accepted', 'False', 'InvalidParameters'),
      ]),
    ],
    [refused],
  ],
  ['nobody answers', [gatewayClass([condition('Accepted', 'Unknown', 'Pending')])], [refused]],
  ['made just now', [gatewayClass([condition('Accepted', 'Unknown', 'Pending')], 5)], []],
  [
    'of another version',
    [gatewayClass([condition('SupportedVersion', 'False', 'UnsupportedVersion')])],
    ['GatewayApiVersionUnsupported: -'],
  ],
])('GatewayClass: %s', async (_, objects, expected) => {
  expect(await found(objects, 'GatewayClass')).toEqual(expected);
});

const listener: JsonObject = { name: 'web', port: 80, protocol: 'HTTP' };
const gateway = (
  status: Body = {},
  listeners: readonly JsonObject[] = [listener],
  metadata: ObjectMeta = {},
): KubeObject =>
  object(version, 'Gateway', 'edge', { spec: { gatewayClassName: 'edge', listeners }, status }, metadata);
const serving = [condition('Accepted', 'True', 'Accepted'), condition('Programmed', 'True', 'Programmed')];
const withListener = (conditions: readonly JsonObject[], attachedRoutes = 1): Body => ({
  conditions: serving,
  listeners: [{ name: 'web', attachedRoutes, conditions }],
});

test.each<Row>([
  ['it serves', [accepted, gateway(withListener([]))], []],
  [
    'its class is missing',
    [gateway(withListener([]))],
    ['GatewayClassMissing: Gateway uses the GatewayClass edge which does not exist.'],
  ],
  [
    'it has no address',
    [
      accepted,
      gateway({ conditions: [serving[0] ?? {}, condition('Programmed', 'False', 'AddressNotAssigned')] }),
    ],
    [
      "GatewayNotProgrammed: Gateway 'shop/edge' has condition Programmed=False, reason AddressNotAssigned: said",
    ],
  ],
  [
    'it was made just now',
    [accepted, gateway({ conditions: [condition('Accepted', 'Unknown', 'Pending', 5)] })],
    [],
  ],
  [
    'a certificate is missing',
    [accepted, gateway(withListener([condition('ResolvedRefs', 'False', 'InvalidCertificateRef')]))],
    ['ListenerNotServing: -'],
  ],
  [
    'two listeners want one port',
    [accepted, gateway(withListener([condition('Conflicted', 'True', 'ProtocolConflict')]))],
    ['ListenerNotServing: -'],
  ],
  ['nothing is attached', [accepted, gateway(withListener([], 0))], ['ListenerWithoutRoutes: -']],
])('Gateway: %s', async (_, objects, expected) => {
  expect(await found(objects, 'Gateway')).toEqual(expected);
});

const service = (name: string, namespace = 'shop'): KubeObject =>
  object('v1', 'Service', name, { spec: { ports: [{ port: 80 }] } }, { namespace });
const route = (spec: Body = {}, more: Body = {}): KubeObject =>
  object(version, 'HTTPRoute', 'web', {
    spec: {
      parentRefs: [{ name: 'edge', namespace: 'infra' }],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
      ...spec,
    },
    ...more,
  });
const infra = (namespaces: JsonObject = { from: 'All' }, more: JsonObject = {}): KubeObject =>
  gateway({}, [{ ...listener, allowedRoutes: { namespaces }, ...more }], { namespace: 'infra' });
const shop = (labels: Readonly<Record<string, string>>): KubeObject =>
  object('v1', 'Namespace', 'shop', {}, { namespace: '', labels });
const bySelector = infra({ from: 'Selector', selector: { matchLabels: { exposed: 'yes' } } });
const otherBackend = route({ rules: [{ backendRefs: [{ name: 'api', namespace: 'back', port: 80 }] }] });
const grant = (from: string, to: string): KubeObject =>
  object(
    version,
    'ReferenceGrant',
    'g',
    {
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: from }],
        to: [{ group: '', kind: 'Service', name: to }],
      },
    },
    { namespace: 'back' },
  );

test.each<Row>([
  ['it is served', [infra(), service('web'), route()], []],
  [
    'its Gateway is missing',
    [service('web'), route()],
    ["GatewayMissing: HTTPRoute uses the Gateway 'infra/edge' which does not exist in the same namespace."],
  ],
  [
    'routes of the same namespace, as nobody said otherwise',
    [infra({}), service('web'), route()],
    [
      "RouteNotAllowed: HTTPRoute 'shop/web' is deployed in a different namespace from Gateway 'infra/edge' which only allows HTTPRoutes from its namespace.",
    ],
  ],
  ['its namespace has the labels', [bySelector, shop({ exposed: 'yes' }), service('web'), route()], []],
  [
    'its namespace has another value',
    [bySelector, shop({ exposed: 'no' }), service('web'), route({}, {})],
    [
      "RouteNotAllowed: HTTPRoute 'shop/web' can't be attached on Gateway 'infra/edge', selector labels do not match HTTProute's labels.",
    ],
  ],
  [
    'no such listener',
    [
      infra(),
      service('web'),
      route({ parentRefs: [{ name: 'edge', namespace: 'infra', sectionName: 'tls' }] }),
    ],
    ['ListenerMissing: -'],
  ],
  [
    'no listener serves its name',
    [
      infra({ from: 'All' }, { hostname: '*.example.com' }),
      service('web'),
      route({ hostnames: ['shop.test'] }),
    ],
    ['HostnamesNotServed: -'],
  ],
  [
    'a listener serves its name',
    [
      infra({ from: 'All' }, { hostname: '*.example.com' }),
      service('web'),
      route({ hostnames: ['shop.example.com'] }),
    ],
    [],
  ],
  [
    'its Service is missing',
    [infra(), route()],
    ["ServiceMissing: HTTPRoute uses the Service 'shop/web' which does not exist."],
  ],
  [
    'its Service has no such port',
    [infra(), service('web'), route({ rules: [{ backendRefs: [{ name: 'web', port: 8080 }] }] })],
    [
      "PortNotExposed: HTTPRoute's backend service 'web' is using port '8080' but the corresponding K8s service 'shop/web' isn't configured with the same port.",
    ],
  ],
  [
    'a Service of another namespace, not granted',
    [infra(), service('api', 'back'), otherBackend],
    ['ReferenceNotGranted: -'],
  ],
  ['granted', [infra(), service('api', 'back'), grant('shop', 'api'), otherBackend], []],
  [
    'granted to others',
    [infra(), service('api', 'back'), grant('b', 'api'), otherBackend],
    ['ReferenceNotGranted: -'],
  ],
  [
    'a backend of another kind',
    [infra(), route({ rules: [{ backendRefs: [{ kind: 'Bucket', group: 'example.com', name: 'b' }] }] })],
    [],
  ],
  [
    'a parent that is no Gateway',
    [route({ parentRefs: [{ kind: 'Service', group: '', name: 'web' }], rules: [] })],
    [],
  ],
  [
    'a controller refuses it',
    [
      infra(),
      service('web'),
      route(
        {},
        { status: { parents: [{ conditions: [condition('Accepted', 'False', 'UnsupportedValue')] }] } },
      ),
    ],
    ['RouteNotAccepted: -'],
  ],
])('HTTPRoute: %s', async (_, objects, expected) => {
  expect(await found(objects, 'HTTPRoute')).toEqual(expected);
});

test('with a namespace, what it refers to in another one is not checked, and not called missing', async () => {
  const analyzers = optionalAnalyzers.filter(({ name }) => name === 'HTTPRoute');
  const { findings, notChecked } = await analyze([infra(), service('web'), route()], {
    analyzers,
    namespace: 'shop',
  });
  expect(findings).toEqual([]);
  expect(notChecked).toEqual([
    {
      analyzer: 'HTTPRoute',
      verb: 'list',
      resource: 'gateways.gateway.networking.k8s.io',
      reason: 'OutOfScope',
      text: 'only namespace shop was read',
      objects: 1,
    },
  ]);
});

test('a server that has only the older version is asked for that', async () => {
  const old = 'gateway.networking.k8s.io/v1beta1';
  const cluster = fakeCluster([accepted, { ...gateway(withListener([], 0)), apiVersion: old }]);
  const { findings } = await analyze(
    {
      ...cluster,
      list: (query) =>
        query.kind === 'Gateway' && query.apiVersion === version
          ? Promise.reject(new SluiceError('terminal', 'NoSuchKind', 'no matches'))
          : cluster.list(query),
    },
    { analyzers: optionalAnalyzers.filter(({ name }) => name === 'Gateway') },
  );
  expect(findings.map(({ id, object: about }) => [id, about.apiVersion])).toEqual([
    ['ListenerWithoutRoutes', old],
  ]);
});
