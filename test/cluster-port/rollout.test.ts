import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../src/cluster/port.ts';
import { conditions, deployment, getLoose, listLoose, openMemory, webRef, type Loose } from './fixtures.ts';

test('a Deployment goes through the states that controllers and kubelets show', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(deployment());
  const seen: string[] = [];
  for (let ms = 0; ms <= 500; ms += 10, clock.advance(10)) {
    const { status } = await getLoose(cluster, webRef);
    const pods = await listLoose(cluster, 'v1', 'Pod');
    const state = `${status.observedGeneration ?? '-'} ${status.updatedReplicas ?? 0}/${status.readyReplicas ?? 0} ${pods.map(podState).join()}`;
    if (!seen.at(-1)?.endsWith(state)) seen.push(`${ms}: ${state}`);
  }
  expect(seen).toEqual([
    '0: - 0/0 ',
    '20: 1 1/0 Pending',
    '70: 1 1/0 Pending:ContainerCreating',
    '320: 1 1/0 Running:running',
    '420: 1 1/1 Running:running:ready',
  ]);
  const deployed = await getLoose(cluster, webRef);
  expect(conditions(deployed)).toEqual([
    'Available=True/MinimumReplicasAvailable',
    'Progressing=True/NewReplicaSetAvailable',
  ]);
  expect(deployed.status.conditions[1].message).toMatch(
    /^ReplicaSet "web-\w+" has successfully progressed\.$/,
  );
  expect(deployed.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
});

test('a Deployment makes ReplicaSets and Pods, and nothing that is listed as another kind', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(deployment());
  clock.advance(1_000);
  expect(await cluster.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })).toEqual([]);
  expect(await cluster.list({ apiVersion: 'batch/v1', kind: 'Job' })).toEqual([]);
});

test('Deployment, ReplicaSet and Pod belong together', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(deployment());
  clock.advance(1_000);
  const deployed = await getLoose(cluster, webRef);
  const [set] = await listLoose(cluster, 'apps/v1', 'ReplicaSet');
  const [pod] = await listLoose(cluster, 'v1', 'Pod');
  const hash = set.metadata.labels['pod-template-hash'];
  expect(set.metadata.name).toBe(`web-${hash}`);
  expect(set.metadata.ownerReferences).toMatchObject([
    { kind: 'Deployment', name: 'web', uid: deployed.metadata.uid, controller: true },
  ]);
  expect(set.spec.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });
  expect(set.status).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 1 });
  expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', uid: set.metadata.uid }]);
  expect(pod.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash });
  expect(conditions(pod)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: pod.metadata.name };
  expect(await cluster.get(ref)).toEqual(pod);
});

