import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { getLoose, listLoose, openMemory, type Loose, type MemoryPlace } from './fixtures.ts';

interface SetFixture {
  readonly image?: string;
  readonly spec?: JsonObject;
  readonly podSpec?: JsonObject;
}

function setOf(
  kind: 'StatefulSet' | 'DaemonSet',
  { image = 'nginx:1.27', spec, podSpec }: SetFixture,
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'main', image }], ...podSpec },
      },
      ...spec,
    },
  };
}

const stateful = (replicas: number, rest: SetFixture = {}): KubeObject =>
  setOf('StatefulSet', { ...rest, spec: { replicas, serviceName: 'db', ...rest.spec } });
const daemon = (rest: SetFixture = {}): KubeObject => setOf('DaemonSet', rest);
const ref = (
  kind: string,
  name = 'db',
): { apiVersion: string; kind: string; namespace: string; name: string } => ({
  apiVersion: kind === 'Pod' || kind === 'PersistentVolumeClaim' ? 'v1' : 'apps/v1',
  kind,
  namespace: 'default',
  name,
});

/** `db-0 nginx:1.27 ready`, of each Pod. */
async function pods(cluster: Cluster): Promise<readonly string[]> {
  return (await listLoose(cluster, 'v1', 'Pod')).map((pod: Loose) => {
    const isReady = pod.status.conditions?.some(
      (each: Loose) => each.type === 'Ready' && each.status === 'True',
    );
    return `${pod.metadata.name} ${pod.spec.containers[0].image}${isReady ? ' ready' : ''}`;
  });
}

/** What is seen, whenever it changes, until nothing has changed for a while. */
async function history(place: MemoryPlace, see: () => Promise<string>): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let ms = 0; ms < 4_000; ms += 10, place.clock.advance(10)) {
    // oxlint-disable-next-line no-await-in-loop -- one moment after the other
    const state = await see();
    if (seen.at(-1) !== state) seen.push(state);
  }
  return seen;
}

