import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { analyze, event, object } from './objects.ts';

type Body = Readonly<Record<string, Json>>;
type Row = readonly [what: string, objects: readonly KubeObject[], found: readonly string[]];

async function found(objects: readonly KubeObject[]): Promise<readonly string[]> {
  const { findings } = await analyze(objects);
  return findings.map(({ id, k8sgpt }) => `${id}: ${k8sgpt?.text ?? '-'}`);
}

const labels = { app: 'web', tier: 'front', team: 'a' };
const service = object('v1', 'Service', 'web', { spec: { selector: labels } });
const slice = (...endpoints: readonly JsonObject[]): KubeObject =>
  object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    'web-x',
    { endpoints },
    { labels: { 'kubernetes.io/service-name': 'web' } },
  );
const endpoint = (ready: boolean): JsonObject => ({
  conditions: { ready },
  targetRef: { kind: 'Pod', name: 'web-1' },
});

const parked = object('apps/v1', 'Deployment', 'web', {
  spec: { replicas: 0, template: { metadata: { labels }, spec: { containers: [{ name: 'c' }] } } },
});
const scaler = (minReplicaCount: number): KubeObject =>
  object('keda.sh/v1alpha1', 'ScaledObject', 'web', {
    spec: { minReplicaCount, scaleTargetRef: { name: 'web' } },
  });
const balanced = object('v1', 'Service', 'web', { spec: { type: 'LoadBalancer', selector: labels } });
const toPort = (targetPort: string): KubeObject =>
  object('v1', 'Service', 'web', { spec: { selector: labels, ports: [{ port: 80, targetPort }] } });
const listening = (name: string): KubeObject =>
  object(
    'v1',
    'Pod',
    'web-1',
    { spec: { containers: [{ name: 'c', ports: [{ name, containerPort: 80 }] }] } },
    { labels },
  );

test('a Service without endpoints is no alarm where a scaler may keep no Pod, and is one where it may not', async () => {
  const severities = async (least: number): Promise<readonly string[]> =>
    (await analyze([service, parked, scaler(least)])).findings.map(({ severity }) => severity);
  expect(await severities(0)).toEqual(['info']);
  expect(await severities(1)).toEqual(['high']);
});

test.each<Row>([
  [
    'three labels and no endpoints are one problem',
    [service],
    ['NoEndpoints: Service has no endpoints, expected label app=web,team=a,tier=front'],
  ],
  ['it has endpoints', [service, slice(endpoint(true))], []],
  [
    'its endpoints are not ready',
    [service, slice(endpoint(false))],
    ['EndpointsNotReady: Service has not ready endpoints, pods: [Pod/web-1], expected 1'],
  ],
  [
    'a scaler has parked its Pods',
    [service, parked, scaler(0)],
    ['NoEndpoints: Service has no endpoints, expected label app=web,team=a,tier=front'],
  ],
  [
    'no load balancer is made, told once',
    [balanced, slice(endpoint(true)), event(balanced, 'SyncLoadBalancerFailed', 'no quota')],
    ['LoadBalancerPending: Service shop/web has event no quota'],
  ],
  [
    'no container names its port',
    [toPort('http'), slice(endpoint(true)), listening('web')],
    ['PortNameUnknown: -'],
  ],
  ['a container names its port', [toPort('web'), slice(endpoint(true)), listening('web')], []],
  ['it has no selector', [object('v1', 'Service', 'web', { spec: {} })], []],
  [
    'an event of its own',
    [service, slice(endpoint(true)), event(service, 'SyncFailed', 'no balancer')],
    ['ServiceWarning: Service shop/web has event no balancer'],
  ],
  [
    'an event of a Pod with its name in another namespace',
    [
      service,
      slice(endpoint(true)),
      event(service, 'BackOff', 'x', { kind: 'Pod', uid: 'u', namespace: 'b' }),
    ],
    [],
  ],
])('Service: %s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});

const ingress = (spec: Body): KubeObject => object('networking.k8s.io/v1', 'Ingress', 'web', { spec });
const backend = { service: { name: 'web', port: { number: 80 } } };

test.each<Row>([
  ['no class', [ingress({})], ['IngressClassUnset: Ingress shop/web does not specify an Ingress class.']],
  [
    'no class where one is the default',
    [
      ingress({}),
      object(
        'networking.k8s.io/v1',
        'IngressClass',
        'nginx',
        {},
        {
          namespace: '',
          annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
        },
      ),
    ],
    [],
  ],
  [
    'the class is missing',
    [ingress({ ingressClassName: 'nginx' })],
    ['IngressClassMissing: Ingress uses the ingress class nginx which does not exist.'],
  ],
  ['a class without an object', [ingress({ ingressClassName: 'gce' })], []],
  [
    'the Service is missing',
    [ingress({ ingressClassName: 'gce', rules: [{ http: { paths: [{ backend }] } }] })],
    ['ServiceMissing: Ingress uses the service shop/web which does not exist.'],
  ],
  [
    'no Pod of its Service is ready',
    [
      ingress({ ingressClassName: 'gce', rules: [{ http: { paths: [{ backend }, { backend }] } }] }),
      service,
      slice(endpoint(false)),
    ],
    [
      'EndpointsNotReady: Service has not ready endpoints, pods: [Pod/web-1], expected 1',
      'BackendNotReady: -',
    ],
  ],
  [
    'a Pod of its Service is ready',
    [ingress({ ingressClassName: 'gce', defaultBackend: backend }), service, slice(endpoint(true))],
    [],
  ],
  [
    'the certificate is missing',
    [ingress({ ingressClassName: 'gce', tls: [{ secretName: 'cert' }] })],
    ['TlsSecretMissing: Ingress uses the secret shop/cert as a TLS certificate which does not exist.'],
  ],
])('Ingress: %s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});

const hook = object(
  'admissionregistration.k8s.io/v1',
  'ValidatingWebhookConfiguration',
  'policy',
  { webhooks: [{ name: 'check.x', clientConfig: { service: { name: 'web', namespace: 'shop' } } }] },
  { namespace: '' },
);
const receiver = (phase: string): KubeObject =>
  object('v1', 'Pod', `web-${phase}`, { status: { phase } }, { labels });
const called = [hook, service, slice(endpoint(true))];

test.each<Row>([
  [
    'the Service is missing',
    [hook],
    ['WebhookServiceMissing: Service web not found as mapped to by Validating Webhook check.x'],
  ],
  [
    'no Pod stands behind the Service',
    called,
    [
      'WebhookWithoutPods: No active pods found within service web as mapped to by Validating Webhook check.x',
    ],
  ],
  [
    'its Pod does not run',
    [...called, receiver('Pending')],
    [
      'WebhookReceiverInactive: Validating Webhook (check.x) is pointing to an inactive receiver pod (web-Pending)',
    ],
  ],
  [
    'it changes what it is asked for',
    [{ ...hook, kind: 'MutatingWebhookConfiguration' }],
    ['WebhookServiceMissing: Service web not found as mapped to by Mutating Webhook check.x'],
  ],
  [
    'two of its Pods do not run',
    [...called, receiver('Pending'), receiver('Unknown')],
    [
      'WebhookReceiverInactive: Validating Webhook (check.x) is pointing to an inactive receiver pod (web-Pending)',
      'WebhookReceiverInactive: Validating Webhook (check.x) is pointing to an inactive receiver pod (web-Unknown)',
    ],
  ],
  ['a completed Pod beside one that runs', [...called, receiver('Succeeded'), receiver('Running')], []],
])('Webhook: %s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});
