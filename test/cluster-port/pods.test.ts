import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openMapObjectStore } from '../../src/cluster/memory/map-object-store.ts';
import type { ClusterRules } from '../../src/cluster/memory/images/cluster-rules.ts';
import { conditions, deployment, listLoose, openMemory, type Loose, type MemoryPlace } from './fixtures.ts';

function pod(spec: JsonObject, name: string = 'p'): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
}

async function run(
  spec: JsonObject,
  ms: number,
  images?: ClusterRules,
): Promise<MemoryPlace & { pod: Loose }> {
  const place = await openMemory(images === undefined ? {} : { images });
  await place.cluster.apply(pod(spec));
  place.clock.advance(ms);
  return { ...place, pod: (await listLoose(place.cluster, 'v1', 'Pod'))[0] };
}

const deniedPull =
  'failed to pull and unpack image "docker.io/library/invalid:latest": failed to resolve reference "docker.io/library/invalid:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';

test('a bare Pod is scheduled, runs and is ready', async () => {
  const { pod: seen } = await run({ containers: [{ name: 'a', image: 'nginx' }] }, 1_000);
  expect(seen.spec).toMatchObject({
    nodeName: 'memory',
    serviceAccountName: 'default',
    containers: [{ imagePullPolicy: 'Always' }],
  });
  expect(seen.status).toMatchObject({
    phase: 'Running',
    qosClass: 'BestEffort',
    podIP: expect.stringMatching(/^10\.\d+\.\d+\.\d+$/) as string,
    containerStatuses: [
      {
        image: 'docker.io/library/nginx:latest',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: '2026-11-01T10:00:00Z' } },
      },
    ],
  });
});

test('an image that cannot be pulled is tried again with longer and longer waits', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(pod({ containers: [{ name: 'a', image: 'invalid' }] }));
  const changes: string[] = [];
  for (let ms = 0; ms < 60_000; ms += 100, clock.advance(100)) {
    const [seen] = await listLoose(cluster, 'v1', 'Pod');
    const reason = seen.status.containerStatuses?.[0].state.waiting.reason ?? 'none';
    if (!changes.at(-1)?.endsWith(reason)) changes.push(`${ms / 1000} ${reason}`);
    expect(seen.status.phase).toBe('Pending');
  }
  expect(changes).toEqual([
    '0 none',
    '0.1 ContainerCreating',
    '0.3 ErrImagePull',
    '1 ImagePullBackOff',
    '11.2 ErrImagePull',
    '11.9 ImagePullBackOff',
    '32.1 ErrImagePull',
    '32.8 ImagePullBackOff',
  ]);
});

