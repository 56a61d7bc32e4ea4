import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Diagnosis } from '../../src/analyze/diagnose.ts';
import { diagnose } from '../../src/analyze/diagnose.ts';
import { readLiveState, stateAlone } from '../../src/analyze/live-state.ts';
import { fakeCluster } from './fake-cluster.ts';
import {
  ago,
  availableStatus,
  bareDeployment,
  eventOn,
  merge,
  nowMs,
  podOf,
  replicaSetOf,
  runningStatus,
  soundContainer,
  waitingStatus,
} from './kube-fixtures.ts';

interface Scene {
  readonly object: KubeObject;
  readonly others: readonly KubeObject[];
}

async function diagnosisOf(scene: Scene): Promise<Diagnosis> {
  const cluster = fakeCluster([scene.object, ...scene.others]);
  return diagnose(await readLiveState(cluster, scene.object), nowMs);
}

const ids = (findings: Diagnosis['causes']): readonly string[] => findings.map((finding) => finding.id);

/** A Deployment with one Pod in the given state; `events` are those of the Pod. */
function withPod(
  status: JsonObject,
  events: readonly (readonly [string, string])[] = [],
  more: { readonly container?: JsonObject; readonly pod?: JsonObject; readonly deployment?: JsonObject } = {},
): Scene {
  const container = merge({ name: 'web', image: 'nginx:1.27' }, more.container ?? {});
  const object = bareDeployment(
    'nginx:1.27',
    more.deployment === undefined ? {} : { status: more.deployment },
  );
  const replicaSet = replicaSetOf(object);
  const pod = podOf(replicaSet, {
    containers: [container],
    status,
    ...(more.pod === undefined ? {} : { spec: more.pod }),
  });
  return {
    object,
    others: [replicaSet, pod, ...events.map(([reason, message]) => eventOn(pod, reason, message))],
  };
}

const loopStatus = (ended: JsonObject): JsonObject =>
  waitingStatus('CrashLoopBackOff', 'back-off 5m0s restarting failed container=web pod=web-x7k2p', {
    restartCount: 7,
    lastState: { terminated: { finishedAt: ago(30), ...ended } },
  });

const unschedulable = (message: string): JsonObject => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});

const noNode = { nodeName: null };

