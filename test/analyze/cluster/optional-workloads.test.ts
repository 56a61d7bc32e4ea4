import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { ago } from '../kube-fixtures.ts';
import { event, found, object, type Row } from './objects.ts';

type Body = Readonly<Record<string, Json>>;

const requests: JsonObject = { requests: { cpu: '100m' } };
const workload = (
  kind: string,
  resources: JsonObject = requests,
  sidecar: JsonObject = requests,
): KubeObject =>
  object('apps/v1', kind, 'web', {
    spec: {
      template: {
        metadata: { labels: { app: 'web', tier: 'front' } },
        spec: {
          containers: [
            { name: 'c', resources },
            { name: 'proxy', resources: sidecar },
          ],
        },
      },
    },
  });
const deployment = workload('Deployment');
const condition = (type: string, status: string, reason: string, seconds = 3000): JsonObject => ({
  type,
  status,
  reason,
  message: 'said',
  lastTransitionTime: ago(seconds),
});
const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};
const autoscaler = (
  conditions: readonly JsonObject[] = [],
  target: JsonObject = {},
  more: Body = {},
): KubeObject =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', ...target },
      metrics: [cpu],
    },
    status: { conditions, currentReplicas: 2, currentMetrics: [cpu], ...more },
  });
const peerMissing = 'HorizontalPodAutoscaler uses Deployment/web as ScaleTargetRef which does not exist.';

test.each<Row>([
  ['it scales', [deployment, autoscaler([condition('ScalingActive', 'True', 'ValidMetricFound')])], []],
  ['its target is missing', [autoscaler()], [`ScaleTargetMissing: ${peerMissing}`]],
  [
    'a missing target is told once',
    [autoscaler([condition('AbleToScale', 'False', 'FailedGetScale')])],
    [`ScaleTargetMissing: ${peerMissing}`],
  ],
  [
    'a kind of Kubernetes that cannot be scaled',
    [autoscaler([], { kind: 'DaemonSet' })],
    [
      'ScaleTargetNotScalable: HorizontalPodAutoscaler uses DaemonSet as ScaleTargetRef which is not an option.',
    ],
  ],
  ['a kind of its own', [autoscaler([], { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })], []],
  [
    'one container asks for nothing',
    [workload('Deployment', requests, {}), autoscaler()],
    ['RequestsMissing: Deployment shop/web does not have resource configured.'],
  ],
  ['a limit is a request', [workload('Deployment', { limits: { cpu: '1' } }), autoscaler()], []],
  [
    'its Pods have requests from elsewhere',
    [workload('Deployment', {}), autoscaler([condition('ScalingActive', 'True', 'ValidMetricFound')])],
    [],
  ],
  [
    'missing requests are told once',
    [
      workload('Deployment', {}),
      autoscaler([condition('ScalingActive', 'False', 'FailedGetResourceMetric')]),
    ],
    ['RequestsMissing: Deployment shop/web does not have resource configured.'],
  ],
  [
    'no metrics',
    [deployment, autoscaler([condition('ScalingActive', 'False', 'FailedGetResourceMetric')])],
    ['ScalingInactive: said'],
  ],
  [
    'no metrics yet',
    [deployment, autoscaler([condition('ScalingActive', 'False', 'FailedGetResourceMetric', 20)])],
    [],
  ],
  [
    'one metric is unknown',
    [
      deployment,
      autoscaler(
        [condition('ScalingActive', 'True', 'ValidMetricFound')],
        {},
        { currentMetrics: [{ type: '' }] },
      ),
    ],
    ['MetricsUnknown: -'],
  ],
  ['at its minimum', [deployment, autoscaler([condition('ScalingLimited', 'True', 'TooFewReplicas')])], []],
  [
    'at its maximum',
    [deployment, autoscaler([condition('ScalingLimited', 'True', 'TooManyReplicas')])],
    ['ScalingAtMaximum: said'],
  ],
  [
    'switched off',
    [deployment, autoscaler([condition('ScalingActive', 'False', 'ScalingDisabled')])],
    ['ScalingDisabled: said'],
  ],
])('HorizontalPodAutoscaler: %s', async (_, objects, expected) => {
  expect(await found(objects, 'HorizontalPodAutoscaler')).toEqual(expected);
});

const scaled = (spec: Body = {}, status: Body = {}): KubeObject =>
  object('keda.sh/v1alpha1', 'ScaledObject', 'web', {
    spec: { scaleTargetRef: { name: 'web' }, triggers: [{ type: 'cpu' }], ...spec },
    status,
  });
const unready = scaled({}, { conditions: [condition('Ready', 'False', 'TriggerError')] });

