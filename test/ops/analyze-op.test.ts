import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../src/api/errors.ts';
import type { JsonObject } from '../../src/api/json.ts';
import type { AnalysisSummary } from '../../src/ops/analysis-output.ts';
import { perform, refresh, testContext, type TestContext } from './context.ts';
import { fakeCluster, type FakeCluster } from './fake-cluster.ts';

interface Result extends JsonObject {
  readonly findings: readonly { readonly id: string; readonly object: { readonly name: string } }[] & [];
  readonly summary: AnalysisSummary & JsonObject;
  readonly message: string;
  readonly table: string;
}

const now = Date.parse('2026-01-31T12:00:00Z');

function pod(name: string, reason: string, namespace = 'team'): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `u-${name}`, creationTimestamp: '2026-01-31T10:00:00Z' },
    spec: { containers: [{ name: 'c', image: 'web:1' }] },
    status: {
      phase: 'Pending',
      containerStatuses: [
        { name: 'c', ready: false, state: { waiting: { reason, message: 'bad token hunter2hunter2' } } },
      ],
    },
  };
}

const rolling: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'team', uid: 'u-web', generation: 2 },
  spec: { replicas: 2 },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 },
};

interface Look {
  readonly result: Result;
  readonly cluster: FakeCluster;
  readonly context: TestContext;
}

async function look(objects: readonly JsonObject[], params: JsonObject = {}): Promise<Look> {
  const cluster = fakeCluster();
  cluster.seed(...objects);
  const context = testContext({ clusters: { '': cluster } });
  context.addSecret('hunter2hunter2');
  const outcome = await perform('analyze', params, context);
  if (outcome.kind === 'error') throw new Error(outcome.message);
  return { result: outcome.result as Result, cluster, context };
}

const ids = ({ result }: Look): readonly string[] =>
  result.findings.map(({ object, id }: { object: { name: string }; id: string }) => `${object.name} ${id}`);

test('what is wrong in the namespace of the run, with its counts, and without secrets', async () => {
  const seen = await look([pod('a', 'ErrImagePull'), pod('b', 'InvalidImageName', 'other')]);
  expect(ids(seen)).toEqual(['a ErrImagePull']);
  expect(seen.result.summary).toMatchObject({
    verdict: 'broken',
    worst: 'high',
    counts: { critical: 0, high: 1 },
    findings: 1,
    incidents: 1,
    unchecked: 0,
    rollouts: 0,
  });
  expect(seen.result).toMatchObject({ failed: true, done: true });
  expect(seen.result.message).toBe('1 problem of 1 cause, the worst: ErrImagePull of Pod team/a');
  expect(JSON.stringify(seen.result)).not.toContain('hunter2');
});

test('the same state gives the same result', async () => {
  const objects = [pod('a', 'ErrImagePull'), pod('b', 'InvalidImageName')];
  const [one, two] = [await look(objects), await look(objects.toReversed())];
  expect(JSON.stringify(one.result)).toBe(JSON.stringify(two.result));
});

test('nothing found is healthy', async () => {
  const { result } = await look([]);
  expect(result.summary).toMatchObject({ verdict: 'healthy', worst: '', findings: 0 });
  expect(result).toMatchObject({ failed: false, done: true, table: '', message: 'nothing found' });
});

test('in a namespace, kinds without one are not asked for unless they are named', async () => {
  const { cluster } = await look([]);
  expect(cluster.calls.filter((call) => call.includes('WebhookConfiguration'))).toEqual([]);
  const named = await look([], { analyzers: ['Node'] });
  expect(named.cluster.calls).toContain('list Node * *');
  const all = await look([pod('b', 'InvalidImageName', 'other')], { namespace: '' });
  expect(ids(all)).toEqual(['b InvalidImageName']);
});

