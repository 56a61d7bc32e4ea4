import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { conditions, getLoose, listLoose, openMemory, type Loose, type MemoryPlace } from './fixtures.ts';

const jobRef = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name: 'j' };

function job(spec: JsonObject = {}, image: string = 'busybox', restartPolicy: string = 'Never'): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default' },
    spec: { template: { spec: { restartPolicy, containers: [{ name: 'a', image }] } }, ...spec },
  };
}

const failing = { images: { images: [{ image: 'corp.example/fails:1', exitCode: 1 }] } };

async function run(
  object: KubeObject,
  ms: number,
  options: Parameters<typeof openMemory>[0] = {},
): Promise<MemoryPlace & { job: Loose }> {
  const place = await openMemory(options);
  await place.cluster.apply(object);
  place.clock.advance(ms);
  return { ...place, job: await getLoose(place.cluster, jobRef) };
}

async function phases(place: MemoryPlace): Promise<string[]> {
  return (await listLoose(place.cluster, 'v1', 'Pod')).map(({ status }) => status.phase);
}

test('a Job runs its Pod and is complete', async () => {
  const place = await openMemory();
  await place.cluster.apply(job());
  place.clock.advance(500);
  expect((await getLoose(place.cluster, jobRef)).status).toMatchObject({ active: 1 });
  place.clock.advance(5_000);
  const done = await getLoose(place.cluster, jobRef);
  expect(done.status).toMatchObject({
    succeeded: 1,
    startTime: '2026-11-01T10:00:00Z',
    completionTime: '2026-11-01T10:00:00Z',
  });
  expect(done.status.active).toBeUndefined();
  expect(conditions(done)).toEqual([
    'SuccessCriteriaMet=True/CompletionsReached',
    'Complete=True/CompletionsReached',
  ]);
  const [pod] = await listLoose(place.cluster, 'v1', 'Pod');
  expect(pod.status.phase).toBe('Succeeded');
  expect(pod.metadata.labels).toMatchObject({
    'batch.kubernetes.io/job-name': 'j',
    'controller-uid': done.metadata.uid,
  });
  expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'Job', uid: done.metadata.uid }]);
  expect(done.spec.selector.matchLabels).toEqual({ 'batch.kubernetes.io/controller-uid': done.metadata.uid });
  const events = await listLoose(place.cluster, 'v1', 'Event');
  expect(
    events.filter(({ source }) => source.component === 'job-controller').map(({ reason }) => reason),
  ).toEqual(['SuccessfulCreate', 'Completed']);
});

test('several completions run so many at a time', async () => {
  const place = await openMemory();
  await place.cluster.apply(job({ completions: 5, parallelism: 2 }));
  let mostActive = 0;
  for (let ms = 0; ms < 5_000; ms += 20, place.clock.advance(20)) {
    const { status } = await getLoose(place.cluster, jobRef);
    mostActive = Math.max(mostActive, status.active ?? 0);
  }
  expect(mostActive).toBe(2);
  const done = await getLoose(place.cluster, jobRef);
  expect(done.status.succeeded).toBe(5);
  expect(conditions(done)).toContain('Complete=True/CompletionsReached');
});

test('an image that cannot be pulled leaves it active', async () => {
  const { job: seen, ...place } = await run(job({}, 'invalid'), 60_000);
  expect(seen.status).toMatchObject({ active: 1, ready: 0 });
  expect(await phases(place)).toEqual(['Pending']);
});

test('activeDeadlineSeconds ends it and its Pods', async () => {
  const { job: seen, ...place } = await run(job({ activeDeadlineSeconds: 30 }, 'invalid'), 60_000);
  expect(conditions(seen)).toEqual(['FailureTarget=True/DeadlineExceeded', 'Failed=True/DeadlineExceeded']);
  expect(seen.status.conditions[1].message).toBe('Job was active longer than specified deadline');
  expect(await phases(place)).toEqual([]);
});

describe('a program that fails', () => {
  test('is tried in new Pods with longer and longer waits, up to the limit', async () => {
    const { job: seen, ...place } = await run(
      job({ backoffLimit: 2 }, 'corp.example/fails:1'),
      5_000,
      failing,
    );
    expect(seen.status).toMatchObject({ failed: 1 });
    place.clock.advance(10_000);
    expect((await getLoose(place.cluster, jobRef)).status).toMatchObject({ failed: 2 });
    place.clock.advance(20_000);
    const failed = await getLoose(place.cluster, jobRef);
    expect(failed.status.failed).toBe(3);
    expect(conditions(failed)).toEqual([
      'FailureTarget=True/BackoffLimitExceeded',
      'Failed=True/BackoffLimitExceeded',
    ]);
    expect(await phases(place)).toEqual(['Failed', 'Failed', 'Failed']);
    const [pod] = await listLoose(place.cluster, 'v1', 'Pod');
    expect(pod.status.containerStatuses[0].state.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
  });

  test('is restarted in its Pod with OnFailure', async () => {
    const object = job({ backoffLimit: 2 }, 'corp.example/fails:1', 'OnFailure');
    const { job: seen, ...place } = await run(object, 15_000, failing);
    expect(seen.status).toMatchObject({ active: 1 });
    const [pod] = await listLoose(place.cluster, 'v1', 'Pod');
    expect(pod.status.containerStatuses[0].restartCount).toBe(1);
    place.clock.advance(60_000);
    expect(conditions(await getLoose(place.cluster, jobRef))).toContain('Failed=True/BackoffLimitExceeded');
  });
});

test('a suspended Job runs nothing until it is resumed', async () => {
  const { job: seen, ...place } = await run(job({ suspend: true }), 5_000);
  expect(conditions(seen)).toEqual(['Suspended=True/JobSuspended']);
  expect(await phases(place)).toEqual([]);
  await place.cluster.patch(jobRef, { spec: { suspend: false } });
  place.clock.advance(5_000);
  expect(conditions(await getLoose(place.cluster, jobRef))).toContain('Complete=True/CompletionsReached');
});

test('a deleted Pod that had not ended counts as failed', async () => {
  const { ...place } = await run(job(), 300);
  const [pod] = await listLoose(place.cluster, 'v1', 'Pod');
  await place.cluster.delete({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'default',
    name: pod.metadata.name,
  });
  expect((await getLoose(place.cluster, jobRef)).status).toMatchObject({ failed: 1 });
  place.clock.advance(15_000);
  expect(conditions(await getLoose(place.cluster, jobRef))).toContain('Complete=True/CompletionsReached');
});

test('nothing to complete is complete at once', async () => {
  const { job: seen } = await run(job({ completions: 0 }), 1_000);
  expect(conditions(seen)).toContain('Complete=True/CompletionsReached');
});
