import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import { ago } from '../kube-fixtures.ts';
import { analyze, event, object, ownedBy } from './objects.ts';

type Body = Readonly<Record<string, Json>>;
type Row = readonly [what: string, objects: readonly KubeObject[], found: readonly string[]];

/** `Kind/name ID: k8sgpt's text` of each finding. */
async function found(objects: readonly KubeObject[]): Promise<readonly string[]> {
  const { findings } = await analyze(objects);
  return findings.map(
    ({ object: about, id, k8sgpt }) => `${about.kind}/${about.name} ${id}: ${k8sgpt?.text ?? '-'}`,
  );
}

const pod = (status: JsonObject, metadata: ObjectMeta = {}, name = 'web-1'): KubeObject =>
  object('v1', 'Pod', name, { spec: { containers: [{ name: 'c' }] }, status }, metadata);
const waits = (reason: string, message = '', more: JsonObject = {}): JsonObject => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'c', ready: false, state: { waiting: { reason, message } }, ...more }],
});
const running: JsonObject = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ name: 'c', ready: true, state: { running: {} } }],
};
const creating = pod(waits('ContainerCreating'));
const unready = pod({
  phase: 'Running',
  containerStatuses: [{ name: 'c', ready: false, state: { running: {} } }],
});
/** Its startup probe may fail three times, every ten seconds. */
const starting = (seconds: number): KubeObject =>
  object('v1', 'Pod', 'web-1', {
    spec: { containers: [{ name: 'c', startupProbe: { periodSeconds: 10, failureThreshold: 3 } }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'c', ready: false, started: false, state: { running: { startedAt: ago(seconds) } } },
      ],
    },
  });
const restarted = (restartCount: number, seconds: number): KubeObject =>
  pod({
    ...running,
    containerStatuses: [
      {
        name: 'c',
        ready: true,
        restartCount,
        state: { running: { startedAt: ago(seconds - 5) } },
        lastState: { terminated: { reason: 'Error', exitCode: 1, finishedAt: ago(seconds) } },
      },
    ],
  });
const initialising = (seconds: number, spec: JsonObject = {}): KubeObject =>
  object('v1', 'Pod', 'web-1', {
    spec: { initContainers: [{ name: 'wait', ...spec }] },
    status: {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'wait', state: { running: { startedAt: ago(seconds) } } }],
    },
  });
const doneJob = (type: string): KubeObject =>
  object('batch/v1', 'Job', 'load', { status: { conditions: [{ type, status: 'True' }] } });
const tryOf = (job: KubeObject): KubeObject =>
  pod(
    {
      phase: 'Failed',
      containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1, reason: 'Error' } } }],
    },
    ownedBy(job),
    'load-1',
  );
const gated = (seconds: number): KubeObject =>
  pod({
    ...running,
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'ReadinessGatesNotReady',
        message: 'no condition',
        lastTransitionTime: ago(seconds),
      },
    ],
  });
const leaving = (finalizers: readonly string[], seconds: number, nodeName?: string): KubeObject => ({
  ...pod(running, { finalizers: [...finalizers], deletionTimestamp: ago(seconds) }),
  ...(nodeName === undefined ? {} : { spec: { nodeName } }),
});
const refusedPod = (metadata: ObjectMeta = {}): KubeObject =>
  pod({ phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'no device' }, metadata);
const unscheduled = (reason: string, message = ''): KubeObject =>
  pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] });

