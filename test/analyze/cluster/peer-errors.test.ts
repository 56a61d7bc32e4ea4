import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../src/api/errors.ts';
import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import type { Analysis, AnalyzeQuery } from '../../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../../src/analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import type { ReadOnlyCluster } from '../../../src/cluster/port.ts';
import { k8sgptOutput } from '../../../src/cli/analyze/k8sgpt-output.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { ago } from '../kube-fixtures.ts';
import { analyze, event, found, object } from './objects.ts';

// Errors in the logic of k8sgpt 0.4.36, each by its number in the list that this tool was held against.

const all = [...defaultAnalyzers, ...optionalAnalyzers];
const look = (
  cluster: ReadOnlyCluster | readonly KubeObject[],
  name: string,
  query: Partial<AnalyzeQuery> = {},
): Promise<Analysis> => analyze(cluster, { analyzers: all.filter((each) => each.name === name), ...query });
const condition = (type: string, status: string, reason = 'R'): JsonObject => ({
  type,
  status,
  reason,
  message: 'M',
  lastTransitionTime: ago(3000),
});
const cluster: ObjectMeta = { namespace: '' };
const gatewayVersion = 'gateway.networking.k8s.io/v1';

describe('1: what cannot be read does not exist', () => {
  test('a Secret, a Service, a class that may not be read is not called missing', async () => {
    const ingress = object('networking.k8s.io/v1', 'Ingress', 'web', {
      spec: {
        ingressClassName: 'nginx',
        tls: [{ secretName: 'cert' }],
        defaultBackend: { service: { name: 'web' } },
      },
    });
    const denied = ['Secret', 'Service', 'IngressClass'];
    const { findings, notChecked } = await look(fakeCluster([ingress], { denied }), 'Ingress');
    expect(findings).toEqual([]);
    expect(notChecked.map(({ resource, reason }) => `${resource} ${reason}`)).toEqual([
      'ingressclasses.networking.k8s.io Forbidden',
      'secrets Forbidden',
      'services Forbidden',
    ]);
  });

  test.each([
    [
      'HorizontalPodAutoscaler',
      'Deployment',
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      }),
    ],
    [
      'Gateway',
      'GatewayClass',
      object(gatewayVersion, 'Gateway', 'web', { spec: { gatewayClassName: 'x' } }),
    ],
    [
      'HTTPRoute',
      'Gateway',
      object(gatewayVersion, 'HTTPRoute', 'web', { spec: { parentRefs: [{ name: 'x' }] } }),
    ],
    [
      'NetworkPolicy',
      'Pod',
      object('networking.k8s.io/v1', 'NetworkPolicy', 'web', {
        spec: { podSelector: { matchLabels: { a: 'b' } } },
      }),
    ],
  ])('%s, where %s may not be listed', async (name, kind, about) => {
    const { findings, notChecked } = await look(fakeCluster([about], { denied: [kind] }), name);
    expect(findings).toEqual([]);
    expect(notChecked).toMatchObject([{ analyzer: name, reason: 'Forbidden', objects: 1 }]);
  });
});

describe('2: a rollout is a problem', () => {
  const deployment = (reason: string, seconds: number): KubeObject =>
    object(
      'apps/v1',
      'Deployment',
      'web',
      {
        spec: { replicas: 2 },
        status: {
          observedGeneration: 1,
          replicas: 3,
          readyReplicas: 1,
          availableReplicas: 1,
          updatedReplicas: 1,
          conditions: [{ ...condition('Progressing', 'True', reason), lastUpdateTime: ago(seconds) }],
        },
      },
      { generation: 1 },
    );

  test('not while it goes on', async () => {
    expect(await found([deployment('ReplicaSetUpdated', 30)], 'Deployment')).toEqual([]);
  });

  test('past its deadline', async () => {
    expect(await found([deployment('ReplicaSetUpdated', 3000)], 'Deployment')).toHaveLength(1);
  });
});

test('3: a condition of a Node that nobody knows is a problem', async () => {
  const node = object(
    'v1',
    'Node',
    'n1',
    {
      status: {
        conditions: [condition('Ready', 'True'), condition('EtcdIsVoter', 'True'), condition('X', 'False')],
      },
    },
    cluster,
  );
  expect(await found([node], 'Node')).toEqual([]);
});

test('4: ConfigMaps of the system, and those read through the API, are unused; names count across namespaces', async () => {
  const map = (name: string, metadata: ObjectMeta): KubeObject =>
    object('v1', 'ConfigMap', name, { data: { a: '1' } }, metadata);
  const user = object('v1', 'Pod', 'p', {
    spec: { containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'same' } }] }] },
  });
  const objects = [
    map('coredns', { namespace: 'kube-system' }),
    map('board', { labels: { grafana_dashboard: '1' } }),
    map('same', {}),
    map('same', { namespace: 'other' }),
    user,
  ];
  const { findings } = await look(objects, 'ConfigMap');
  expect(findings.map(({ object: { namespace, name } }) => `${namespace ?? ''}/${name}`)).toEqual([
    'other/same',
  ]);
});