async function messages(cluster: Cluster, component: string): Promise<readonly string[]> {
  return (await listLoose(cluster, 'v1', 'Event'))
    .filter((event: Loose) => event.source.component === component)
    .toSorted((a: Loose, b: Loose) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((event: Loose) => `${event.reason}: ${event.message}`);
}

describe('a StatefulSet', () => {
  test('makes its Pods one after the other, each when the one before is ready', async () => {
    const place = await openMemory();
    await place.cluster.apply(stateful(3));
    const seen = await history(place, async () => (await pods(place.cluster)).join(', '));
    expect(seen).toEqual([
      '',
      'db-0 nginx:1.27',
      'db-0 nginx:1.27 ready, db-1 nginx:1.27',
      'db-0 nginx:1.27 ready, db-1 nginx:1.27 ready, db-2 nginx:1.27',
      'db-0 nginx:1.27 ready, db-1 nginx:1.27 ready, db-2 nginx:1.27 ready',
    ]);
    const set = await getLoose(place.cluster, ref('StatefulSet'));
    const revision = set.status.currentRevision;
    expect(revision).toMatch(/^db-\w{10}$/);
    expect(set.status).toEqual({
      availableReplicas: 3,
      collisionCount: 0,
      currentReplicas: 3,
      currentRevision: revision,
      observedGeneration: 1,
      readyReplicas: 3,
      replicas: 3,
      updateRevision: revision,
      updatedReplicas: 3,
    });
    const pod = await getLoose(place.cluster, ref('Pod', 'db-1'));
    expect(pod.metadata.labels).toEqual({
      app: 'db',
      'apps.kubernetes.io/pod-index': '1',
      'controller-revision-hash': revision,
      'statefulset.kubernetes.io/pod-name': 'db-1',
    });
    expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'StatefulSet', uid: set.metadata.uid }]);
    expect(pod.spec).toMatchObject({ hostname: 'db-1', subdomain: 'db' });
    expect(await messages(place.cluster, 'statefulset-controller')).toEqual([
      'SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
      'SuccessfulCreate: create Pod db-1 in StatefulSet db successful',
      'SuccessfulCreate: create Pod db-2 in StatefulSet db successful',
    ]);
  });

  test('with podManagementPolicy Parallel, all at once', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(stateful(3, { spec: { podManagementPolicy: 'Parallel' } }));
    clock.advance(50);
    expect(await pods(cluster)).toHaveLength(3);
  });

  test('is updated from the highest ordinal down, one Pod at a time', async () => {
    const place = await openMemory();
    await place.cluster.apply(stateful(3));
    place.clock.advance(5_000);
    const { status: before } = await getLoose(place.cluster, ref('StatefulSet'));
    await place.cluster.apply(stateful(3, { image: 'nginx:1.28' }));
    const seen = await history(place, async () => {
      const { status } = await getLoose(place.cluster, ref('StatefulSet'));
      const images = (await pods(place.cluster)).map((pod) => pod.replace(/^db-\d nginx:/, ''));
      return `${images.join(', ')}; ${status.updatedReplicas ?? 0} updated, ${status.currentReplicas ?? 0} current`;
    });
    expect(seen).toEqual([
      '1.27 ready, 1.27 ready, 1.27 ready; 3 updated, 3 current',
      '1.27 ready, 1.27 ready, 1.28; 1 updated, 2 current',
      '1.27 ready, 1.28, 1.28 ready; 2 updated, 1 current',
      '1.28, 1.28 ready, 1.28 ready; 3 updated, 0 current',
      '1.28 ready, 1.28 ready, 1.28 ready; 3 updated, 3 current',
    ]);
    const { status } = await getLoose(place.cluster, ref('StatefulSet'));
    expect(status.currentRevision).toBe(status.updateRevision);
    expect(status.currentRevision).not.toBe(before.currentRevision);
  });

  test.each<readonly [string, JsonObject, readonly string[]]>([
    [
      'a partition keeps those below it',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      ['db-0 nginx:1.27 ready', 'db-1 nginx:1.27 ready', 'db-2 nginx:1.28 ready'],
    ],
    [
      'OnDelete changes nothing by itself',
      { updateStrategy: { type: 'OnDelete' } },
      ['db-0 nginx:1.27 ready', 'db-1 nginx:1.27 ready', 'db-2 nginx:1.27 ready'],
    ],
  ])('%s', async (_name, spec, expected) => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(stateful(3, { spec }));
    clock.advance(5_000);
    await cluster.apply(stateful(3, { spec, image: 'nginx:1.28' }));
    clock.advance(5_000);
    expect(await pods(cluster)).toEqual(expected);
    const { status } = await getLoose(cluster, ref('StatefulSet'));
    expect(status.currentRevision).not.toBe(status.updateRevision);
    // A Pod that is lost comes back: as it was below the partition, else as the spec says.
    await cluster.delete(ref('Pod', 'db-0'));
    clock.advance(5_000);
    const image = 'partition' in ((spec['updateStrategy'] as Loose).rollingUpdate ?? {}) ? '1.27' : '1.28';
    expect((await pods(cluster))[0]).toBe(`db-0 nginx:${image} ready`);
  });

  test('an image that cannot be had stops it at the first Pod, and so an update', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(stateful(2, { image: 'nginx.invalid/x:1' }));
    clock.advance(60_000);
    expect(await pods(cluster)).toEqual(['db-0 nginx.invalid/x:1']);
    const pod = await getLoose(cluster, ref('Pod', 'db-0'));
    expect(pod.status.containerStatuses[0].state.waiting.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    expect((await getLoose(cluster, ref('StatefulSet'))).status).toMatchObject({
      replicas: 1,
      availableReplicas: 0,
    });
    // As on a real cluster, the broken Pod is waited for until somebody deletes it.
    await cluster.apply(stateful(2));
    clock.advance(60_000);
    expect(await pods(cluster)).toEqual(['db-0 nginx.invalid/x:1']);
    await cluster.delete(ref('Pod', 'db-0'));
    clock.advance(5_000);
    expect(await pods(cluster)).toEqual(['db-0 nginx:1.27 ready', 'db-1 nginx:1.27 ready']);
  });

  test('is scaled down from the highest ordinal', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(stateful(3));
    clock.advance(5_000);
    await cluster.apply(stateful(1));
    clock.advance(1_000);
    expect(await pods(cluster)).toEqual(['db-0 nginx:1.27 ready']);
    expect((await messages(cluster, 'statefulset-controller')).slice(3)).toEqual([
      'SuccessfulDelete: delete Pod db-2 in StatefulSet db successful',
      'SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
    ]);
  });

  test('more replicas than can be followed are refused', async () => {
    const { cluster } = await openMemory();
    await expect(cluster.apply(stateful(201))).rejects.toThrow('up to 200 replicas');
  });
});