test.each<Row>([
  ['it scales', [deployment, scaled()], []],
  [
    'its target is missing',
    [scaled()],
    ['ScaleTargetMissing: ScaledObject uses Deployment/web as ScaleTargetRef which does not exist.'],
  ],
  [
    'its target cannot be scaled',
    [scaled({ scaleTargetRef: { name: 'web', kind: 'Job' } })],
    ['ScaleTargetNotScalable: ScaledObject uses Job as ScaleTargetRef which is not an option.'],
  ],
  [
    'its target asks for nothing',
    [workload('Deployment', {}), scaled()],
    ['RequestsMissing: Deployment shop/web does not have resource configured.'],
  ],
  ['it needs no requests', [workload('Deployment', {}), scaled({ triggers: [{ type: 'kafka' }] })], []],
  ['a trigger fails', [deployment, unready], ['ScaledObjectNotReady: TriggerError: said']],
  [
    'a trigger fails, with an event',
    [deployment, unready, event(unready, 'KEDAScalerFailed', 'no broker')],
    ['ScaledObjectNotReady: no broker'],
  ],
  [
    'the fallback runs',
    [deployment, scaled({}, { conditions: [condition('Fallback', 'True', 'FallbackExists')] })],
    ['ScalingFallback: -'],
  ],
])('ScaledObject: %s', async (_, objects, expected) => {
  expect(await found(objects, 'ScaledObject')).toEqual(expected);
});

const selector = { matchLabels: { tier: 'front', app: 'web' } };
const budget = (spec: Body, status: Body = {}): KubeObject =>
  object('policy/v1', 'PodDisruptionBudget', 'web', { spec: { selector, ...spec }, status });
const disallowed = (seconds = 3000, reason = 'InsufficientPods'): readonly JsonObject[] => [
  condition('Synced', 'True', 'x'),
  condition('DisruptionAllowed', 'False', reason, seconds),
];
const peerBudget = 'InsufficientPods, expected pdb pod label app=web,tier=front';

test.each<Row>([
  ['it allows one', [deployment, budget({ maxUnavailable: 1 })], []],
  [
    'Pods are unhealthy',
    [
      deployment,
      budget({ minAvailable: 1 }, { conditions: disallowed(), expectedPods: 2, desiredHealthy: 1 }),
    ],
    [`DisruptionsBlocked: ${peerBudget}`],
  ],
  [
    'Pods are being rolled out',
    [
      deployment,
      budget({ minAvailable: 1 }, { conditions: disallowed(60), expectedPods: 2, desiredHealthy: 1 }),
    ],
    [],
  ],
  [
    'maxUnavailable is 0',
    [deployment, budget({ maxUnavailable: 0 })],
    [`BudgetAllowsNoDisruption: ${peerBudget}`],
  ],
  [
    'maxUnavailable is 0%',
    [deployment, budget({ maxUnavailable: '0%' })],
    [`BudgetAllowsNoDisruption: ${peerBudget}`],
  ],
  [
    'minAvailable is all there are',
    [
      deployment,
      budget(
        { minAvailable: 2 },
        { conditions: disallowed(), expectedPods: 2, desiredHealthy: 2, currentHealthy: 2 },
      ),
    ],
    [`BudgetAllowsNoDisruption: ${peerBudget}`],
  ],
  [
    'it is for no Pod',
    [
      deployment,
      budget(
        { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'api'] }] } },
        { conditions: disallowed(), expectedPods: 0, desiredHealthy: 0 },
      ),
    ],
    ['BudgetWithoutPods: InsufficientPods, expected pdb pod label app in (api,db)'],
  ],
  [
    'it cannot be computed',
    [deployment, budget({ minAvailable: 1 }, { conditions: disallowed(3000, 'SyncFailed') })],
    ['BudgetNotComputed: SyncFailed, expected pdb pod label app=web,tier=front'],
  ],
])('PodDisruptionBudget: %s', async (_, objects, expected) => {
  expect(await found(objects, 'PodDisruptionBudget')).toEqual(expected);
});

const policy = (spec: Body): KubeObject =>
  object('networking.k8s.io/v1', 'NetworkPolicy', 'web', { spec: { podSelector: {}, ...spec } });
const unused = 'NetworkPolicyWithoutPods: Network policy is not applied to any pods: web';
const open = 'NetworkPolicyAllowsAll: Network policy allows traffic to all pods: web';

test.each<Row>([
  ['everyone is let in', [policy({ ingress: [{}] })], [open]],
  [
    'all addresses are let in',
    [policy({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })],
    [open],
  ],
  ['everyone is let in to one port', [policy({ ingress: [{ ports: [{ port: 80 }] }] })], []],
  ['it lets everything out', [policy({ policyTypes: ['Egress'], egress: [{}] })], []],
  ['it is for no Pod', [deployment, policy({ podSelector: { matchLabels: { app: 'db' } } })], [unused]],
  [
    'its Pods are in another namespace',
    [{ ...deployment, metadata: { name: 'web', namespace: 'b' } }, policy({ podSelector: selector })],
    [unused],
  ],
  ['its Pods are scaled to zero', [deployment, policy({ podSelector: selector })], []],
  [
    'it chooses by expression',
    [deployment, policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } })],
    [],
  ],
])('NetworkPolicy: %s', async (_, objects, expected) => {
  expect(await found(objects, 'NetworkPolicy')).toEqual(expected);
});
