import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import { ago } from '../kube-fixtures.ts';
import { event, object, ownedBy } from './objects.ts';

type Body = Readonly<Record<string, Json>>;

const cluster: ObjectMeta = { namespace: '' };
const condition = (type: string, status: string, reason: string): JsonObject => ({
  type,
  status,
  reason,
  message: `said ${type}`,
  lastTransitionTime: ago(3000),
});
const on = (group: string, kind: string, name: string, body: Body, metadata: ObjectMeta = {}): KubeObject =>
  object(group, kind, name, body, metadata);

const template: JsonObject = {
  metadata: { labels: { app: 'web' } },
  spec: {
    hostNetwork: true,
    containers: [
      { name: 'c', env: [{ name: 'A', value: 'hunter22' }], securityContext: { privileged: true } },
    ],
    volumes: [{ name: 'v', configMap: { name: 'm' } }],
  },
};
const deployment = on(
  'apps/v1',
  'Deployment',
  'web',
  {
    spec: { replicas: 2, template },
    status: {
      observedGeneration: 1,
      replicas: 2,
      conditions: [condition('Progressing', 'False', 'Deadline')],
    },
  },
  { generation: 1 },
);
const claim = on('v1', 'PersistentVolumeClaim', 'data', {
  spec: { storageClassName: 'gone', resources: { requests: { storage: '1Mi' } } },
  status: { phase: 'Pending' },
});
const scaled = on('keda.sh/v1alpha1', 'ScaledObject', 'web', {
  spec: { scaleTargetRef: { name: 'web' }, triggers: [{ type: 'kafka' }] },
  status: { conditions: [condition('Ready', 'False', 'TriggerError'), condition('Fallback', 'True', 'F')] },
});
const gateway = 'gateway.networking.k8s.io/v1';
const olm = 'olm.operatorframework.io/v1';
const operators = 'operators.coreos.com/v1alpha1';
const rbac = 'rbac.authorization.k8s.io/v1';

/** Something of every kind is wrong here. */
export const brokenState: readonly KubeObject[] = [
  deployment,
  claim,
  scaled,
  event(claim, 'ProvisioningFailed', 'no class'),
  event(scaled, 'KEDAScalerFailed', 'no broker'),
  on('apps/v1', 'StatefulSet', 'db', { spec: { serviceName: 'x', template } }),
  on(
    'v1',
    'Pod',
    'web-1',
    {
      spec: template['spec'] ?? {},
      status: {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'c',
            restartCount: 2,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, reason: 'Error' } },
          },
        ],
      },
    },
    { ...ownedBy(deployment), labels: { app: 'web' } },
  ),
  on('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  on('v1', 'Node', 'n1', { status: { conditions: [condition('Ready', 'Unknown', 'x')] } }, cluster),
  on('v1', 'ConfigMap', 'm', {}),
  on('v1', 'ServiceAccount', 'default', {}),
  on('v1', 'PersistentVolume', 'pv', { spec: {}, status: { phase: 'Failed', message: 'no' } }, cluster),
  on('v1', 'Namespace', 'shop', {}, { ...cluster, labels: { a: 'b' } }),
  on('storage.k8s.io/v1', 'StorageClass', 's', { provisioner: 'kubernetes.io/rbd' }, cluster),
  on('batch/v1', 'Job', 'j', { status: { failed: 1, conditions: [condition('Failed', 'True', 'x')] } }),
  on('batch/v1', 'CronJob', 'n', { spec: { schedule: 'x' } }),
  on('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: {
      tls: [{ secretName: 'cert' }],
      rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }],
    },
  }),
  on('networking.k8s.io/v1', 'NetworkPolicy', 'open', { spec: { podSelector: {}, ingress: [{}] } }),
  on('networking.k8s.io/v1', 'NetworkPolicy', 'gone', {
    spec: { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['b', 'a'] }] } },
  }),
  on('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
    status: {
      expectedPods: 2,
      desiredHealthy: 1,
      conditions: [condition('DisruptionAllowed', 'False', 'InsufficientPods')],
    },
  }),
  on('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      metrics: [{ type: 'Pods' }],
    },
    status: {
      currentReplicas: 2,
      currentMetrics: [],
      conditions: [
        condition('ScalingActive', 'True', 'x'),
        condition('ScalingLimited', 'True', 'TooManyReplicas'),
      ],
    },
  }),
  on(
    gateway,
    'GatewayClass',
    'edge',
    { status: { conditions: [condition('Accepted', 'False', 'x')] } },
    cluster,
  ),
  on(gateway, 'Gateway', 'edge', {
    spec: { gatewayClassName: 'edge', listeners: [{ name: 'l', hostname: '*.x' }] },
    status: {
      listeners: [{ name: 'l', attachedRoutes: 0, conditions: [condition('ResolvedRefs', 'False', 'x')] }],
    },
  }),
  on(gateway, 'HTTPRoute', 'web', {
    spec: {
      hostnames: ['a.y'],
      parentRefs: [{ name: 'edge' }, { name: 'gone' }],
      rules: [{ backendRefs: [{ name: 'web', port: 81 }] }],
    },
  }),
  on(olm, 'ClusterCatalog', 'hub', { status: { conditions: [condition('Serving', 'False', 'x')] } }, cluster),
  on(
    olm,
    'ClusterExtension',
    'e',
    { status: { conditions: [condition('Installed', 'False', 'x')] } },
    cluster,
  ),
  on(operators, 'ClusterServiceVersion', 'v', {
    status: { phase: 'Failed', conditions: [{ reason: 'R', message: 'm' }] },
  }),
  on(operators, 'Subscription', 's', {
    status: { conditions: [condition('ResolutionFailed', 'True', 'x')] },
  }),
  on(operators, 'InstallPlan', 'i', {
    status: { phase: 'Failed', conditions: [condition('Installed', 'False', 'x')] },
  }),
  on(operators, 'CatalogSource', 'c', {
    status: { connectionState: { lastObservedState: 'IDLE', address: 'a' } },
  }),
  on('operators.coreos.com/v1', 'OperatorGroup', 'a', {}),
  on('operators.coreos.com/v1', 'OperatorGroup', 'b', {}),
  on(rbac, 'Role', 'all', { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
  on(rbac, 'RoleBinding', 'all', { roleRef: { kind: 'Role', name: 'all' } }),
  on('wgpolicyk8s.io/v1alpha2', 'PolicyReport', 'r', {
    results: [{ result: 'fail', policy: 'p', message: 'm' }],
  }),
  on(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    'w',
    { webhooks: [{ name: 'x', clientConfig: { service: { name: 'gone', namespace: 'shop' } } }] },
    cluster,
  ),
];