describe('claims of a StatefulSet', () => {
  const volumeClaimTemplates = [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ];
  const claims = async (cluster: Cluster): Promise<readonly string[]> =>
    (await listLoose(cluster, 'v1', 'PersistentVolumeClaim')).map(
      ({ metadata, status }: Loose) => `${metadata.name} ${status.phase} ${status.capacity.storage}`,
    );

  test('are made with their Pods, bound, and mounted', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(stateful(2, { spec: { volumeClaimTemplates } }));
    clock.advance(5_000);
    expect(await claims(cluster)).toEqual(['data-db-0 Bound 1Gi', 'data-db-1 Bound 1Gi']);
    const pod = await getLoose(cluster, ref('Pod', 'db-1'));
    expect(pod.spec.volumes).toEqual([{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }]);
    const claim = await getLoose(cluster, ref('PersistentVolumeClaim', 'data-db-1'));
    expect(claim.spec.volumeName).toBe(`pvc-${claim.metadata.uid}`);
    expect(await messages(cluster, 'statefulset-controller')).toContain(
      'SuccessfulCreate: create Claim data-db-1 Pod db-1 in StatefulSet db success',
    );
    await expect(cluster.delete(ref('PersistentVolumeClaim', 'data-db-1'))).rejects.toThrow(
      'in-memory cluster',
    );
  });

  test.each<readonly [string, JsonObject, readonly string[], readonly string[]]>([
    ['by default', {}, ['data-db-0', 'data-db-1'], ['data-db-0', 'data-db-1']],
    ['with whenScaled: Delete', { whenScaled: 'Delete' }, ['data-db-0'], ['data-db-0']],
    ['with whenDeleted: Delete', { whenDeleted: 'Delete' }, ['data-db-0', 'data-db-1'], []],
  ])(
    '%s: what is left after scaling down, and after the set is gone',
    async (_name, policy, scaled, deleted) => {
      const { cluster, clock } = await openMemory();
      const spec = { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: policy };
      const names = async (): Promise<readonly string[]> =>
        (await listLoose(cluster, 'v1', 'PersistentVolumeClaim')).map(({ metadata }: Loose) => metadata.name);
      await cluster.apply(stateful(2, { spec }));
      clock.advance(5_000);
      const uid = (await getLoose(cluster, ref('PersistentVolumeClaim', 'data-db-0'))).metadata.uid;
      await cluster.apply(stateful(1, { spec }));
      clock.advance(5_000);
      expect(await names()).toEqual(scaled);
      await cluster.delete(ref('StatefulSet'));
      expect(await names()).toEqual(deleted);
      expect(await pods(cluster)).toEqual([]);
      // A set of the same name finds its volumes again.
      await cluster.apply(stateful(2, { spec }));
      clock.advance(5_000);
      expect(await names()).toEqual(['data-db-0', 'data-db-1']);
      const again = (await getLoose(cluster, ref('PersistentVolumeClaim', 'data-db-0'))).metadata.uid;
      expect(again === uid).toBe(deleted.length > 0);
    },
  );

  test('one whose Pod is gone can be deleted', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(stateful(2, { spec: { volumeClaimTemplates } }));
    clock.advance(5_000);
    await cluster.apply(stateful(1, { spec: { volumeClaimTemplates } }));
    clock.advance(1_000);
    expect(await cluster.delete(ref('PersistentVolumeClaim', 'data-db-1'))).toBe(true);
    expect(await claims(cluster)).toEqual(['data-db-0 Bound 1Gi']);
  });
});