describe('what narrows', () => {
  const objects = [pod('a', 'ErrImagePull'), pod('b', 'InvalidImageName')];

  test('a target', async () => {
    const target = { apiVersion: 'v1', kind: 'Pod', name: 'b' };
    expect(ids(await look(objects, { target }))).toEqual(['b InvalidImageName']);
  });

  test('a baseline', async () => {
    const before = await look([pod('a', 'ErrImagePull')]);
    const after = await look(objects, { baseline: [...before.result.findings] });
    expect(ids(after)).toEqual(['b InvalidImageName']);
    expect(after.result.summary).toMatchObject({ known: 1, findings: 1 });
  });

  test('exemptions, until they expire', async () => {
    const ignored = (expires: string): JsonObject => ({
      ignore: [{ rule: 'ErrImagePull', name: 'a*', reason: 'known', expires }],
    });
    const seen = await look(objects, ignored('2026-02-10'));
    expect(ids(seen)).toEqual(['b InvalidImageName']);
    expect(seen.result.summary.ignored).toBe(1);
    expect(ids(await look(objects, ignored('2026-01-10')))).toHaveLength(2);
  });
});

test.each<readonly [string, JsonObject, RegExp]>([
  [
    'a target that is not there',
    { target: { apiVersion: 'v1', kind: 'Pod', name: 'x' } },
    /Pod team\/x does not exist/,
  ],
  ['an analyzer that nobody knows', { analyzers: ['Podd'] }, /no analyzer Podd.*Did you mean Pod/],
  ['a selector that cannot be read', { selector: 'a in b' }, /selector/],
  [
    'an end that is none',
    { ignore: [{ rule: 'X', reason: 'y', expires: 'soon' }] },
    /ignore: expires must be/,
  ],
  ['a baseline that is none', { baseline: [{ name: 'x' }] }, /baseline: one of its findings lacks/],
])('%s is no clean bill', async (_, params, says) => {
  const outcome = await perform('analyze', params, testContext());
  expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
  expect((outcome as { readonly message: string }).message).toMatch(says);
});

test('what could not be read may hide a problem', async () => {
  const cluster = fakeCluster();
  cluster.failWith(new SluiceError('denied', 'Forbidden', 'pods is forbidden'));
  const outcome = await perform('analyze', {}, testContext({ clusters: { '': cluster } }));
  if (outcome.kind === 'error') throw new Error(outcome.message);
  const { summary, failed } = outcome.result as Result;
  expect(summary.verdict).toBe('unknown');
  expect(summary.unchecked).toBeGreaterThan(0);
  expect(failed).toBe(true);
});

test('a rollout that is not over is not healthy, and is looked at again until it is', async () => {
  const cluster = fakeCluster();
  cluster.seed(rolling);
  let nowMs = now;
  const context = testContext({ clusters: { '': cluster }, others: { now: () => nowMs } });
  const first = await perform('analyze', { wait: '1m' }, context);
  expect(first).toMatchObject({
    result: { done: false, after: '5000ms', summary: { verdict: 'unknown', rollouts: 1 } },
  });
  const early = await refresh('analyze', first, context);
  expect(early.kind === 'ok' && first.kind === 'ok' && early.result).toEqual(
    first.kind === 'ok' && first.result,
  );
  nowMs += 6000;
  cluster.seed({ ...rolling, status: { ...(rolling['status'] as JsonObject), observedGeneration: 2 } });
  const second = await refresh('analyze', early, context);
  expect(second).toMatchObject({ result: { done: true, summary: { verdict: 'healthy', rollouts: 0 } } });
});

test('what a run keeps is bounded, and all is counted', async () => {
  const many = Array.from({ length: 400 }, (_, index) => pod(`pod-${index}`, 'ErrImagePull'));
  const { result } = await look(many);
  expect(result.summary).toMatchObject({ findings: 400, counts: { high: 400 } });
  expect(result.findings.length).toBeGreaterThan(20);
  expect(JSON.stringify(result).length).toBeLessThan(100_000);
});

test('time is up', async () => {
  const cluster = fakeCluster();
  cluster.seed(pod('a', 'ErrImagePull'));
  let nowMs = now;
  const context = testContext({ clusters: { '': cluster }, others: { now: () => nowMs } });
  const first = await perform('analyze', { wait: '7s' }, context);
  nowMs += 5000;
  const second = await refresh('analyze', first, context);
  expect(second).toMatchObject({ result: { done: false, after: '2000ms' } });
  nowMs += 2000;
  expect(await refresh('analyze', second, context)).toMatchObject({ result: { done: true, failed: true } });
});