describe('the Pod says why', () => {
  const scenes: readonly (readonly [string, Scene, RegExp])[] = [
    [
      'ImagePullFailed',
      withPod(waitingStatus('ImagePullBackOff', 'Back-off pulling image "nginx:1.27"'), [
        [
          'Failed',
          'Failed to pull image "nginx:1.27": rpc error: code = NotFound desc = docker.io/library/nginx:1.27: not found',
        ],
      ]),
      /docker\.io\/library\/nginx has no tag "1\.27"/,
    ],
    [
      'ImageNameInvalid',
      withPod(
        waitingStatus(
          'InvalidImageName',
          `couldn't parse image name "Nginx": invalid reference format: repository name must be lowercase`,
        ),
        [],
        { container: { image: 'Nginx' } },
      ),
      /repository names must be lower case/,
    ],
    [
      'ContainerCrashLooping',
      withPod(loopStatus({ reason: 'Error', exitCode: 139 })),
      /again and again with exit code 139 \(killed by SIGSEGV/,
    ],
    [
      'ContainerOutOfMemory',
      withPod(loopStatus({ reason: 'OOMKilled', exitCode: 137 }), [], {
        container: { resources: { limits: { memory: '64Mi' } } },
      }),
      /more than its memory limit of 64Mi/,
    ],
    [
      'ContainerCannotStart',
      withPod(
        loopStatus({
          reason: 'StartError',
          exitCode: 128,
          message: 'exec: "serve": executable file not found in $PATH: unknown',
        }),
      ),
      /its command is not in the image/,
    ],
    [
      'ContainerConfigError',
      withPod(waitingStatus('CreateContainerConfigError', 'configmap "web-settings" not found')),
      /ConfigMap "web-settings", which does not exist/,
    ],
    [
      'PodUnschedulable',
      withPod(
        unschedulable(
          '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: true}.',
        ),
        [],
        { pod: noNode },
      ),
      /too little CPU is free; nodes are tainted/,
    ],
    [
      'VolumeMountFailed',
      withPod(waitingStatus('ContainerCreating'), [
        ['FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found'],
      ]),
      /Secret "web-tls", which does not exist/,
    ],
    [
      'PodSandboxFailed',
      withPod(waitingStatus('ContainerCreating'), [
        ['FailedCreatePodSandBox', 'plugin type="calico" failed (add): connection is unauthorized'],
      ]),
      /sandbox/,
    ],
    [
      'ReadinessProbeFailing',
      withPod(runningStatus(false), [
        ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
      ]),
      /readiness probe fails/,
    ],
    [
      'LivenessProbeFailing',
      withPod(
        runningStatus(false, {
          restartCount: 4,
          lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: ago(5000) } },
        }),
        [['Unhealthy', 'Liveness probe failed: Get "http://10.0.0.7:8080/live": context deadline exceeded']],
      ),
      /restarted because its liveness probe fails/,
    ],
    [
      'PodEvicted',
      withPod({
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: ephemeral-storage.',
      }),
      /evicted/,
    ],
    [
      'PodSchedulingGated',
      withPod(
        {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'SchedulingGated',
              message: 'Scheduling is blocked',
            },
          ],
        },
        [],
        { pod: noNode },
      ),
      /gate/,
    ],
  ];

  test.each(scenes)('%s is the one cause, the missing replica only follows', async (id, scene, text) => {
    const result = await diagnosisOf(scene);
    expect(ids(result.causes)).toEqual([id]);
    expect(result.causes[0]?.text).toMatch(text);
    expect(result.causes[0]?.evidence.length).toBeGreaterThan(0);
    expect(ids(result.consequences)).toEqual(['RolloutInProgress']);
    expect(result.health).toBe('broken');
  });

  const calm: readonly (readonly [string, Scene])[] = [
    ['it pulls its image', withPod(waitingStatus('ContainerCreating'))],
    [
      'it runs and was killed for memory long ago',
      withPod(
        runningStatus(true, {
          restartCount: 1,
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(90_000) } },
        }),
      ),
    ],
    [
      'a scheduler has refused it before, and placed it since',
      withPod(waitingStatus('ContainerCreating'), [
        ['FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.'],
      ]),
    ],
    [
      'its probe failed before it was ready',
      withPod(runningStatus(true), [['Unhealthy', 'Readiness probe failed: connection refused']]),
    ],
    ['it is not ready yet, and has no probe that says why', withPod(runningStatus(false))],
    ['it is done', withPod({ phase: 'Succeeded' })],
  ];

  test.each(calm)('no cause when %s', async (_name, scene) => {
    const result = await diagnosisOf(scene);
    expect(ids(result.causes)).toEqual(['RolloutInProgress']);
    expect(result.health).toBe('progressing');
  });
});

describe('why an image cannot be pulled', () => {
  const pull = async (image: string, message: string): Promise<string> => {
    const result = await diagnosisOf(
      withPod(waitingStatus('ErrImagePull', message), [], { container: { image } }),
    );
    const cause = result.causes[0];
    return `${cause?.text} ${cause?.fix}`;
  };
  const denied =
    'pull access denied, repository does not exist or may require authorization: authorization failed';

  test.each([
    ['ngnix', denied, /no official image of that name\. Did you mean "nginx"\?/],
    ['invalid', denied, /means docker\.io\/library\/invalid, and Docker Hub has no official image/],
    ['team/app:1', denied, /no repository docker\.io\/team\/app, or it is private.*image pull secret/],
    [
      'ghcr.io/team/app:1',
      'failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden',
      /ghcr\.io asks for credentials/,
    ],
    [
      'registry.invalid/app:1',
      'dial tcp: lookup registry.invalid on 10.96.0.10:53: no such host',
      /registry\.invalid is not known to DNS/,
    ],
    [
      '10.0.0.9:5000/app:1',
      'dial tcp 10.0.0.9:5000: connect: connection refused',
      /cannot reach 10\.0\.0\.9:5000/,
    ],
    [
      'reg.example/app:1',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      /does not trust the TLS certificate/,
    ],
    ['nginx:1', 'toomanyrequests: You have reached your pull rate limit', /rate limit/],
    ['nginx:1', 'no match for platform in manifest: not found', /CPU architecture/],
    ['nginx:1', 'something nobody has seen before', /evidence has its words/],
  ])('%s: %s', async (image, message, wanted) => {
    const says = await pull(image, `failed to resolve reference: ${message}`);
    expect(says).toMatch(wanted);
  });
});

