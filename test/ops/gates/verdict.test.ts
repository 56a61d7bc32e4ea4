import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../src/api/json.ts';
import type { OpOutcome } from '../../../src/api/op-spec.ts';
import { SluiceError } from '../../../src/api/errors.ts';
import type { OpContext } from '../../../src/ops/op.ts';
import { openMemoryVerdictStore } from '../../../src/store/memory/verdicts.ts';
import { perform, testContext } from '../context.ts';

const startMs = Date.parse('2026-01-31T12:00:00Z');
const policy: JsonObject = {
  subject: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } },
  objectives: [{ id: 'a', value: { cue: 'values.a' }, pass: { op: '<=', value: 10 } }],
};

function measured(value: Json, rest: JsonObject = {}): JsonObject {
  return {
    startedMs: startMs,
    window: { fromMs: startMs, toMs: startMs },
    history: [],
    evidence: [],
    objectives: { a: { samples: [{ atMs: startMs, values: [value] }], nextMs: startMs } },
    ...rest,
  };
}

function judge(
  params: { readonly policy?: JsonObject; readonly measured?: JsonObject },
  context: OpContext = testContext(),
): Promise<OpOutcome> {
  return perform('verdict', { policy, measured: measured(1), ...params }, context);
}

function resultOf(outcome: OpOutcome): JsonObject {
  if (outcome.kind !== 'ok' || !isObject(outcome.result)) throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

describe('verdict', () => {
  test('opens on what was measured, for as long as it says', async () => {
    const outcome = await judge({});
    expect(resultOf(outcome)).toMatchObject({ open: true, outcome: 'pass', next: 'open' });
    expect(outcome).toMatchObject({
      verdict: {
        gate: 'step',
        open: true,
        expires: '2026-01-31T13:00:00.000Z',
        subject: { objects: [{ name: 'web' }] },
      },
    });
  });

  test.each<readonly [string, Parameters<typeof judge>[0], RegExp]>([
    [
      'a policy that cannot be used',
      { policy: { ...policy, objectives: [{ id: 'a', value: {}, pass: { op: '<', value: 1 } }] } },
      /objectives\[0\]\.value: exactly one of/,
    ],
    ['no objective', { policy: { ...policy, objectives: [] } }, /objectives/],
    [
      'a mute without an end in sight',
      { policy: { ...policy, mute: [{ id: 'a', why: 'x', until: '2030-01-01T00:00:00Z' }] } },
      /at most 90 days/,
    ],
    ['a subject that is none', { policy: { ...policy, subject: {} } }, /the subject must be/],
    ['what is no measurement', { measured: { done: true } }, /not the result of the op measure/],
  ])('%s is an error that opens nothing', async (_name, params, says) => {
    const outcome = await judge(params);
    expect(resultOf(outcome)).toMatchObject({ open: false, outcome: 'error', next: 'block' });
    expect(resultOf(outcome)['message']).toMatch(says);
    expect(outcome).toMatchObject({ verdict: { open: false } });
  });

  test('what was measured under another policy is no value of this one', async () => {
    const other = measured(1, {
      objectives: { b: { samples: [{ atMs: startMs, values: [1] }], nextMs: 0 } },
    });
    expect(resultOf(await judge({ measured: other }))).toMatchObject({ open: false, outcome: 'fail' });
  });

  test.each([
    ['past the deadline', 600_000, 'fail', /the deadline of the gate has passed/],
    ['before it began', -1, 'error', /the clock has gone back/],
  ])('a clock that is %s', async (_name, clock, outcome, says) => {
    const context = testContext({ others: { now: () => startMs + clock } });
    const result = resultOf(await judge({}, context));
    expect(result).toMatchObject({ open: false, outcome });
    expect(result['message']).toMatch(says);
  });

  test('a store that cannot be written gives no verdict', async () => {
    const put = (): Promise<void> =>
      Promise.reject(new SluiceError('environment', 'DiskFull', 'the disk is full'));
    const context = testContext({ others: { verdicts: { ...openMemoryVerdictStore(10), put } } });
    expect(await judge({}, context)).toMatchObject({ kind: 'error', message: 'verdict: the disk is full' });
  });
});

describe('override', () => {
  test('gives the verdict of its own step as it stands', async () => {
    const context = testContext();
    const given = resultOf(await judge({ measured: measured(99) }, context));
    const id = typeof given['id'] === 'string' ? given['id'] : '';
    const before = await perform('override', { id }, context);
    expect(resultOf(before)).toEqual(given);
    await context.verdicts.override('team', id, {
      by: 'ada',
      groups: ['release'],
      reason: 'seen',
      at: '2026-01-31T12:01:00Z',
      expires: '2026-01-31T13:00:00Z',
      previousOutcome: 'fail',
    });
    const after = await perform('override', { id }, context);
    expect(resultOf(after)).toMatchObject({ open: true, outcome: 'fail', next: 'open' });
    expect(resultOf(after)['message']).toMatch(/^fail \(score 0 of 100\), opened by ada/);
    expect(after).toMatchObject({ verdict: { open: true, override: { by: 'ada' } } });
  });

  test.each<readonly [string, Partial<OpContext>]>([
    ['another step', { step: { name: 'other', path: 'other' } }],
    ['another run', { run: { uid: 'uid-2', name: 'other', namespace: 'team', annotations: {} } }],
    ['another namespace', { run: { uid: 'uid-1', name: 'demo', namespace: 'other', annotations: {} } }],
  ])('gives nothing of %s', async (_name, others) => {
    const context = testContext();
    const { id } = resultOf(await judge({}, context));
    const outcome = await perform('override', { id: id ?? '' }, { ...context, ...others });
    expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
  });
});