describe('an update', () => {
  test('brings up new Pods before it takes down the old, and keeps the old ReplicaSet', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment({ replicas: 3 }));
    clock.advance(1_000);
    await cluster.apply(deployment({ replicas: 3, image: 'nginx:1.28' }));
    let leastReady = 3;
    let mostPods = 0;
    for (let ms = 0; ms < 5_000; ms += 10, clock.advance(10)) {
      const pods = await listLoose(cluster, 'v1', 'Pod');
      leastReady = Math.min(leastReady, pods.filter(isReady).length);
      mostPods = Math.max(mostPods, pods.length);
    }
    expect([leastReady, mostPods]).toEqual([3, 4]);
    expect(await imagesOf(cluster)).toEqual(['nginx:1.28', 'nginx:1.28', 'nginx:1.28']);
    const sets = await listLoose(cluster, 'apps/v1', 'ReplicaSet');
    expect(sets.map(({ spec }) => spec.replicas).toSorted((a, b) => a - b)).toEqual([0, 3]);
    expect(await getLoose(cluster, webRef)).toMatchObject({
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } },
      status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 },
    });
  });

  test('to a bad image leaves the old Pods running and is given up at the deadline', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment());
    clock.advance(1_000);
    await cluster.apply(deployment({ image: 'invalid', spec: { progressDeadlineSeconds: 60 } }));
    clock.advance(5_000);
    const pods = await listLoose(cluster, 'v1', 'Pod');
    expect(pods.map(podState).toSorted()).toEqual(['Pending:ImagePullBackOff', 'Running:running:ready']);
    const stuck = await getLoose(cluster, webRef);
    expect(stuck.status).toMatchObject({
      replicas: 2,
      updatedReplicas: 1,
      readyReplicas: 1,
      unavailableReplicas: 1,
    });
    expect(conditions(stuck)).toContain('Progressing=True/ReplicaSetUpdated');
    clock.advance(60_000);
    const failed = await getLoose(cluster, webRef);
    expect(conditions(failed)).toEqual([
      'Available=True/MinimumReplicasAvailable',
      'Progressing=False/ProgressDeadlineExceeded',
    ]);
    await cluster.apply(deployment());
    clock.advance(1_000);
    expect(conditions(await getLoose(cluster, webRef))).toContain('Progressing=True/NewReplicaSetAvailable');
    expect(await imagesOf(cluster)).toEqual(['nginx:1.27']);
  });

  test('back to an old template takes up its ReplicaSet again', async () => {
    const { cluster, clock } = await openMemory();
    const names: string[] = [];
    for (const image of ['nginx:1', 'nginx:2', 'nginx:1']) {
      await cluster.apply(deployment({ image }));
      clock.advance(5_000);
      names.push((await listLoose(cluster, 'v1', 'Pod'))[0].metadata.ownerReferences[0].name);
    }
    expect(names[2]).toBe(names[0]);
    expect(names[1]).not.toBe(names[0]);
    expect(await getLoose(cluster, webRef)).toMatchObject({
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '3' } },
    });
  });

  test('with Recreate takes down the old Pods first', async () => {
    const { cluster, clock } = await openMemory();
    const spec = { strategy: { type: 'Recreate' } };
    await cluster.apply(deployment({ replicas: 2, spec }));
    clock.advance(1_000);
    await cluster.apply(deployment({ replicas: 2, image: 'nginx:1.28', spec }));
    clock.advance(100);
    expect(await imagesOf(cluster)).toEqual(['nginx:1.28', 'nginx:1.28']);
    expect(conditions(await getLoose(cluster, webRef))).toContain(
      'Available=False/MinimumReplicasUnavailable',
    );
  });

  test('of a paused Deployment waits', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment());
    clock.advance(1_000);
    await cluster.apply(deployment({ image: 'nginx:1.28', replicas: 2, spec: { paused: true } }));
    clock.advance(5_000);
    expect(await imagesOf(cluster)).toEqual(['nginx:1.27', 'nginx:1.27']);
    await cluster.apply(deployment({ image: 'nginx:1.28', replicas: 2 }));
    clock.advance(5_000);
    expect(await imagesOf(cluster)).toEqual(['nginx:1.28', 'nginx:1.28']);
  });

  test('forgets ReplicaSets beyond the history limit', async () => {
    const { cluster, clock } = await openMemory();
    for (const tag of [1, 2, 3, 4, 5]) {
      await cluster.apply(deployment({ image: `nginx:${tag}`, spec: { revisionHistoryLimit: 2 } }));
      clock.advance(5_000);
    }
    expect(await listLoose(cluster, 'apps/v1', 'ReplicaSet')).toHaveLength(3);
  });
});