test.each<Row>([
  ['Unschedulable', [unscheduled('Unschedulable', 'no room')], ['Pod/web-1 Unschedulable: no room']],
  [
    'a scheduling gate',
    [unscheduled('SchedulingGated')],
    [
      'Pod/web-1 SchedulingGated: Pod shop/web-1 is in a SchedulingGated state and is blocked from scheduling due to non-empty scheduling gates',
    ],
  ],
  [
    'Evicted',
    [pod({ phase: 'Failed', reason: 'Evicted' })],
    ['Pod/web-1 Evicted: Pod web-1 has been evicted'],
  ],
  [
    'a volume that cannot be mounted',
    [creating, event(creating, 'FailedMount', 'no secret')],
    ['Pod/web-1 FailedMount: no secret'],
  ],
  [
    'an event of another object with the same name',
    [creating, event(creating, 'FailedMount', 'no secret', { uid: 'uid-other' })],
    [],
  ],
  [
    'a crash loop',
    [
      pod({
        ...waits('CrashLoopBackOff', 'back-off', {
          lastState: { terminated: { reason: 'Error', exitCode: 1 } },
        }),
        phase: 'Running',
      }),
    ],
    ['Pod/web-1 CrashLoopBackOff: the last termination reason is Error container=c pod=web-1'],
  ],
  [
    'an image that cannot be pulled',
    [pod(waits('ImagePullBackOff', 'Back-off pulling image "x"'))],
    ['Pod/web-1 ImagePullBackOff: Back-off pulling image "x"'],
  ],
  ['a container that is being created', [pod(waits('PodInitializing', 'wait'))], []],
  [
    'an exit code',
    [pod({ phase: 'Failed', containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 3 } } }] })],
    ['Pod/web-1 ContainerFailed: the termination reason is Unknown exitCode=3 container=c pod=web-1'],
  ],
  ['a container between two crashes', [restarted(4, 60)], ['Pod/web-1 CrashLoopBackOff: -']],
  ['a container that has run for long since it crashed', [restarted(4, 3000)], []],
  ['a container that was started again once', [restarted(1, 60)], []],
  ['a failed try of a Job that is done', [doneJob('Complete'), tryOf(doneJob('Complete'))], []],
  [
    'a failed try of a Job that has failed',
    [doneJob('Failed'), tryOf(doneJob('Failed'))],
    ['Pod/load-1 ContainerFailed: the termination reason is Error exitCode=1 container=c pod=load-1'],
  ],
  ['an init container that runs on', [initialising(3000)], ['Pod/web-1 InitContainerRunning: -']],
  ['an init container that has time left', [initialising(60)], []],
  ['a sidecar that runs on', [initialising(3000, { restartPolicy: 'Always' })], []],
  [
    'a probe that fails',
    [unready, event(unready, 'Unhealthy', 'Readiness probe failed')],
    ['Pod/web-1 Unhealthy: Readiness probe failed'],
  ],
  ['a startup probe that has time left', [starting(20), event(starting(20), 'Unhealthy', 'not yet')], []],
  [
    'a startup probe that has no time left',
    [starting(40), event(starting(40), 'Unhealthy', 'not yet')],
    ['Pod/web-1 Unhealthy: not yet'],
  ],
  [
    'a disk that another node holds',
    [creating, event(creating, 'FailedAttachVolume', 'Multi-Attach error')],
    ['Pod/web-1 FailedAttachVolume: Multi-Attach error'],
  ],
  ['a readiness gate that nobody opens', [gated(3000)], ['Pod/web-1 ReadinessGateClosed: -']],
  ['a readiness gate that has time left', [gated(60)], []],
  ['finalizers that nobody removes', [leaving(['example.com/x'], 3000)], ['Pod/web-1 DeletionPending: -']],
  ['finalizers that have time left', [leaving(['example.com/x'], 60)], []],
  ['a Pod that is being deleted', [leaving([], 60)], []],
  ['a Pod that no node takes, and that is being deleted', [leaving([], 3000)], []],
  ['a Pod that its node keeps', [leaving([], 3000, 'n1')], ['Pod/web-1 TerminationStuck: -']],
  ['a Pod that the kubelet refused', [refusedPod()], ['Pod/web-1 PodFailed: -']],
  ['a Pod that the kubelet refused, and that was made anew', [refusedPod(ownedBy(doneJob('Failed')))], []],
  ['a Pod that runs', [pod(running)], []],
])('Pod: %s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});

const deployment = (status: Body | undefined, spec: Body = {}, metadata: ObjectMeta = {}): KubeObject =>
  object(
    'apps/v1',
    'Deployment',
    'web',
    { spec: { replicas: 2, ...spec }, ...(status === undefined ? {} : { status }) },
    { generation: 2, ...metadata },
  );
const progressing = (reason: string, seconds: number, status = 'True'): JsonObject => ({
  type: 'Progressing',
  status,
  reason,
  message: 'said',
  lastUpdateTime: ago(seconds),
});
const lacking = (condition: JsonObject): Body => ({
  observedGeneration: 2,
  replicas: 2,
  updatedReplicas: 2,
  readyReplicas: 1,
  availableReplicas: 1,
  conditions: [condition],
});
const lack =
  'Deployment/web ReplicasUnavailable: Deployment shop/web has 2 replicas but 1 are available with status running';
const settled = deployment(lacking(progressing('NewReplicaSetAvailable', 3000)));
const replicaSet = object('apps/v1', 'ReplicaSet', 'web-a', {}, ownedBy(settled));
const young = (seconds: number, status: JsonObject): KubeObject =>
  pod(status, { ...ownedBy(replicaSet), creationTimestamp: ago(seconds) });

test.each<Row>([
  ['replicas are lost', [settled], [lack]],
  ['a rollout within its deadline', [deployment(lacking(progressing('ReplicaSetUpdated', 60)))], []],
  [
    'a rollout past the deadline that it sets',
    [deployment(lacking(progressing('ReplicaSetUpdated', 60)), { progressDeadlineSeconds: 30 })],
    [lack],
  ],
  [
    'a spec that was not taken up yet',
    [deployment({ ...lacking(progressing('x', 999)), observedGeneration: 1 })],
    [],
  ],
  ['it was scaled seconds ago', [settled, replicaSet, young(5, { phase: 'Pending' })], []],
  ['its missing Pod is old', [settled, replicaSet, young(3000, { phase: 'Pending' })], [lack]],
  ['a manifest without status', [deployment(undefined)], []],
  ['a manifest with an empty status', [deployment({}, {}, { generation: 0 })], []],
  [
    'Progressing is False',
    [deployment({ ...lacking(progressing('ProgressDeadlineExceeded', 9, 'False')), readyReplicas: 2 })],
    [
      'Deployment/web RolloutStalled: Deployment shop/web has condition Progressing=False, reason ProgressDeadlineExceeded: said',
    ],
  ],
])('Deployment: %s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});

const statefulSet = (spec: Body, status: Body = {}): KubeObject =>
  object('apps/v1', 'StatefulSet', 'db', { spec: { replicas: 1, ...spec }, status }, { generation: 1 });
const down = statefulSet(
  {},
  { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 0 },
);
const up = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
const daemonSet = (ready: number, pod_: Body = {}): KubeObject =>
  object('apps/v1', 'DaemonSet', 'agent', {
    spec: { template: { spec: pod_ } },
    status: { desiredNumberScheduled: 2, numberReady: ready, updatedNumberScheduled: 2 },
  });

test.each<Row>([
  [
    'ReplicaSet: Pods are refused',
    [
      object('apps/v1', 'ReplicaSet', 'web-a', {
        status: {
          replicas: 0,
          conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }],
        },
      }),
    ],
    ['ReplicaSet/web-a FailedCreate: quota'],
  ],
  [
    'StatefulSet: no Service',
    [statefulSet({ serviceName: 'db' }, up)],
    ['StatefulSet/db ServiceMissing: StatefulSet uses the service shop/db which does not exist.'],
  ],
  ['StatefulSet: an empty serviceName is legal', [statefulSet({ serviceName: '' }, up)], []],
  [
    'StatefulSet: no StorageClass',
    [statefulSet({ volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }] }, up)],
    ['StatefulSet/db StorageClassMissing: StatefulSet uses the storage class fast which does not exist.'],
  ],
  [
    'ReplicaSet: a further Pod is refused',
    [
      object('apps/v1', 'ReplicaSet', 'web-a', {
        spec: { replicas: 2 },
        status: {
          replicas: 1,
          conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }],
        },
      }),
    ],
    ['ReplicaSet/web-a FailedCreate: -'],
  ],
  [
    'StatefulSet: the first Pod is missing',
    [down, event(down, 'FailedCreate', 'forbidden')],
    ['StatefulSet/db ReplicasUnavailable: forbidden'],
  ],
  [
    'StatefulSet: a Pod does not run',
    [down, pod({ phase: 'Pending' }, ownedBy(down), 'db-0')],
    [
      'StatefulSet/db ReplicasUnavailable: Statefulset pod db-0 in the namespace shop is not in running state.',
    ],
  ],
  [
    'DaemonSet: Pods are not ready',
    [daemonSet(1)],
    ['DaemonSet/agent ReplicasUnavailable: DaemonSet shop/agent has 1 ready replicas out of 2 scheduled'],
  ],
  [
    'DaemonSet: no pull secret',
    [daemonSet(2, { imagePullSecrets: [{ name: 'pull' }] })],
    ['DaemonSet/agent PullSecretMissing: DaemonSet shop/agent references non-existent ImagePullSecret pull'],
  ],
])('%s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});

const failed = object('batch/v1', 'Job', 'load', {
  status: { failed: 2, conditions: [{ type: 'Failed', status: 'True', message: 'limit' }] },
});
const cronJob = (spec: Body, status: Body = {}): KubeObject =>
  object('batch/v1', 'CronJob', 'night', { spec, status });
const missing = cronJob({ schedule: '@hourly' }, { lastScheduleTime: ago(9000) });
const hung = cronJob(
  { schedule: '@hourly', concurrencyPolicy: 'Forbid' },
  { lastScheduleTime: ago(9000), active: [{ name: 'night-1' }] },
);
const late = cronJob({ schedule: '@hourly' }, { lastScheduleTime: ago(5) });

test.each<Row>([
  [
    'Job: suspended',
    [object('batch/v1', 'Job', 'load', { spec: { suspend: true } })],
    ['Job/load JobSuspended: Job load is suspended'],
  ],
  ['Job: failed', [failed], ['Job/load JobFailed: Job load has failed']],
  [
    'Job: failed, with an event',
    [failed, event(failed, 'BackoffLimitExceeded', 'too often')],
    ['Job/load JobFailed: too often'],
  ],
  [
    'Job: a Pod failed and it is done',
    [
      object('batch/v1', 'Job', 'load', {
        status: { failed: 1, conditions: [{ type: 'Complete', status: 'True' }] },
      }),
    ],
    [],
  ],
  [
    'CronJob: suspended',
    [cronJob({ suspend: true, schedule: 'x' })],
    ['CronJob/night CronJobSuspended: CronJob night is suspended'],
  ],
  [
    'CronJob: no schedule',
    [cronJob({ schedule: '* * * *' })],
    [
      'CronJob/night ScheduleInvalid: CronJob night has an invalid schedule: expected exactly 5 fields or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly',
    ],
  ],
  [
    'CronJob: no such minute',
    [cronJob({ schedule: '61 * * * *' })],
    ['CronJob/night ScheduleInvalid: CronJob night has an invalid schedule: Invalid value for minute: 61'],
  ],
  [
    'CronJob: it has missed too many starts',
    [missing, event(missing, 'TooManyMissedTimes', 'too many missed start times')],
    ['CronJob/night TooManyMissedTimes: -'],
  ],
  [
    'CronJob: it has started since',
    [late, event(late, 'TooManyMissedTimes', 'too many missed start times')],
    [],
  ],
  [
    'CronJob: a Job that does not end',
    [hung, event(hung, 'JobAlreadyActive', 'Not starting job')],
    ['CronJob/night ScheduleBlocked: -'],
  ],
  ['CronJob: a Job that took long once', [late, event(late, 'JobAlreadyActive', 'Not starting job')], []],
  ['CronJob: an interval', [cronJob({ schedule: '@every 1h30m' })], []],
  [
    'CronJob: a deadline before the start',
    [cronJob({ schedule: '@daily', startingDeadlineSeconds: -1 })],
    ['CronJob/night StartingDeadlineNegative: CronJob night has a negative starting deadline'],
  ],
])('%s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});

const claim = object('v1', 'PersistentVolumeClaim', 'data', { status: { phase: 'Pending' } });
const condition = (type: string, status: string): KubeObject =>
  object(
    'v1',
    'Node',
    'n1',
    { status: { conditions: [{ type, status, reason: 'R', message: 'M' }] } },
    { namespace: '' },
  );
const configMap = (data: JsonObject, metadata: ObjectMeta = {}): KubeObject =>
  object('v1', 'ConfigMap', 'settings', { data }, metadata);
const mount = { containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'settings' } }] }] };
const unused =
  'ConfigMap/settings ConfigMapUnused: ConfigMap settings is not used by any pods in the namespace';

