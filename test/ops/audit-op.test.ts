import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/api/json.ts';
import type { OpOutcome } from '../../src/api/op-spec.ts';
import { deployment, service, widget } from '../cli/audit/manifests.ts';
import { perform, testContext } from './context.ts';
import { fakeCluster } from './fake-cluster.ts';

const manifests = (text: string): JsonObject[] =>
  parseAllDocuments(text).map((each) => each.toJS() as JsonObject);
const bad = manifests(deployment({ image: 'web' }));

async function audit(params: JsonObject): Promise<JsonObject> {
  return resultOf(await perform('audit', params, testContext()));
}

function resultOf(outcome: OpOutcome): JsonObject {
  if (outcome.kind === 'error') throw new Error(outcome.message);
  return outcome.result as JsonObject;
}

test('manifests: findings, counts and a score', async () => {
  expect(await audit({ objects: bad })).toMatchObject({
    findings: [{ id: 'ImageTagMutable', severity: 'medium', object: { kind: 'Deployment', name: 'web' } }],
    notCovered: [],
    notJudged: [],
    summary: {
      score: 92,
      mean: 97,
      objects: 3,
      worst: 'medium',
      counts: { critical: 0, high: 0, medium: 1, low: 0, info: 0 },
      findings: 1,
      ignored: 0,
      unchecked: 0,
    },
    failed: false,
    message: 'score 92 of 100; 1 finding, the worst: ImageTagMutable of Deployment web',
  });
});

test('manifests are judged by each other, and one alone is not judged by what is not there', async () => {
  const two = await audit({ objects: [...bad, ...manifests(service('other'))] });
  expect(two['findings']).toMatchObject([{ id: 'ServiceSelectsNothing' }, { id: 'ImageTagMutable' }]);
  const one = await audit({ objects: bad.slice(0, 1) });
  expect(one['findings']).toMatchObject([{ id: 'ImageTagMutable' }]);
  expect(one['notJudged']).toMatchObject([{ reason: 'NotGiven' }]);
  expect(one['summary']).toMatchObject({ unchecked: 0 });
});

test.each<readonly [string, JsonObject, boolean]>([
  ['a finding as bad as failOn', { failOn: 'medium' }, true],
  ['no finding as bad as that', { failOn: 'high' }, false],
  ['a score below minScore', { minScore: 93 }, true],
  ['the score itself', { minScore: 92 }, false],
])('%s', async (_, params, failed) => {
  expect(await audit({ objects: bad, ...params })).toMatchObject({ failed });
});

test('where nothing could be judged, nothing is sound', async () => {
  expect(await audit({ objects: manifests(widget) })).toMatchObject({
    failed: true,
    message: 'nothing was judged',
    notCovered: [{ kind: 'Widget' }],
    summary: { score: 0, objects: 0 },
  });
});

describe('exemptions', () => {
  const entry = { rule: 'ImageTagMutable', reason: 'in review', expires: '2026-03-01' };

  test('take a finding out of list and score, and are counted', async () => {
    const result = await audit({ objects: bad, ignore: [entry], failOn: 'info', minScore: 100 });
    expect(result).toMatchObject({ findings: [], failed: false, summary: { score: 100, ignored: 1 } });
  });

  test('of a rule that is not there are refused', async () => {
    const outcome = await perform(
      'audit',
      { objects: bad, ignore: [{ ...entry, rule: 'ImageTagMutabel' }] },
      testContext(),
    );
    expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
  });
});

describe('an object of a cluster', () => {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

  test('is judged by what is around it', async () => {
    const cluster = fakeCluster();
    cluster.seed(...bad.map((each) => ({ ...each, metadata: { name: 'web', namespace: 'team' } })));
    const result = resultOf(await perform('audit', { target }, testContext({ clusters: { '': cluster } })));
    expect(result).toMatchObject({
      findings: [{ id: 'ImageTagMutable', object: { namespace: 'team' } }],
      notJudged: [],
      summary: { score: 92, objects: 1 },
    });
  });

  test('that is not there is no clean bill', async () => {
    const outcome = await perform('audit', { target }, testContext());
    expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
    expect((outcome as { readonly message: string }).message).toContain('Deployment team/web does not exist');
  });
});

test.each<readonly [string, JsonObject]>([
  ['nothing', {}],
  ['both', { objects: bad, target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }],
])('%s given', async (_, params) => {
  expect(await perform('audit', params, testContext())).toMatchObject({ kind: 'error', class: 'terminal' });
});

test('what is secret in a manifest is in no result', async () => {
  const context = testContext();
  context.addSecret('hunter2hunter2');
  const text = deployment({ image: 'hunter2hunter2' });
  expect(JSON.stringify(await perform('audit', { objects: manifests(text) }, context))).not.toContain(
    'hunter2',
  );
});