describe('the object says why', () => {
  test('a passed deadline comes before the replicas that are missing because of it', async () => {
    const status = merge(availableStatus, {
      availableReplicas: 0,
      readyReplicas: 0,
      conditions: [
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: 'ReplicaSet "web-7c" has timed out progressing.',
        },
      ],
    });
    const result = await diagnosisOf({ object: bareDeployment('nginx', { status }), others: [] });
    expect(ids(result.causes)).toEqual(['ProgressDeadlineExceeded']);
    expect(ids(result.consequences)).toEqual(['ReplicasUnavailable']);
  });

  test('replicas that stay away after the rollout was finished', async () => {
    const status = merge(availableStatus, {
      availableReplicas: 0,
      conditions: [
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: ago(9000) },
        { type: 'Available', status: 'False', lastTransitionTime: ago(900) },
      ],
    });
    const result = await diagnosisOf({ object: bareDeployment('nginx', { status }), others: [] });
    expect(ids(result.causes)).toEqual(['ReplicasUnavailable']);
  });

  test('old Pods that do not go', async () => {
    const status = merge(availableStatus, {
      replicas: 2,
      updatedReplicas: 1,
      availableReplicas: 2,
      conditions: [
        { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: ago(900) },
      ],
    });
    const result = await diagnosisOf({ object: bareDeployment('nginx', { status }), others: [] });
    expect(ids(result.causes)).toEqual(['RolloutStuck']);
  });

  test.each([
    [
      'quota',
      'pods "web-7c-x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10',
      /ResourceQuota/,
    ],
    [
      'quota without requests',
      'pods "web-7c-x" is forbidden: failed quota: compute: must specify limits.memory for: web',
      /wants requests or limits/,
    ],
    [
      'pod security',
      'pods "web-7c-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      /Pod Security Standard/,
    ],
    [
      'account',
      'error looking up service account default/web: serviceaccount "web" not found',
      /ServiceAccount does not exist/,
    ],
    [
      'webhook',
      'admission webhook "validate.kyverno.svc" denied the request: no latest tag',
      /admission policy/,
    ],
  ])('Pods that are refused: %s', async (_name, message, text) => {
    const object = bareDeployment('nginx');
    const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
    const replicaSet = replicaSetOf(object, { replicas: 0, conditions: [condition] });
    const result = await diagnosisOf({
      object,
      others: [replicaSet, eventOn(replicaSet, 'FailedCreate', `Error creating: ${message}`)],
    });
    expect(ids(result.causes)).toEqual(['PodsNotCreated']);
    expect(result.causes[0]?.text).toMatch(text);
  });

  test('a refusal that has passed is history', async () => {
    const object = bareDeployment('nginx', { status: availableStatus });
    const replicaSet = replicaSetOf(object);
    const result = await diagnosisOf({
      object,
      others: [replicaSet, eventOn(replicaSet, 'FailedCreate', 'exceeded quota')],
    });
    expect(result).toMatchObject({ causes: [], health: 'healthy' });
  });

  test.each([
    ['ScaledToZero', { replicas: 0 }],
    ['RolloutPaused', { paused: true }],
  ])('%s', async (id, spec) => {
    expect(
      ids((await diagnosisOf({ object: bareDeployment('nginx', { spec }), others: [] })).causes),
    ).toEqual([id]);
  });

  test('a finished Deployment is healthy, evicted Pods of before notwithstanding', async () => {
    const scene = withPod(runningStatus(true), [], { deployment: availableStatus });
    const evicted = podOf(replicaSetOf(scene.object), {
      name: 'web-old',
      status: { phase: 'Failed', reason: 'Evicted' },
    });
    const result = await diagnosisOf({ ...scene, others: [...scene.others, evicted] });
    expect(result).toMatchObject({ causes: [], consequences: [], health: 'healthy', notChecked: [] });
  });

  test('a spec that the controller has not seen is not done', async () => {
    const object = bareDeployment('nginx', { status: availableStatus });
    const changed = { ...object, metadata: { ...object.metadata, generation: 2 } };
    expect(await diagnosisOf({ object: changed, others: [] })).toMatchObject({
      causes: [{ id: 'RolloutInProgress' }],
      health: 'progressing',
    });
  });

  test.each<[string, JsonObject, boolean]>([
    [
      'StatefulSet',
      { observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 },
      true,
    ],
    ['StatefulSet', { observedGeneration: 1, replicas: 1, readyReplicas: 0, updatedReplicas: 1 }, false],
    [
      'DaemonSet',
      {
        observedGeneration: 1,
        desiredNumberScheduled: 3,
        currentNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 3,
        numberReady: 3,
      },
      true,
    ],
    [
      'DaemonSet',
      {
        observedGeneration: 1,
        desiredNumberScheduled: 3,
        currentNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 1,
        numberReady: 1,
      },
      false,
    ],
  ])('%s %#', async (kind, status, healthy) => {
    const base = bareDeployment('nginx', { status });
    const object = {
      ...base,
      kind,
      metadata: { ...base.metadata, creationTimestamp: ago(5000) },
      spec: merge(base['spec'] as JsonObject, { progressDeadlineSeconds: null }),
    };
    const result = await diagnosisOf({ object, others: [] });
    expect(ids(result.causes)).toEqual(healthy ? [] : ['ReplicasUnavailable']);
  });
});