describe('a DaemonSet', () => {
  const status = async (cluster: Cluster): Promise<Loose> =>
    (await getLoose(cluster, ref('DaemonSet'))).status;

  test('has a Pod on the node', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(daemon());
    clock.advance(100);
    expect(await status(cluster)).toEqual({
      currentNumberScheduled: 1,
      desiredNumberScheduled: 1,
      numberMisscheduled: 0,
      numberReady: 0,
      numberUnavailable: 1,
      observedGeneration: 1,
      updatedNumberScheduled: 1,
    });
    clock.advance(5_000);
    expect(await status(cluster)).toEqual({
      currentNumberScheduled: 1,
      desiredNumberScheduled: 1,
      numberAvailable: 1,
      numberMisscheduled: 0,
      numberReady: 1,
      observedGeneration: 1,
      updatedNumberScheduled: 1,
    });
    const [pod] = await listLoose(cluster, 'v1', 'Pod');
    expect(pod.metadata.name).toMatch(/^db-\w{5}$/);
    expect(pod.metadata.labels).toMatchObject({ app: 'db', 'pod-template-generation': '1' });
    expect(await messages(cluster, 'daemonset-controller')).toEqual([
      `SuccessfulCreate: Created pod: ${pod.metadata.name}`,
    ]);
  });

  test.each<readonly [string, JsonObject, readonly (readonly string[])[]]>([
    ['takes the old Pod down first', {}, [['1.27 ready'], ['1.28'], ['1.28 ready']]],
    [
      'with a surge brings the new one up first',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      [['1.27 ready'], ['1.27 ready', '1.28'], ['1.28 ready']],
    ],
    ['with OnDelete does nothing by itself', { updateStrategy: { type: 'OnDelete' } }, [['1.27 ready']]],
  ])('an update %s', async (_name, spec, expected) => {
    const place = await openMemory();
    await place.cluster.apply(daemon({ spec }));
    place.clock.advance(5_000);
    await place.cluster.apply(daemon({ spec, image: 'nginx:1.28' }));
    const seen = await history(place, async () =>
      JSON.stringify((await pods(place.cluster)).map((pod) => pod.replace(/^.*nginx:/, '')).toSorted()),
    );
    expect(seen.map((text) => JSON.parse(text) as string[])).toEqual(expected);
  });

  test.each<readonly [JsonObject, number]>([
    [{ 'kubernetes.io/os': 'linux' }, 1],
    [{ disk: 'ssd' }, 0],
  ])('goes to the node that its nodeSelector %j names', async (nodeSelector, desired) => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(daemon({ podSpec: { nodeSelector } }));
    clock.advance(5_000);
    expect((await status(cluster)).desiredNumberScheduled).toBe(desired);
    expect(await pods(cluster)).toHaveLength(desired);
  });

  test('makes another Pod for one that is deleted, and none when it is gone itself', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(daemon());
    clock.advance(5_000);
    const [pod] = await listLoose(cluster, 'v1', 'Pod');
    await cluster.delete(ref('Pod', pod.metadata.name));
    clock.advance(5_000);
    const [other] = await listLoose(cluster, 'v1', 'Pod');
    expect(other.metadata.name).not.toBe(pod.metadata.name);
    await cluster.delete(ref('DaemonSet'));
    expect(await pods(cluster)).toEqual([]);
  });
});

test('looking in between changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
      async (pauses) => {
        const total = pauses.reduce((sum, ms) => sum + ms, 0);
        const [often, once] = [await openMemory(), await openMemory()];
        for (const { cluster, clock } of [often, once]) {
          await cluster.apply(stateful(3));
          clock.advance(5_000);
          await cluster.apply(stateful(4, { image: 'nginx:1.28' }));
        }
        for (const ms of pauses) {
          often.clock.advance(ms);
          await listLoose(often.cluster, 'v1', 'Pod');
        }
        once.clock.advance(total);
        const [left, right] = await Promise.all(
          [often, once].map(async ({ cluster }) => [
            await getLoose(cluster, ref('StatefulSet')),
            await listLoose(cluster, 'v1', 'Pod'),
          ]),
        );
        expect(left).toEqual(right);
      },
    ),
    { numRuns: 20 },
  );
});