test.each<Row>([
  [
    'PersistentVolumeClaim: no volume',
    [claim, event(claim, 'ProvisioningFailed', 'no class')],
    ['PersistentVolumeClaim/data ProvisioningFailed: no class'],
  ],
  [
    'PersistentVolumeClaim: no volume fits, which is no warning',
    [claim, { ...event(claim, 'FailedBinding', 'no storage class is set'), type: 'Normal' }],
    ['PersistentVolumeClaim/data FailedBinding: -'],
  ],
  ['PersistentVolumeClaim: it waits', [claim], []],
  [
    'Node: not ready',
    [condition('Ready', 'Unknown')],
    ['Node/n1 NodeNotReady: n1 has condition of type Ready, reason R: M'],
  ],
  [
    'Node: pressure',
    [condition('DiskPressure', 'True')],
    ['Node/n1 DiskPressure: n1 has condition of type DiskPressure, reason R: M'],
  ],
  ['Node: a condition that nobody knows', [condition('EtcdIsVoter', 'True')], []],
  ['ConfigMap: unused', [configMap({ a: '1' })], [unused]],
  ['ConfigMap: used by a Pod', [configMap({ a: '1' }), object('v1', 'Pod', 'p', { spec: mount })], []],
  [
    'ConfigMap: used by the next run of a CronJob',
    [
      configMap({ a: '1' }),
      cronJob({ schedule: '@daily', jobTemplate: { spec: { template: { spec: mount } } } }),
    ],
    [],
  ],
  [
    'ConfigMap: used by a Pod of another namespace',
    [configMap({ a: '1' }), object('v1', 'Pod', 'p', { spec: mount }, { namespace: 'other' })],
    [unused],
  ],
  ['ConfigMap: of the system', [configMap({ a: '1' }, { namespace: 'kube-system' })], []],
  ['ConfigMap: read through the API', [configMap({ a: '1' }, { labels: { grafana_dashboard: '1' } })], []],
  [
    'ConfigMap: empty',
    [configMap({}, { namespace: 'kube-system' })],
    ['ConfigMap/settings ConfigMapEmpty: ConfigMap settings is empty'],
  ],
  [
    'ConfigMap: large',
    [configMap({ a: 'x'.repeat(1_048_577) }, { namespace: 'kube-system' })],
    ['ConfigMap/settings ConfigMapTooLarge: ConfigMap settings is larger than 1MB (1048577 bytes)'],
  ],
])('%s', async (_, objects, expected) => {
  expect(await found(objects)).toEqual(expected);
});
