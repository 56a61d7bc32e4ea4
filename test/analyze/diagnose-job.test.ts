import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { ago, podOf, soundContainer } from './kube-fixtures.ts';
import { diagnosisOf, idsOf } from './scene.ts';

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

test('a Job that has failed, with the Pod that says why', async () => {
  const object = job(failed);
  const result = await diagnosisOf({ object, others: [failedPod(object)] });
  expect(idsOf(result.causes)).toEqual(['ContainerFailed']);
  expect(idsOf(result.consequences)).toEqual(['JobFailed']);
});

test('a Job that has failed, its Pods gone', async () => {
  expect(idsOf((await diagnosisOf({ object: job(failed), others: [] })).causes)).toEqual(['JobFailed']);
});

test('a Job that passed its deadline', async () => {
  const status = { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] };
  const result = await diagnosisOf({ object: job(status, { activeDeadlineSeconds: 60 }), others: [] });
  expect(result.causes[0]).toMatchObject({ id: 'JobFailed', fieldPath: 'spec.activeDeadlineSeconds' });
});

test('a Job that is done, whatever its earlier Pods came to', async () => {
  const object = job({ succeeded: 1, failed: 1, conditions: [{ type: 'Complete', status: 'True' }] });
  expect(await diagnosisOf({ object, others: [failedPod(object)] })).toMatchObject({
    causes: [],
    health: 'healthy',
  });
});

test('a Job that is suspended', async () => {
  expect(idsOf((await diagnosisOf({ object: job({}, { suspend: true }), others: [] })).causes)).toEqual([
    'Suspended',
  ]);
});

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

test('a CronJob: only the newest counts', async () => {
  const object: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'default', uid: 'uid-cron' },
    spec: {},
  };
  const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
  const good = await diagnosisOf({
    object,
    others: [owned('n-1', 9000, failed), owned('n-2', 100, complete)],
  });
  expect(idsOf(good.causes)).toEqual([]);
  const bad = await diagnosisOf({
    object,
    others: [owned('n-1', 9000, complete), owned('n-2', 100, failed)],
  });
  expect(idsOf(bad.causes)).toEqual(['JobFailed']);
});
