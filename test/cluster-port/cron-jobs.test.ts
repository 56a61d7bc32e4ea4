import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { getLoose, listLoose, openMemory, type Loose, type MemoryPlace } from './fixtures.ts';

const minute = 60_000;
const cronRef = { apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'default', name: 'tick' };

function cronJob(spec: JsonObject = {}, image = 'busybox', jobSpec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick', namespace: 'default' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        metadata: { labels: { app: 'tick' } },
        spec: {
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } },
          ...jobSpec,
        },
      },
      ...spec,
    },
  };
}

/** An image that is never there: its Job stays active for good. */
const stuck = 'corp.invalid/x:1';

/** Minutes past ten for which there are Jobs, and how each stands. */
async function jobs(cluster: Cluster): Promise<readonly string[]> {
  const start = Date.parse('2026-11-01T10:00:00Z') / minute;
  return (await listLoose(cluster, 'batch/v1', 'Job')).map(({ metadata, status }: Loose) => {
    const state = status.conditions?.at(-1)?.type ?? 'active';
    return `${Number(metadata.name.replace('tick-', '')) - start} ${state}`;
  });
}

async function opened(object: KubeObject, ms: number, options: object = {}): Promise<MemoryPlace> {
  const place = await openMemory(options);
  await place.cluster.apply(object);
  place.clock.advance(ms);
  return place;
}

async function events(cluster: Cluster): Promise<readonly string[]> {
  return (await listLoose(cluster, 'v1', 'Event'))
    .filter((event: Loose) => event.source.component === 'cronjob-controller')
    .toSorted((a: Loose, b: Loose) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((event: Loose) => `${event.reason}: ${event.message}`);
}

test('makes a Job at each time of its schedule, and its Pods', async () => {
  const { cluster, clock } = await opened(cronJob(), minute + 500);
  expect(await jobs(cluster)).toEqual(['1 active']);
  const cron = await getLoose(cluster, cronRef);
  const [job] = await listLoose(cluster, 'batch/v1', 'Job');
  expect(cron.status).toMatchObject({
    active: [{ kind: 'Job', name: job.metadata.name, uid: job.metadata.uid }],
    lastScheduleTime: '2026-11-01T10:01:00Z',
  });
  expect(job.metadata).toMatchObject({
    labels: { app: 'tick' },
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-01T10:01:00Z' },
    ownerReferences: [{ kind: 'CronJob', name: 'tick', uid: cron.metadata.uid, controller: true }],
  });
  const [pod] = await listLoose(cluster, 'v1', 'Pod');
  expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'Job', uid: job.metadata.uid }]);
  clock.advance(5_000);
  expect(await jobs(cluster)).toEqual(['1 Complete']);
  expect((await getLoose(cluster, cronRef)).status).toEqual({
    lastScheduleTime: '2026-11-01T10:01:00Z',
    lastSuccessfulTime: '2026-11-01T10:01:00Z',
  });
  expect(await events(cluster)).toEqual([
    `SuccessfulCreate: Created job ${job.metadata.name}`,
    `SawCompletedJob: Saw completed job: ${job.metadata.name}, condition: Complete`,
  ]);
  await cluster.delete(cronRef);
  expect([await jobs(cluster), await listLoose(cluster, 'v1', 'Pod')]).toEqual([[], []]);
});

const fails = { images: { images: [{ image: 'corp.example/fails:1', exitCode: 1 }] } };

test.each<readonly [string, KubeObject, number, readonly string[]]>([
  ['keeps the last three that were complete', cronJob(), 6, ['4 Complete', '5 Complete', '6 Complete']],
  ['keeps as many as it says', cronJob({ successfulJobsHistoryLimit: 1 }), 6, ['6 Complete']],
  ['keeps none', cronJob({ successfulJobsHistoryLimit: 0 }), 6, []],
  ['is suspended', cronJob({ suspend: true }), 6, []],
  ['every five minutes', cronJob({ schedule: '*/5 * * * *' }), 11, ['5 Complete', '10 Complete']],
  ['in its time zone', cronJob({ schedule: '3 11 * * *', timeZone: 'Europe/Berlin' }), 6, ['3 Complete']],
  ['not in another', cronJob({ schedule: '3 11 * * *' }), 6, []],
  ['Allow: one beside the other', cronJob({}, stuck), 3, ['1 active', '2 active', '3 active']],
  ['Forbid: not while one is active', cronJob({ concurrencyPolicy: 'Forbid' }, stuck), 3, ['1 active']],
  ['Replace: the new one instead', cronJob({ concurrencyPolicy: 'Replace' }, stuck), 3, ['3 active']],
])('%s', async (_name, object, minutes, expected) => {
  const { cluster } = await opened(object, minutes * minute + 10_000);
  expect(await jobs(cluster)).toEqual(expected);
});

test('of those that failed the last one is kept', async () => {
  const object = cronJob({}, 'corp.example/fails:1', { backoffLimit: 0 });
  const { cluster } = await opened(object, 3 * minute + 10_000, fails);
  expect(await jobs(cluster)).toEqual(['3 Failed']);
  expect((await getLoose(cluster, cronRef)).status.lastSuccessfulTime).toBeUndefined();
});