describe('the number of Pods', () => {
  test.each([
    [1, 3],
    [3, 1],
    [2, 0],
    [0, 2],
  ])('follows the replicas, from %d to %d', async (before, after) => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment({ replicas: before }));
    clock.advance(1_000);
    const kept = (await listLoose(cluster, 'v1', 'Pod')).map((pod) => pod.metadata.name);
    await cluster.apply(deployment({ replicas: after }));
    clock.advance(1_000);
    const pods = await listLoose(cluster, 'v1', 'Pod');
    expect(pods).toHaveLength(after);
    expect(pods.filter((pod) => kept.includes(pod.metadata.name))).toHaveLength(Math.min(before, after));
    const { status } = await getLoose(cluster, webRef);
    expect([status.replicas ?? 0, status.availableReplicas ?? 0]).toEqual([after, after]);
    expect(await listLoose(cluster, 'apps/v1', 'ReplicaSet')).toHaveLength(1);
  });

  test('is restored when one is deleted', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment({ replicas: 2 }));
    clock.advance(1_000);
    const [gone, kept] = await listLoose(cluster, 'v1', 'Pod');
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: gone.metadata.name };
    expect(await cluster.delete(ref)).toBe(true);
    expect((await getLoose(cluster, webRef)).status.readyReplicas).toBe(1);
    clock.advance(1_000);
    const names = (await listLoose(cluster, 'v1', 'Pod')).map((pod) => pod.metadata.name);
    expect(names).toHaveLength(2);
    expect(names).toContain(kept.metadata.name);
    expect(names).not.toContain(gone.metadata.name);
    const progress = conditions(await getLoose(cluster, webRef));
    expect(progress).toContain('Progressing=True/NewReplicaSetAvailable');
  });

  test('has a limit, which the Deployment reports', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment({ replicas: 2_000_000_000 }));
    clock.advance(10_000);
    const { status } = await getLoose(cluster, webRef);
    expect(status.replicas).toBe(500);
    expect(conditions({ status })).toContain('ReplicaFailure=True/FailedCreate');
  });

  test('counts as available only after minReadySeconds', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment({ spec: { minReadySeconds: 5 } }));
    clock.advance(1_000);
    expect((await getLoose(cluster, webRef)).status).toMatchObject({
      readyReplicas: 1,
      unavailableReplicas: 1,
    });
    clock.advance(5_000);
    expect((await getLoose(cluster, webRef)).status).toMatchObject({
      readyReplicas: 1,
      availableReplicas: 1,
    });
  });
});

test('a rolling update never goes below or above its limits', async () => {
  const limit = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('0%', '25%', '50%', '100%'));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      limit,
      limit,
      async (replicas, maxSurge, maxUnavailable) => {
        fc.pre(!isZero(maxSurge) || !isZero(maxUnavailable));
        const { cluster, clock } = await openMemory();
        const spec = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } };
        await cluster.apply(deployment({ replicas, spec }));
        clock.advance(2_000);
        await cluster.apply(deployment({ replicas, spec, image: 'nginx:1.28' }));
        const surge = amount(maxSurge, replicas, Math.ceil);
        const least = replicas - (amount(maxUnavailable, replicas, Math.floor) || (surge === 0 ? 1 : 0));
        for (let steps = 0; steps < 400; steps++, clock.advance(20)) {
          const { status } = await getLoose(cluster, webRef);
          expect(status.replicas).toBeLessThanOrEqual(replicas + surge);
          expect(status.availableReplicas ?? 0).toBeGreaterThanOrEqual(Math.max(0, least));
          if (
            status.updatedReplicas === replicas &&
            status.observedGeneration === 2 &&
            !status.unavailableReplicas
          )
            return;
        }
        expect.fail('the update did not end');
      },
    ),
    { numRuns: 25 },
  );
});

function isZero(value: number | string): boolean {
  return value === 0 || value === '0%';
}

function amount(value: number | string, whole: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number(value.slice(0, -1)) * whole) / 100);
}

async function imagesOf(cluster: Cluster): Promise<string[]> {
  return (await listLoose(cluster, 'v1', 'Pod')).map(({ spec }) => spec.containers[0].image);
}

function isReady(pod: Loose): boolean {
  return conditions(pod).includes('Ready=True');
}

/** `Running:running:ready`, `Pending:ContainerCreating`. */
function podState(pod: Loose): string {
  const [container] = pod.status.containerStatuses ?? [];
  if (container === undefined) return pod.status.phase;
  const state = container.state.waiting?.reason ?? Object.keys(container.state)[0];
  return `${pod.status.phase}:${state}${container.ready ? ':ready' : ''}`;
}
