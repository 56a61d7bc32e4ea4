// States of a cluster, one for each condition that the diagnosis knows: what it says of them is the example in the reference.

export const nowMs = Date.parse('2026-03-01T12:00:00Z');
const ago = (seconds) => new Date(nowMs - seconds * 1000).toISOString();
const meta = (name, more = {}) => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  creationTimestamp: ago(3600),
  ...more,
});

function deployment({ spec = {}, status = {}, container = {} } = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('web', { generation: 1 }),
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { spec: { containers: [{ name: 'web', image: 'nginx:1.27', ...container }] } },
      ...spec,
    },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, unavailableReplicas: 1, ...status },
  };
}

const available = { readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 0 };
const condition = (type, status, reason, message = '') => ({
  type,
  status,
  reason,
  message,
  lastUpdateTime: ago(900),
  lastTransitionTime: ago(900),
});

function pod({ status = {}, spec = {}, container = {}, containerStatus } = {}) {
  const statuses =
    containerStatus === undefined ? {} : { containerStatuses: [{ name: 'web', ...containerStatus }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('web-7d4'),
    spec: { nodeName: 'node-1', containers: [{ name: 'web', image: 'nginx:1.27', ...container }], ...spec },
    status: { phase: 'Running', ...status, ...statuses },
  };
}

const event = (about, reason, message) => ({
  type: 'Warning',
  reason,
  message,
  count: 4,
  lastSeenMs: nowMs - 20_000,
  uid: about.metadata.uid,
  about: `${about.kind} shop/${about.metadata.name}`,
  fieldPath: '',
});

const state = (object, more = {}) => ({
  object,
  cluster: { name: '', kind: 'memory' },
  owned: [],
  pods: [],
  events: [],
  notChecked: [],
  ...more,
});

/** A Deployment with one Pod; `events` are the Pod's. */
function withPod(parts, events = [], container = {}) {
  const one = pod({ ...parts, container });
  return state(deployment({ container }), {
    pods: [one],
    events: events.map(([reason, message]) => event(one, reason, message)),
  });
}

const waiting = (reason, message) => ({ ready: false, state: { waiting: { reason, message } } });
const looping = (ended) => ({
  ...waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container'),
  restartCount: 7,
  lastState: { terminated: { finishedAt: ago(30), ...ended } },
});

const pending = { phase: 'Pending' };
const creating = { status: pending, containerStatus: waiting('ContainerCreating', '') };

function job(spec, status) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta('migrate'),
    spec: { backoffLimit: 6, template: deployment().spec.template, ...spec },
    status,
  };
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web'),
  spec: { selector: { app: 'web' } },
};

export const scenes = [
  withPod(
    { status: pending, containerStatus: waiting('ImagePullBackOff', 'Back-off pulling image') },
    [
      [
        'Failed',
        'Failed to pull image: pull access denied, repository does not exist or may require authorization',
      ],
    ],
    { image: 'ngnix:1.27' },
  ),
  withPod(
    { status: pending, containerStatus: waiting('InvalidImageName', "couldn't parse image name") },
    [],
    { image: 'Nginx' },
  ),
  withPod({
    status: pending,
    containerStatus: waiting('CreateContainerConfigError', 'secret "database" not found'),
  }),
  withPod({
    containerStatus: waiting('RunContainerError', 'exec: "serve": executable file not found in $PATH'),
  }),
  withPod({ containerStatus: looping({ exitCode: 1, reason: 'Error' }) }),
  withPod({ containerStatus: looping({ exitCode: 137, reason: 'OOMKilled' }) }, [], {
    resources: { limits: { memory: '64Mi' } },
  }),
  withPod({ containerStatus: { state: { terminated: { exitCode: 3, reason: 'Error' } }, restartCount: 0 } }),
  withPod({
    status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
  }),
  withPod({
    status: {
      ...pending,
      conditions: [
        condition('PodScheduled', 'False', 'Unschedulable', '0/3 nodes are available: 3 Insufficient cpu.'),
      ],
    },
    spec: { nodeName: '' },
  }),
  withPod({
    status: { ...pending, conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] },
    spec: { nodeName: '' },
  }),
  withPod(creating, [['FailedMount', 'MountVolume.SetUp failed: configmap "settings" not found']]),
  withPod(creating, [['FailedCreatePodSandBox', 'failed to set up sandbox: no IP addresses available']]),
  withPod(
    { containerStatus: { ready: false, restartCount: 3, state: { running: { startedAt: ago(600) } } } },
    [['Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500']],
  ),
  withPod(
    { containerStatus: { ready: false, restartCount: 0, state: { running: { startedAt: ago(600) } } } },
    [['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503']],
  ),
  state(deployment(), {
    owned: [
      {
        ...deployment(),
        kind: 'ReplicaSet',
        metadata: meta('web-7d4'),
        status: {
          conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota: compute')],
        },
      },
    ],
  }),
  state(
    deployment({
      status: {
        conditions: [
          condition(
            'Progressing',
            'False',
            'ProgressDeadlineExceeded',
            'ReplicaSet has timed out progressing',
          ),
        ],
      },
    }),
  ),
  state(
    deployment({
      status: {
        conditions: [{ ...condition('Progressing', 'True', 'ReplicaSetUpdated'), lastUpdateTime: ago(5) }],
      },
    }),
  ),
  state(deployment()),
  state(
    deployment({
      status: {
        ...available,
        replicas: 2,
        conditions: [condition('Progressing', 'True', 'NewReplicaSetAvailable')],
      },
    }),
  ),
  state(deployment({ spec: { paused: true }, status: { updatedReplicas: 0 } })),
  state(deployment({ spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0 } })),
  state(
    job(
      {},
      {
        failed: 7,
        conditions: [
          condition('Failed', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
        ],
      },
    ),
  ),
  state(job({ suspend: true }, {})),
  state(service, { endpoints: { source: 'EndpointSlice', ready: 0, notReady: 0 } }),
  state({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: meta('site'),
    status: { conditions: [condition('Ready', 'False', 'DoesNotExist', 'Issuer letsencrypt not found')] },
  }),
  state({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta('data', {
      deletionTimestamp: ago(1800),
      finalizers: ['kubernetes.io/pvc-protection'],
    }),
    status: { phase: 'Bound' },
  }),
];
