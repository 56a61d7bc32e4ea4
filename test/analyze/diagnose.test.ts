import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { diagnose } from '../../src/analyze/diagnose.ts';
import { textsAt } from '../../src/analyze/json-fields.ts';
import { readLiveState, stateAlone } from '../../src/analyze/live-state.ts';
import { fakeCluster } from './fake-cluster.ts';
import {
  ago,
  availableStatus,
  bareDeployment,
  eventOn,
  nowMs,
  podOf,
  replicaSetOf,
  waitingStatus,
} from './kube-fixtures.ts';
import { diagnosisOf, idsOf, loopStatus, withPod } from './scene.ts';

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
    expect(idsOf(result.causes)).toEqual(['ImagePullFailed']);
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
  expect(idsOf(malformed.causes)).toEqual(['ImageNameInvalid']);
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

test.each<[string, KubeObject, string[]]>([
  [
    'a namespace says what is left in it',
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'old', deletionTimestamp: ago(3600) },
      status: {
        conditions: [
          {
            type: 'NamespaceDeletionDiscoveryFailure',
            status: 'True',
            message: 'metrics.k8s.io/v1beta1: stale',
          },
          { type: 'NamespaceContentRemaining', status: 'False', message: 'none' },
        ],
      },
    },
    ['metrics.k8s.io/v1beta1: stale'],
  ],
  [
    'a claim names its finalizers',
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', deletionTimestamp: ago(3600), finalizers: ['kubernetes.io/pvc-protection'] },
    },
    [],
  ],
])('an object that should be gone: %s', (_, object, evidence) => {
  const { causes, health } = diagnose(stateAlone(object), nowMs);
  expect(health).toBe('broken');
  expect(causes.map(({ id }) => id)).toEqual(['DeletionPending']);
  expect(causes[0]?.evidence.map(({ text }) => text)).toEqual(evidence);
  for (const finalizer of textsAt(object, 'metadata', 'finalizers'))
    expect(causes[0]?.text).toContain(finalizer);
});

test('an object that is being deleted has its time', () => {
  const metadata = { name: 'old', deletionTimestamp: ago(60) };
  expect(diagnose(stateAlone({ apiVersion: 'v1', kind: 'Namespace', metadata }), nowMs).causes).toEqual([]);
});
