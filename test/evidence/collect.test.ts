import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { CollectOptions } from '../../src/evidence/collect.ts';
import { collectEvidence } from '../../src/evidence/collect.ts';
import { fakeCluster } from '../analyze/fake-cluster.ts';
import { eventOn, merge, nowMs } from '../analyze/kube-fixtures.ts';
import { loopStatus, withPod } from '../analyze/scene.ts';

const crash = withPod(
  loopStatus({ reason: 'Error', exitCode: 1 }),
  [
    ['BackOff', 'Back-off restarting failed container'],
    ['BackOff', 'Back-off restarting failed container'],
  ],
  { container: { env: [{ name: 'DB_PASSWORD', value: 'wr0ng-h0rse' }] } },
);

const options: CollectOptions = {
  nowMs,
  logs: async (pod, container, previous) =>
    `start ${pod.name} ${container} ${previous}\nError: no database\n`,
};

function textOf(items: readonly { readonly ref: string; readonly text: string }[], start: string): string {
  return items.find((item) => item.ref.startsWith(start))?.text ?? '';
}

describe('the evidence about a Deployment whose Pod crashes', () => {
  test('has its findings, log, containers, events, object and revisions', async () => {
    const cluster = fakeCluster([crash.object, ...crash.others]);
    const bundle = await collectEvidence(crash.object, [cluster], options);
    expect(bundle.items.map((item) => item.kind)).toEqual(
      expect.arrayContaining(['finding', 'log', 'containers', 'events', 'object', 'change']),
    );
    expect(textOf(bundle.items, 'previous log')).toMatch(
      /^start web-\w+(?:-\w+)* web true\nError: no database$/,
    );
    expect(textOf(bundle.items, 'events')).toMatch(/ BackOff \(\d+x\) on Pod default\/web-.*: Back-off/);
    expect(textOf(bundle.items, 'events').split('\n').length).toBe(1);
    expect(textOf(bundle.items, 'containers')).toContain('waiting, CrashLoopBackOff');
    expect(textOf(bundle.items, 'containers')).toContain(
      '7 restarts; before that ended with Error, exit code 1',
    );
    expect(textOf(bundle.items, 'revisions')).toContain('revision ');
    expect(bundle.secrets.values()).toContain('wr0ng-h0rse');
    expect(bundle.names).toEqual(expect.arrayContaining([{ kind: 'workload', name: 'web' }]));
    expect(JSON.stringify(bundle.secrets)).toBe('{}');
  });

  test('is the same whatever the order of the cluster and of the keys', async () => {
    const one = await collectEvidence(crash.object, [fakeCluster([crash.object, ...crash.others])], options);
    const turned = [crash.object, ...crash.others].toReversed().map(reversedKeys);
    const other = await collectEvidence(reversedKeys(crash.object), [fakeCluster(turned)], options);
    expect(other.items).toEqual(one.items);
  });

  test('notes what cannot be read', async () => {
    const cluster = fakeCluster([crash.object, ...crash.others], { denied: ['Event'] });
    const logs = async (): Promise<string> => {
      throw new Error('no such container');
    };
    const bundle = await collectEvidence(crash.object, [cluster], { nowMs, logs });
    const notes = bundle.items.filter((item) => item.kind === 'note').map((item) => item.text);
    expect(notes.join('\n')).toContain('cannot list Event');
    expect(notes.join('\n')).toContain('cannot read the previous log of container web');
  });
});

describe('the evidence about a reference', () => {
  const ref = { cluster: '', apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: '' };
  const pod = crash.others.find((each) => each.kind === 'Pod');

  test('follows the owners up to the Deployment and its revisions', async () => {
    const cluster = fakeCluster([crash.object, ...crash.others]);
    const bundle = await collectEvidence({ ...ref, name: pod?.metadata.name ?? '' }, [cluster], options);
    expect(textOf(bundle.items, 'owners')).toMatch(/^ReplicaSet default\/web-.*\nDeployment default\/web$/);
    expect(textOf(bundle.items, 'revisions of Deployment default/web')).not.toBe('');
  });

  test('to nothing is a note', async () => {
    const bundle = await collectEvidence({ ...ref, name: 'gone' }, [fakeCluster([])], options);
    expect(bundle.items).toEqual([
      { kind: 'note', ref: 'not checked 1', text: 'Pod default/gone does not exist' },
    ]);
  });
});

test('an object is trimmed, and a Secret shows only sizes', async () => {
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 's',
      namespace: 'shop',
      managedFields: [{ manager: 'x' }],
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"p":"wr0ng-h0rse"}}',
        a: 'b',
      },
    },
    data: { p: Buffer.from('s3cret-value').toString('base64') },
  };
  const { items, secrets } = await collectEvidence(secret, [], { nowMs });
  const text = items.find((item) => item.kind === 'object')?.text ?? '';
  expect(JSON.parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'shop', annotations: { a: 'b' } },
    data: { p: '(16 characters)' },
  });
  expect(secrets.values()).toContain('s3cret-value');
});

test('what the user gives is part of it, each with a reference of its own', async () => {
  const given = [
    { kind: 'metrics' as const, ref: 'errors', text: '0.2' },
    { kind: 'metrics' as const, ref: 'errors', text: '0.1' },
  ];
  const bundle = await collectEvidence(crash.object, [], { nowMs, given });
  expect(bundle.items.filter((item) => item.kind === 'metrics')).toEqual([
    { kind: 'metrics', ref: 'errors', text: '0.1' },
    { kind: 'metrics', ref: 'errors (2)', text: '0.2' },
  ]);
});

test('the last change of a Deployment names its fields', async () => {
  const replicaSet = crash.others.find((each) => each.kind === 'ReplicaSet');
  if (replicaSet === undefined) throw new Error('the scene has no ReplicaSet');
  const revision = (number: string, image: string, name: string): KubeObject =>
    merge(replicaSet as never, {
      metadata: { name, uid: name, annotations: { 'deployment.kubernetes.io/revision': number } },
      spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
    }) as unknown as KubeObject;
  const sets = [revision('9', 'web:1', 'web-old'), revision('10', 'web:2', 'web-new')];
  const bundle = await collectEvidence(
    crash.object,
    [fakeCluster([crash.object, ...sets, eventOn(crash.object, 'Scaled', 'x')])],
    { nowMs },
  );
  expect(textOf(bundle.items, 'revisions')).toContain(
    'from revision 9 to 10:\nspec.containers[web].image: "web:1" -> "web:2"',
  );
});

function reversedKeys<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => reversedKeys(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversedKeys(item as unknown)]),
  ) as Value;
}