test('a failed pull is said as a kubelet says it', async () => {
  const { cluster, pod: seen } = await run({ containers: [{ name: 'a', image: 'invalid' }] }, 35_000);
  expect(seen.status.containerStatuses[0].state.waiting).toEqual({
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "invalid": ErrImagePull: ${deniedPull}`,
  });
  expect(conditions(seen)).toContain('Ready=False/ContainersNotReady');
  const events = await listLoose(cluster, 'v1', 'Event');
  expect(events.map((event) => [event.type, event.reason, event.message, event.count])).toEqual([
    ['Normal', 'Scheduled', 'Successfully assigned default/p to memory', 1],
    ['Normal', 'Pulling', 'Pulling image "invalid"', 3],
    ['Warning', 'Failed', `Failed to pull image "invalid": ${deniedPull}`, 3],
    ['Warning', 'Failed', 'Error: ErrImagePull', 3],
    ['Normal', 'BackOff', 'Back-off pulling image "invalid"', 4],
    ['Warning', 'Failed', 'Error: ImagePullBackOff', 4],
  ]);
  expect(events[2]).toMatchObject({
    involvedObject: { kind: 'Pod', name: 'p', uid: seen.metadata.uid, fieldPath: 'spec.containers{a}' },
    source: { component: 'kubelet', host: 'memory' },
    firstTimestamp: '2026-11-01T10:00:00Z',
    lastTimestamp: '2026-11-01T10:00:32Z',
  });
});

test('a name that no runtime takes is not even tried', async () => {
  const { cluster, pod: seen } = await run({ containers: [{ name: 'a', image: 'Bad:Image:x' }] }, 60_000);
  expect(seen.status.containerStatuses[0].state.waiting).toEqual({
    reason: 'InvalidImageName',
    message: expect.stringMatching(
      /^Failed to apply default image tag "Bad:Image:x": couldn't parse image name/,
    ) as string,
  });
  expect((await listLoose(cluster, 'v1', 'Event')).map(({ reason }) => reason)).toEqual([
    'Scheduled',
    'InspectFailed',
    'Failed',
  ]);
});

describe('init containers', () => {
  const main = { name: 'main', image: 'nginx' };

  test('run one after the other before the others', async () => {
    const { pod: seen } = await run(
      {
        initContainers: [
          { name: 'one', image: 'busybox' },
          { name: 'two', image: 'busybox' },
        ],
        containers: [main],
      },
      5_000,
    );
    expect(conditions(seen)).toContain('Ready=True');
    expect(seen.status.initContainerStatuses.map((each: Loose) => each.state.terminated.reason)).toEqual([
      'Completed',
      'Completed',
    ]);
  });

  test('hold up the others while one has no image', async () => {
    const { pod: seen } = await run(
      {
        initContainers: [
          { name: 'one', image: 'invalid' },
          { name: 'two', image: 'busybox' },
        ],
        containers: [main],
      },
      5_000,
    );
    expect(seen.status.phase).toBe('Pending');
    expect(seen.status.initContainerStatuses[0].state.waiting.reason).toBe('ImagePullBackOff');
    expect(seen.status.containerStatuses[0].state.waiting.reason).toBe('PodInitializing');
    expect(seen.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Initialized',
        status: 'False',
        message: 'containers with incomplete status: [one two]',
      }),
    );
  });

  test('may be sidecars, which go on running', async () => {
    const { pod: seen } = await run(
      {
        initContainers: [{ name: 'side', image: 'envoy-x/envoy:1', restartPolicy: 'Always' }],
        containers: [main],
      },
      5_000,
    );
    expect(seen.status.initContainerStatuses[0].state.running).toBeDefined();
    expect(conditions(seen)).toContain('Ready=True');
  });
});

describe('what a cluster file says of an image', () => {
  test('exitCode: the container crashes in a loop', async () => {
    const images = { images: [{ image: 'corp.example/app:*', exitCode: 3 }] };
    const { cluster, pod: seen } = await run(
      { containers: [{ name: 'a', image: 'corp.example/app:1' }] },
      20_000,
      images,
    );
    const [status] = seen.status.containerStatuses;
    expect(seen.status.phase).toBe('Running');
    expect(status).toMatchObject({
      ready: false,
      restartCount: 1,
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    });
    expect(status.state.waiting.message).toMatch(
      /^back-off 20s restarting failed container=a pod=p_default\(/,
    );
    const restarts = (await listLoose(cluster, 'v1', 'Event')).filter(({ reason }) => reason === 'BackOff');
    expect(restarts).toMatchObject([
      {
        type: 'Warning',
        message: expect.stringContaining('Back-off restarting failed container a in pod p_default') as string,
      },
    ]);
  });

  test('ready: false: it runs and is never ready', async () => {
    const images = { images: [{ image: 'corp.example/app:1', ready: false }] };
    const probe = { readinessProbe: { httpGet: { port: 80 } } };
    const { cluster, pod: seen } = await run(
      { containers: [{ name: 'a', image: 'corp.example/app:1', ...probe }] },
      25_000,
      images,
    );
    expect(seen.status.phase).toBe('Running');
    expect(conditions(seen)).toContain('Ready=False/ContainersNotReady');
    const unhealthy = (await listLoose(cluster, 'v1', 'Event')).find(({ reason }) => reason === 'Unhealthy');
    expect(unhealthy).toMatchObject({ type: 'Warning', count: 3 });
  });

  test('what was decided stays with the object, in a process without the file, too', async () => {
    const objects = openMapObjectStore();
    const first = await openMemory({ objects, images: { images: [{ image: 'nginx*', pull: false }] } });
    await first.cluster.apply(deployment());
    const place = await openMemory({ objects }, first.clock);
    place.clock.advance(5_000);
    const [seen] = await listLoose(place.cluster, 'v1', 'Pod');
    expect(seen.status.containerStatuses[0].state.waiting.reason).toBe('ImagePullBackOff');
  });
});

test.each([
  ['Never', 'Succeeded'],
  ['OnFailure', 'Succeeded'],
  ['Always', 'Running'],
])('with restartPolicy %s a Pod is %s in the end', async (restartPolicy, phase) => {
  const { pod: seen } = await run({ restartPolicy, containers: [{ name: 'a', image: 'busybox' }] }, 10_000);
  expect(seen.status.phase).toBe(phase);
});

test.each<readonly [string, JsonObject | undefined, string]>([
  ['no requests', undefined, 'BestEffort'],
  ['requests', { requests: { cpu: '1' } }, 'Burstable'],
  ['limits of both', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  ['limits of one', { limits: { cpu: '1' } }, 'Burstable'],
])('the QoS class with %s', async (_what, resources, expected) => {
  const container = { name: 'a', image: 'nginx', ...(resources === undefined ? {} : { resources }) };
  const { pod: seen } = await run({ containers: [container] }, 1_000);
  expect(seen.status.qosClass).toBe(expected);
});

test('Events are forgotten an hour after they were last seen', async () => {
  const { cluster, clock } = await run({ containers: [{ name: 'a', image: 'nginx' }] }, 1_000);
  expect(await listLoose(cluster, 'v1', 'Event')).toHaveLength(5);
  clock.advance(3_600_000);
  expect(await listLoose(cluster, 'v1', 'Event')).toEqual([]);
});

test('names, uids and addresses of Pods differ', async () => {
  const { cluster, clock } = await openMemory();
  for (const name of ['a', 'b', 'c']) await cluster.apply(deployment({ name, replicas: 10 }));
  clock.advance(1_000);
  const pods = await listLoose(cluster, 'v1', 'Pod');
  for (const of of [
    (each: Loose) => each.metadata.uid,
    (each: Loose) => each.metadata.name,
    (each: Loose) => each.status.podIP,
  ])
    expect(new Set(pods.map(of)).size).toBe(30);
  const events = await listLoose(cluster, 'v1', 'Event');
  expect(new Set(events.map((each) => each.metadata.name)).size).toBe(events.length);
});

test('what the cluster makes is not changed by hand', async () => {
  const { cluster, clock } = await openMemory();
  await cluster.apply(deployment());
  clock.advance(1_000);
  const [made] = await listLoose(cluster, 'v1', 'Pod');
  await expect(cluster.apply(made)).rejects.toMatchObject({ kind: 'terminal', code: 'MadeByCluster' });
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: made.metadata.name };
  await expect(cluster.patch(ref, { metadata: { labels: { a: 'b' } } })).rejects.toMatchObject({
    code: 'MadeByCluster',
  });
});