describe('5: a NetworkPolicy without labels allows everything', () => {
  const policy = (spec: JsonObject): KubeObject =>
    object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', { spec });

  test('default deny is what it should be', async () => {
    const denyAll = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const withEmptyList = policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [] });
    expect(await found([denyAll, withEmptyList], 'NetworkPolicy')).toEqual([]);
  });

  test('expressions choose Pods, too', async () => {
    const podSelector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] };
    const web = object(
      'v1',
      'Pod',
      'p',
      { spec: { containers: [{ name: 'c' }] } },
      { labels: { app: 'web' } },
    );
    expect(await found([policy({ podSelector }), web], 'NetworkPolicy')).toEqual([]);
    expect(await found([policy({ podSelector })], 'NetworkPolicy')).toEqual([
      'NetworkPolicyWithoutPods: Network policy is not applied to any pods: deny',
    ]);
  });
});

describe('6: a Service without endpoints', () => {
  const service = object('v1', 'Service', 'web', { spec: { selector: { a: '1', b: '2', c: '3' } } });

  test('is one problem however many labels it has', async () => {
    expect(await found([service], 'Service')).toEqual([
      'NoEndpoints: Service has no endpoints, expected label a=1,b=2,c=3',
    ]);
  });

  test('is judged by EndpointSlices', async () => {
    const list = fakeCluster([service]);
    await look(list, 'Service');
    expect(list.calls).toContain('list EndpointSlice ');
    expect(list.calls).not.toContain('list Endpoints ');
  });

  test('has no events of another object of its name', async () => {
    const pod = { kind: 'Pod', uid: 'u', namespace: 'b' };
    expect(await found([service, event(service, 'BackOff', 'x', pod)], 'Service')).toHaveLength(1);
  });
});

test('7: a StatefulSet without serviceName misses a Service', async () => {
  const set = object('apps/v1', 'StatefulSet', 'db', { spec: { replicas: 0, serviceName: '' } });
  expect(await found([set], 'StatefulSet')).toEqual([]);
});

describe('8: a HorizontalPodAutoscaler', () => {
  const autoscaler = (...conditions: readonly JsonObject[]): KubeObject =>
    object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      status: { desiredReplicas: 1, conditions },
    });
  const deployment = object('apps/v1', 'Deployment', 'web', {
    spec: { template: { spec: { containers: [{ name: 'c' }] } } },
  });

  test('is named with its namespace whether one was asked for or not', async () => {
    const text = 'RequestsMissing: Deployment shop/web does not have resource configured.';
    expect(await found([deployment, autoscaler()], 'HorizontalPodAutoscaler')).toEqual([text]);
  });

  test('at the least replicas, which nobody has set, is well', async () => {
    const conditions = [
      condition('ScalingActive', 'True'),
      condition('ScalingLimited', 'True', 'TooFewReplicas'),
    ];
    expect(await found([deployment, autoscaler(...conditions)], 'HorizontalPodAutoscaler')).toEqual([]);
  });
});

describe('9: the first condition is the one that counts', () => {
  test.each([
    [[condition('Synced', 'True'), condition('DisruptionAllowed', 'False', 'InsufficientPods')], 1],
    [[condition('Synced', 'False', 'x'), condition('DisruptionAllowed', 'True', 'SufficientPods')], 0],
  ])('PodDisruptionBudget: %j', async (conditions, count) => {
    const pod = object('v1', 'Pod', 'p', { spec: { containers: [{ name: 'c' }] } });
    const budget = object('policy/v1', 'PodDisruptionBudget', 'web', {
      spec: { selector: {} },
      status: { expectedPods: 2, desiredHealthy: 1, conditions },
    });
    expect(await found([pod, budget], 'PodDisruptionBudget')).toHaveLength(count);
  });

  test.each([
    [[condition('SupportedVersion', 'True'), condition('Accepted', 'False')], 1],
    [[condition('SomethingElse', 'False'), condition('Accepted', 'True')], 0],
  ])('GatewayClass: %j', async (conditions, count) => {
    const gatewayClass = object(gatewayVersion, 'GatewayClass', 'edge', { status: { conditions } }, cluster);
    expect(await found([gatewayClass], 'GatewayClass')).toHaveLength(count);
  });
});

