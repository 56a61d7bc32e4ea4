import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import {
  ago,
  availableStatus,
  bareDeployment,
  eventOn,
  merge,
  podOf,
  replicaSetOf,
  runningStatus,
} from './kube-fixtures.ts';
import { diagnosisOf, idsOf, withPod } from './scene.ts';

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
  expect(idsOf(result.causes)).toEqual(['ProgressDeadlineExceeded']);
  expect(idsOf(result.consequences)).toEqual(['ReplicasUnavailable']);
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
  expect(idsOf(result.causes)).toEqual(['ReplicasUnavailable']);
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
  expect(idsOf(result.causes)).toEqual(['RolloutStuck']);
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
  [
    'webhook that is down',
    'Internal error occurred: failed calling webhook "inject.io": no endpoints available for service "hook"',
    /webhook inject\.io, which must allow them, does not answer/,
  ],
])('Pods that are refused: %s', async (_name, message, text) => {
  const object = bareDeployment('nginx');
  const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
  const replicaSet = replicaSetOf(object, { replicas: 0, conditions: [condition] });
  const result = await diagnosisOf({
    object,
    others: [replicaSet, eventOn(replicaSet, 'FailedCreate', `Error creating: ${message}`)],
  });
  expect(idsOf(result.causes)).toEqual(['PodsNotCreated']);
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
    idsOf((await diagnosisOf({ object: bareDeployment('nginx', { spec }), others: [] })).causes),
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
  expect(idsOf(result.causes)).toEqual(healthy ? [] : ['ReplicasUnavailable']);
});