describe('a Job', () => {
  const job = (status: JsonObject, spec: JsonObject = {}): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'import', namespace: 'default', uid: 'uid-job', creationTimestamp: ago(600) },
    spec: {
      backoffLimit: 2,
      template: { spec: { restartPolicy: 'Never', containers: [soundContainer] } },
      ...spec,
    },
    status,
  });
  const failed = {
    failed: 3,
    conditions: [
      {
        type: 'Failed',
        status: 'True',
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
      },
    ],
  };
  const failedPod = (owner: KubeObject): KubeObject =>
    podOf(owner, {
      status: {
        phase: 'Failed',
        containerStatuses: [
          {
            name: 'web',
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode: 3, reason: 'Error' } },
          },
        ],
      },
    });

  test('that has failed, with the Pod that says why', async () => {
    const object = job(failed);
    const result = await diagnosisOf({ object, others: [failedPod(object)] });
    expect(ids(result.causes)).toEqual(['ContainerFailed']);
    expect(ids(result.consequences)).toEqual(['JobFailed']);
  });

  test('that has failed, its Pods gone', async () => {
    expect(ids((await diagnosisOf({ object: job(failed), others: [] })).causes)).toEqual(['JobFailed']);
  });

  test('that passed its deadline', async () => {
    const status = { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] };
    const result = await diagnosisOf({ object: job(status, { activeDeadlineSeconds: 60 }), others: [] });
    expect(result.causes[0]).toMatchObject({ id: 'JobFailed', fieldPath: 'spec.activeDeadlineSeconds' });
  });

  test('that is done, whatever its earlier Pods came to', async () => {
    const object = job({ succeeded: 1, failed: 1, conditions: [{ type: 'Complete', status: 'True' }] });
    expect(await diagnosisOf({ object, others: [failedPod(object)] })).toMatchObject({
      causes: [],
      health: 'healthy',
    });
  });

  test('that is suspended', async () => {
    expect(ids((await diagnosisOf({ object: job({}, { suspend: true }), others: [] })).causes)).toEqual([
      'Suspended',
    ]);
  });

  test('of a CronJob: only the newest counts', async () => {
    const object: KubeObject = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace: 'default', uid: 'uid-cron' },
      spec: {},
    };
    const owned = (name: string, seconds: number, status: JsonObject): KubeObject => {
      const base = job(status);
      const metadata = {
        ...base.metadata,
        name,
        uid: `uid-${name}`,
        creationTimestamp: ago(seconds),
        ownerReferences: [{ uid: 'uid-cron' }],
      };
      return { ...base, metadata };
    };
    const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
    const good = await diagnosisOf({
      object,
      others: [owned('n-1', 9000, failed), owned('n-2', 100, complete)],
    });
    expect(ids(good.causes)).toEqual([]);
    const bad = await diagnosisOf({
      object,
      others: [owned('n-1', 9000, complete), owned('n-2', 100, failed)],
    });
    expect(ids(bad.causes)).toEqual(['JobFailed']);
  });
});

describe('a Service', () => {
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-service' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };
  const slice = (ready: boolean): KubeObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-abc', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.0.0.7'], conditions: { ready } }],
  });
  const parent = replicaSetOf(bareDeployment());

  test('with a ready endpoint is well', async () => {
    const others = [slice(true), podOf(parent, { status: runningStatus(true) })];
    expect(await diagnosisOf({ object: service, others })).toMatchObject({ causes: [], health: 'healthy' });
  });

  test('that no Pod matches', async () => {
    const result = await diagnosisOf({ object: service, others: [] });
    expect(result.causes).toMatchObject([
      {
        id: 'ServiceWithoutEndpoints',
        text: expect.stringContaining('no Pod in its namespace has the labels app=web') as string,
      },
    ]);
  });

  test('whose Pods are not ready: they are the cause, it only follows', async () => {
    const pod = podOf(parent, {
      status: waitingStatus('CreateContainerConfigError', 'secret "db" not found'),
    });
    const result = await diagnosisOf({ object: service, others: [slice(false), pod] });
    expect(ids(result.causes)).toEqual(['ContainerConfigError']);
    expect(ids(result.consequences)).toEqual(['ServiceWithoutEndpoints']);
  });

  test('without endpoint objects is judged by its Pods', async () => {
    const ready = await diagnosisOf({
      object: service,
      others: [podOf(parent, { status: runningStatus(true) })],
    });
    expect(ids(ready.causes)).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ['without a selector', { ports: [{ port: 80 }] }],
    [
      'of type ExternalName',
      { type: 'ExternalName', externalName: 'db.example.com', selector: { app: 'db' } },
    ],
  ])('%s has no endpoints to miss', async (_name, spec) => {
    expect(ids((await diagnosisOf({ object: { ...service, spec }, others: [] })).causes)).toEqual([]);
  });
});

