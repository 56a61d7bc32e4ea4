import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMapObjectStore } from '../../src/cluster/memory/map-object-store.ts';
import type { ObjectStore } from '../../src/cluster/memory/object-store.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { conditions, deployment, listLoose, openMemory } from './fixtures.ts';
import { ManualClock } from './manual-clock.ts';

/** One thing that a user does, some time after the last. */
interface Step {
  readonly afterMs: number;
  readonly kind: 'apply' | 'delete' | 'delete-pod' | 'job';
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 0, max: 700_000 })),
  kind: fc.constantFrom('apply', 'apply', 'apply', 'delete', 'delete-pod', 'job'),
  name: fc.constantFrom('a', 'b'),
  image: fc.constantFrom('nginx:1', 'nginx:2', 'invalid', 'corp.example/crashes', 'BAD'),
  replicas: fc.integer({ min: 0, max: 4 }),
});

const images = { images: [{ image: 'corp.example/crashes', exitCode: 1 }] };
const kinds: readonly (readonly [string, string])[] = [
  ['v1', 'Namespace'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['batch/v1', 'Job'],
  ['v1', 'Pod'],
  ['v1', 'Event'],
];

async function perform(cluster: Cluster, { kind, name, image, replicas }: Step): Promise<void> {
  if (kind === 'apply') {
    await cluster.apply(deployment({ name, image, replicas, spec: { progressDeadlineSeconds: 60 } }));
  } else if (kind === 'delete') {
    await cluster.delete({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name });
  } else if (kind === 'delete-pod') {
    const [pod] = await cluster.list({ apiVersion: 'v1', kind: 'Pod' });
    if (pod !== undefined)
      await cluster.delete({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'default',
        name: pod.metadata.name ?? '',
      });
  } else {
    const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image }] };
    const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name };
    await cluster.delete(ref);
    await cluster.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'default' },
      spec: { backoffLimit: 2, template: { spec } },
    });
  }
}

async function everything(cluster: Cluster): Promise<string> {
  const lists: unknown[] = [];
  for (const [apiVersion, kind] of kinds) lists.push(await cluster.list({ apiVersion, kind }));
  return JSON.stringify(lists);
}

async function replay(
  steps: readonly Step[],
  looksBetween: boolean,
): Promise<{ readonly shown: string; readonly objects: ObjectStore; readonly clock: ManualClock }> {
  const objects = openMapObjectStore();
  const { cluster, clock } = await openMemory({ objects, images });
  for (const each of steps) {
    if (looksBetween) {
      for (const part of [0.1, 0.3, 0.6]) {
        clock.advance(Math.floor(each.afterMs * part));
        await everything(cluster);
      }
    } else clock.advance([0.1, 0.3, 0.6].reduce((sum, part) => sum + Math.floor(each.afterMs * part), 0));
    await perform(cluster, each);
  }
  clock.advance(3_000);
  return { shown: await everything(cluster), objects, clock };
}

test('the same steps at the same times give the same bytes, looked at or not, in this process or another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const quiet = await replay(steps, false);
      const watched = await replay(steps, true);
      expect(watched.shown).toBe(quiet.shown);
      const other = await openMemory({ objects: quiet.objects }, quiet.clock);
      expect(await everything(other.cluster)).toBe(quiet.shown);
    }),
    { numRuns: 30 },
  );
});

test('a ready Pod stays ready, and versions only grow, as long as nobody changes anything', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 2, maxLength: 8 }),
      async (steps, waits) => {
        const { objects, clock } = await replay(steps, false);
        const { cluster } = await openMemory({ objects }, clock);
        let ready = new Set<string>();
        const versions = new Map<string, number>();
        for (const wait of waits) {
          clock.advance(wait);
          const pods = await listLoose(cluster, 'v1', 'Pod');
          const isReady = new Set<string>();
          for (const pod of pods) {
            const hasEnded = ['Succeeded', 'Failed'].includes(pod.status.phase);
            if (hasEnded || conditions(pod).includes('Ready=True')) isReady.add(pod.metadata.uid);
          }
          const present = new Set(pods.map((pod) => pod.metadata.uid));
          // A rollout that goes on may take Pods away; none that stays becomes unready.
          for (const uid of ready) if (present.has(uid)) expect(isReady).toContain(uid);
          ready = isReady;
          for (const object of [...pods, ...(await listLoose(cluster, 'apps/v1', 'Deployment'))]) {
            const version = Number(object.metadata.resourceVersion);
            expect(version).toBeGreaterThanOrEqual(versions.get(object.metadata.uid) ?? 0);
            versions.set(object.metadata.uid, version);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('an object that shows something else has another version', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(deployment({ replicas: 2 }));
  await cluster.apply(deployment({ name: 'bad', image: 'invalid' }));
  const seen = new Map<string, string>();
  for (let ms = 0; ms < 30_000; ms += 50, clock.advance(50)) {
    for (const kind of ['Deployment', 'ReplicaSet', 'Pod']) {
      for (const object of await listLoose(cluster, kind === 'Pod' ? 'v1' : 'apps/v1', kind)) {
        const key = `${object.metadata.uid} ${object.metadata.resourceVersion}`;
        const shown = JSON.stringify(object);
        expect(seen.get(key) ?? shown).toBe(shown);
        seen.set(key, shown);
      }
    }
  }
});