describe('10: an HTTPRoute', () => {
  const gateway = object(
    gatewayVersion,
    'Gateway',
    'edge',
    {
      spec: {
        listeners: [
          {
            name: 'web',
            allowedRoutes: {
              namespaces: { from: 'Selector', selector: { matchLabels: { exposed: 'yes' } } },
            },
          },
        ],
      },
    },
    { namespace: 'infra' },
  );
  const shop = (exposed: string): KubeObject =>
    object('v1', 'Namespace', 'shop', {}, { ...cluster, labels: { exposed } });
  const route = (labels: Readonly<Record<string, string>>, backend: JsonObject = {}): KubeObject =>
    object(
      gatewayVersion,
      'HTTPRoute',
      'web',
      {
        spec: {
          parentRefs: [{ name: 'edge', namespace: 'infra' }],
          rules: Object.keys(backend).length === 0 ? [] : [{ backendRefs: [backend] }],
        },
      },
      { labels },
    );

  test.each([
    ['labels of its own count for nothing', 'no', { exposed: 'yes' }, 1],
    ['the labels of its namespace count', 'yes', {}, 0],
    ['so do their values', 'no', {}, 1],
  ])('%s', async (_, exposed, labels, count) => {
    expect(await found([gateway, shop(exposed), route(labels)], 'HTTPRoute')).toHaveLength(count);
  });

  test('its backend is of the namespace and the kind that it names', async () => {
    const api = object('v1', 'Service', 'api', { spec: { ports: [{ port: 80 }] } }, { namespace: 'back' });
    const elsewhere = route({}, { name: 'api', namespace: 'back', port: 80 });
    const bucket = route({}, { name: 'api', kind: 'Bucket', group: 'example.com' });
    const ids = async (...objects: readonly KubeObject[]): Promise<readonly string[]> =>
      (await look([gateway, shop('yes'), ...objects], 'HTTPRoute')).findings.map(({ id }) => id);
    expect(await ids(elsewhere, api)).toEqual(['ReferenceNotGranted']);
    expect(await ids(elsewhere)).toEqual(['ServiceMissing']);
    expect(await ids(bucket)).toEqual([]);
  });

  test.each(['Gateway', 'HTTPRoute'])('%s: a namespace that was asked for is kept to', async (name) => {
    const objects = [gateway, route({}), { ...route({}), metadata: { name: 'web', namespace: 'other' } }];
    const { checked } = await look(objects, name, { namespace: 'shop' });
    expect(checked).toEqual([{ analyzer: name, objects: name === 'Gateway' ? 0 : 1 }]);
  });
});

describe('11', () => {
  test('the provisioner of local volumes is deprecated', async () => {
    const local = object(
      'storage.k8s.io/v1',
      'StorageClass',
      'l',
      { provisioner: 'kubernetes.io/no-provisioner' },
      cluster,
    );
    expect(await found([local], 'Storage')).toEqual([]);
  });

  test('the first failure of a Pod, of a claim is enough', async () => {
    const pod = object('v1', 'Pod', 'p', {
      spec: {
        hostPID: true,
        containers: ['a', 'b'].map((name) => ({ name, securityContext: { privileged: true } })),
      },
    });
    expect(await found([pod], 'Security')).toHaveLength(3);
    const claim = object('v1', 'PersistentVolumeClaim', 'c', {
      spec: { resources: { requests: { storage: '1Mi' } } },
      status: { phase: 'Lost' },
    });
    expect(await found([claim], 'Storage')).toHaveLength(2);
  });

  test('a completed Pod is an inactive receiver', async () => {
    const hook = object(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      'policy',
      { webhooks: [{ name: 'x', clientConfig: { service: { name: 'web', namespace: 'shop' } } }] },
      cluster,
    );
    const service = object('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } });
    const pod = (name: string, phase: string): KubeObject =>
      object('v1', 'Pod', name, { status: { phase } }, { labels: { app: 'web' } });
    const objects = [hook, service, pod('setup', 'Succeeded'), pod('server', 'Running')];
    expect(await found(objects, 'ValidatingWebhookConfiguration')).toEqual([]);
  });

  test.each(optionalAnalyzers.map(({ name }) => name))(
    'kinds that are not installed are an error: %s',
    async (name) => {
      const none: ReadOnlyCluster = {
        ...fakeCluster([]),
        list: ({ kind }) => Promise.reject(new SluiceError('terminal', 'NoSuchKind', `no ${kind}`)),
      };
      const analysis = await look(none, name);
      expect(analysis.notChecked.length).toBeGreaterThan(0);
      expect(analysis.notChecked.every(({ reason }) => reason === 'NotInstalled')).toBe(true);
      expect(k8sgptOutput(analysis)).toMatchObject({ errors: null, status: 'OK' });
    },
  );
});