test('with Forbid, a time that was missed is served when the one before has ended', async () => {
  // It fails at once, is tried again after 10, 20, 40 s, and has failed after about 72 s.
  const object = cronJob({ concurrencyPolicy: 'Forbid' }, 'corp.example/fails:1', { backoffLimit: 3 });
  const { cluster, clock } = await opened(object, 2 * minute + 5_000, fails);
  expect(await jobs(cluster)).toEqual(['1 active']);
  expect(await events(cluster)).toContain(
    'JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
  );
  clock.advance(15_000);
  const [, late] = await listLoose(cluster, 'batch/v1', 'Job');
  expect(await jobs(cluster)).toEqual(['1 Failed', '2 active']);
  expect(late.metadata.creationTimestamp).not.toBe('2026-11-01T10:02:00Z');
});

test('with a starting deadline, a time that was missed too long ago is not served', async () => {
  const spec = { concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 5 };
  const object = cronJob(spec, 'corp.example/fails:1', { backoffLimit: 3 });
  const { cluster } = await opened(object, 2 * minute + 20_000, fails);
  expect(await jobs(cluster)).toEqual(['1 Failed']);
});

test('resumed, it serves the last time that it missed, and no other', async () => {
  const { cluster, clock } = await opened(cronJob({ suspend: true }), 5 * minute + 30_000);
  await cluster.apply(cronJob({ suspend: false }));
  clock.advance(5_000);
  expect(await jobs(cluster)).toEqual(['5 Complete']);
});

describe('what people delete', () => {
  test('a Job goes, and its time is not served again', async () => {
    const { cluster, clock } = await opened(cronJob(), 2 * minute + 10_000);
    const [job] = await listLoose(cluster, 'batch/v1', 'Job');
    await cluster.delete({
      apiVersion: 'batch/v1',
      kind: 'Job',
      namespace: 'default',
      name: job.metadata.name,
    });
    clock.advance(10_000);
    expect(await jobs(cluster)).toEqual(['2 Complete']);
  });

  test('a Pod that has not ended is made again by its Job', async () => {
    const { cluster, clock } = await opened(cronJob({}, stuck), minute + 10_000);
    const [pod] = await listLoose(cluster, 'v1', 'Pod');
    await cluster.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: pod.metadata.name });
    clock.advance(15_000);
    const [other] = await listLoose(cluster, 'v1', 'Pod');
    expect(other.metadata.name).not.toBe(pod.metadata.name);
  });

  test('a Job that the CronJob made cannot be changed', async () => {
    const { cluster } = await opened(cronJob(), minute + 10_000);
    const [job] = await listLoose(cluster, 'batch/v1', 'Job');
    const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name: job.metadata.name };
    await expect(cluster.patch(ref, { spec: { suspend: true } })).rejects.toThrow('in-memory cluster');
  });
});

test('no more Jobs than can be shown run at a time', async () => {
  const { cluster } = await opened(cronJob({}, stuck), 60 * minute);
  expect(await jobs(cluster)).toHaveLength(50);
  expect((await events(cluster)).at(-1)).toMatch(/^FailedCreate: Error creating job: .*exceeded quota/);
});

test('after a long absence it stands where it would have', async () => {
  const { cluster } = await opened(cronJob({ schedule: '*/2 * * * *' }), 60 * 24 * 60 * minute + 10_000);
  const [first] = await listLoose(cluster, 'batch/v1', 'Job');
  expect(await jobs(cluster)).toHaveLength(3);
  expect(first.metadata.creationTimestamp).toBe('2026-12-31T09:56:00Z');
});

test.each<readonly [JsonObject, string]>([
  [{ schedule: '' }, 'spec.schedule: Required value'],
  [{ schedule: '61 * * * *' }, 'spec.schedule: Invalid value: "61 * * * *"'],
  [{ schedule: '* * * * * *' }, 'expected exactly 5 fields'],
  [{ schedule: '0 0 L * *' }, 'expected exactly 5 fields'],
  [{ schedule: '@every 1h' }, 'an in-memory cluster reads no @every'],
  [{ schedule: 'TZ=UTC * * * * *' }, 'use timeZone field instead'],
  [{ timeZone: 'No/Where' }, 'unknown time zone No/Where'],
  [{ concurrencyPolicy: 'Never' }, 'supported values: "Allow", "Forbid", "Replace"'],
  [{ startingDeadlineSeconds: -1 }, 'spec.startingDeadlineSeconds: Invalid value: -1'],
  [
    { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', image: 'busybox' }] } } } } },
    'spec.jobTemplate.spec.template.spec.restartPolicy: Required value',
  ],
])('%j is refused', async (spec, message) => {
  const { cluster } = await openMemory();
  await expect(cluster.apply(cronJob(spec))).rejects.toThrow(message);
});

test('looking in between changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('Allow', 'Forbid', 'Replace'),
      async (pauses, concurrencyPolicy) => {
        const object = cronJob({ concurrencyPolicy }, 'corp.example/fails:1', { backoffLimit: 3 });
        const often = await opened(object, 0, fails);
        const once = await opened(object, 0, fails);
        for (const ms of pauses) {
          often.clock.advance(ms);
          await listLoose(often.cluster, 'v1', 'Pod');
        }
        once.clock.advance(pauses.reduce((sum, ms) => sum + ms, 0));
        const [left, right] = await Promise.all(
          [often, once].map(async ({ cluster }) => [
            await getLoose(cluster, cronRef),
            await listLoose(cluster, 'batch/v1', 'Job'),
            await listLoose(cluster, 'v1', 'Pod'),
          ]),
        );
        expect(left).toEqual(right);
      },
    ),
    { numRuns: 30 },
  );
});