describe('what belongs to the object', () => {
  const broken = waitingStatus('ErrImagePull', 'not found');

  test('is decided by uid: Pods and events of others with the same names do not count', async () => {
    const object = bareDeployment('nginx', { status: availableStatus });
    const stranger = podOf(
      { ...replicaSetOf(object), metadata: { ...replicaSetOf(object).metadata, uid: 'uid-other' } },
      { status: broken },
    );
    const event = eventOn(
      { ...object, metadata: { ...object.metadata, uid: 'uid-of-before' } },
      'FailedCreate',
      'exceeded quota',
    );
    expect((await diagnosisOf({ object, others: [replicaSetOf(object), stranger, event] })).causes).toEqual(
      [],
    );
  });

  test('leaves out Pods that are being deleted', async () => {
    const scene = withPod(broken, [], { deployment: availableStatus });
    const others = scene.others.map((each) =>
      each.kind === 'Pod' ? { ...each, metadata: { ...each.metadata, deletionTimestamp: ago(1) } } : each,
    );
    expect((await diagnosisOf({ ...scene, others })).causes).toEqual([]);
  });

  test('is one finding for many Pods with the same fault', async () => {
    const scene = withPod(broken);
    const replicaSet = scene.others[0] as KubeObject;
    const more = ['b', 'c', 'd', 'e'].map((name) =>
      podOf(replicaSet, {
        name: `web-${name}`,
        containers: [{ name: 'web', image: 'nginx:1.27' }],
        status: broken,
      }),
    );
    const result = await diagnosisOf({ ...scene, others: [...scene.others, ...more] });
    expect(ids(result.causes)).toEqual(['ImagePullFailed']);
    expect(result.causes[0]?.evidence.at(-1)?.source).toBe('2 more Pods');
  });

  test('that could not be read is said, and nothing is concluded from it', async () => {
    const object = bareDeployment('nginx', { status: availableStatus });
    const cluster = fakeCluster([object], { denied: ['Pod', 'Event'] });
    const result = diagnose(await readLiveState(cluster, object), nowMs);
    expect(result.causes).toEqual([]);
    expect(result.notChecked).toEqual([
      expect.stringContaining('cannot list Pod'),
      expect.stringContaining('cannot list Event'),
    ]);
  });

  test('takes at most one list of each kind', async () => {
    const scene = withPod(broken);
    const cluster = fakeCluster([scene.object, ...scene.others]);
    await readLiveState(cluster, scene.object);
    expect(cluster.calls.toSorted()).toEqual([
      'list Event default',
      'list Pod default',
      'list ReplicaSet default',
    ]);
  });
});

describe('secrets', () => {
  test('of the environment do not show, even where a program or a kubelet repeats them', async () => {
    const message = 'exec: "--password=hunter2!": executable file not found';
    const scene = withPod(
      loopStatus({ reason: 'StartError', exitCode: 128, message }),
      [['Failed', message]],
      {
        container: { env: [{ name: 'PASSWORD', value: 'hunter2!' }] },
      },
    );
    const result = JSON.stringify(await diagnosisOf(scene));
    expect(result).not.toContain('hunter2');
    expect(result).toContain('--password=***');
  });
});

test('an object that nobody looked up is judged by its own status and text', () => {
  const malformed = diagnose(stateAlone(bareDeployment('Nginx')), nowMs);
  expect(ids(malformed.causes)).toEqual(['ImageNameInvalid']);
  const manifest: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
  expect(diagnose(stateAlone(manifest), nowMs)).toMatchObject({ causes: [], health: 'unknown' });
});

test('the same state gives the same diagnosis, whatever the order of lists', async () => {
  const scene = withPod(waitingStatus('ErrImagePull', 'not found'), [
    ['Failed', 'Failed to pull image: not found'],
    ['BackOff', 'Back-off pulling image'],
  ]);
  const reversed = { ...scene, others: scene.others.toReversed() };
  expect(await diagnosisOf(reversed)).toEqual(await diagnosisOf(scene));
});
