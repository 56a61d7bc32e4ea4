import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { unsettled, refusePolicy } from '../../src/gate/evaluate/evaluate-gate.ts';
import type { PastRun, Sample } from '../../src/gate/evaluate/gate-input.ts';
import { digestOf } from '../../src/gate/digest.ts';
import { overrideVerdict } from '../../src/gate/override.ts';
import { pastRunOf } from '../../src/gate/past-run.ts';
import { judgedObject } from '../../src/gate/judged-object.ts';
import { subjectOf } from '../../src/gate/subject.ts';
import {
  admit,
  digestOfSubject,
  context,
  failing,
  inputOf,
  judge,
  limit,
  nowMs,
  policyOf,
  sample,
} from './fixtures.ts';

const hourMs = 3_600_000;
const banded = limit('a', { warn: { op: '<=', value: 20 } });

describe('one value', () => {
  const rows: readonly (readonly [string, JsonObject, readonly Sample[], string, string])[] = [
    ['good', limit('a'), [sample(10)], 'pass', 'pass'],
    ['bad', limit('a'), [sample(10.000001)], 'fail', 'fail'],
    ['text that is a number', limit('a'), [sample('9.5e0')], 'pass', 'pass'],
    ['in the band', banded, [sample(15)], 'warn', 'warn'],
    ['past the band', banded, [sample(21)], 'fail', 'fail'],
    [
      'between pass and fail',
      limit('a', { fail: { op: '>', value: 20 } }),
      [sample(15)],
      'unknown',
      'inconclusive',
    ],
    ['pass and fail at once', limit('a', { fail: { op: '<', value: 5 } }), [sample(1)], 'fail', 'fail'],
    ['not measured', limit('a'), [], 'missing', 'fail'],
    ['no series', limit('a'), [sample()], 'missing', 'fail'],
    ['NaN', limit('a'), [sample(Number.NaN)], 'missing', 'fail'],
    ['NaN as text', limit('a'), [sample('NaN')], 'missing', 'fail'],
    ['infinite, the good way', limit('a'), [sample('-Inf')], 'missing', 'fail'],
    ['null', limit('a'), [sample(null)], 'missing', 'fail'],
    ['empty text', limit('a'), [sample('')], 'missing', 'fail'],
    ['hexadecimal', limit('a'), [sample('0x5')], 'missing', 'fail'],
    ['true', limit('a'), [sample(true)], 'missing', 'fail'],
    ['several series', limit('a'), [sample(1, 2)], 'missing', 'fail'],
    [
      'missing, undecided by choice',
      limit('a', { onMissing: 'inconclusive' }),
      [sample()],
      'missing',
      'inconclusive',
    ],
    ['older than the window', limit('a'), [{ atMs: nowMs - 2 * hourMs, values: [1] }], 'missing', 'fail'],
    [
      'not equal, and no number',
      limit('a', { pass: { op: '!=', value: 0 } }),
      [sample(Number.NaN)],
      'missing',
      'fail',
    ],
    ['an error, and no more samples', limit('a'), [failing('refused')], 'error', 'error'],
    [
      'CUE says yes',
      limit('a', { pass: { cue: 'value < 5' } }),
      [{ ...sample('v1'), truths: { 'value < 5': true } }],
      'pass',
      'pass',
    ],
    [
      'CUE says no',
      limit('a', { pass: { cue: 'value < 5' } }),
      [{ ...sample(7), truths: { 'value < 5': false } }],
      'fail',
      'fail',
    ],
    ['CUE says nothing', limit('a', { pass: { cue: 'value < 5' } }), [sample(7)], 'error', 'error'],
  ];
  test.each(rows)('%s', (_name, objective, samples, result, outcome) => {
    const window = { fromMs: nowMs - hourMs, toMs: nowMs };
    const verdict = judge(policyOf([objective]), { a: samples }, { context: { window } });
    expect([verdict.checks[0]?.result, verdict.outcome, verdict.open]).toEqual([
      result,
      outcome,
      outcome === 'pass',
    ]);
  });

  test('an aggregate takes several series, and none of them may be without a number', () => {
    const policy = policyOf(
      [limit('a', { value: { metric: { provider: 'p', query: 'q', aggregate: 'max' } } })],
      { providers: { p: { address: 'http://p' } } },
    );
    expect(judge(policy, { a: [sample('3', '9')] })).toMatchObject({
      outcome: 'pass',
      checks: [{ value: 9 }],
    });
    expect(judge(policy, { a: [sample('3', 'NaN')] }).checks[0]?.result).toBe('missing');
  });
});

describe('samples', () => {
  const series = (...values: readonly (number | 'E' | '-')[]): readonly Sample[] =>
    values.map((each) =>
      typeof each === 'number' ? sample(each) : each === 'E' ? failing('down') : sample(),
    );
  const [good, bad] = [1, 99];
  const rows: readonly (readonly [string, JsonObject, readonly Sample[], string, boolean])[] = [
    ['all good', { count: 3 }, series(good, good, good), 'pass', true],
    ['one bad', { count: 3 }, series(good, bad), 'fail', true],
    ['as many failures as allowed', { count: 3, failureLimit: 2 }, series(bad, bad, good), 'pass', true],
    ['one more', { count: 3, failureLimit: 1 }, series(bad, bad), 'fail', true],
    ['missing counts as failure', { count: 3, failureLimit: 1 }, series(good, '-', '-'), 'fail', true],
    ['not all there yet', { count: 3 }, series(good, good), 'fail', false],
    ['errors use up nothing', { count: 2 }, series('E', good, 'E', 'E', 'E', good), 'pass', true],
    ['one error too many in a row', { count: 2 }, series(good, 'E', 'E', 'E', 'E'), 'error', true],
    [
      'a streak ends it',
      { count: 5, failureLimit: 4, consecutiveSuccess: 2 },
      series(bad, good, good),
      'pass',
      true,
    ],
    [
      'an error breaks a streak',
      { count: 3, failureLimit: 2, consecutiveSuccess: 2 },
      series(good, 'E', good, bad),
      'inconclusive',
      true,
    ],
    [
      'no streak to the end',
      { count: 3, failureLimit: 2, consecutiveSuccess: 2 },
      series(good, bad, good),
      'inconclusive',
      true,
    ],
  ];
  test.each(rows)('%s', (_name, samples, given, outcome, isSettled) => {
    const policy = policyOf([limit('a', { samples: { interval: '1s', ...samples } })]);
    expect(judge(policy, { a: given }).outcome).toBe(outcome);
    expect(unsettled(policy, inputOf({ a: given }), [], nowMs)).toEqual(isSettled ? [] : ['a']);
  });
});

describe('many objectives', () => {
  const all = [limit('a', { weight: 2 }), limit('b'), limit('c')];
  const total = { total: { pass: 75, warn: 50 } };
  test.each<
    readonly [string, JsonObject, JsonObject, readonly (number | null)[], string, string, number | null]
  >([
    ['all good', {}, {}, [1, 1, 1], 'pass', 'score', 100],
    ['one bad, all needed', {}, {}, [1, 1, 99], 'fail', 'score', 75],
    ['exactly at the threshold', {}, total, [1, 1, 99], 'pass', 'score', 75],
    ['in the band', {}, total, [1, 99, 99], 'warn', 'score', 50],
    ['below it', {}, total, [99, 1, 99], 'fail', 'score', 25],
    ['a key vetoes', { key: true }, { total: { pass: 25 } }, [99, 1, 1], 'fail', 'key', 50],
    ['thin coverage', {}, total, [1, 1, null], 'inconclusive', 'coverage', 75],
    ['thin coverage that was allowed', {}, { ...total, minCoverage: 75 }, [1, 1, null], 'pass', 'score', 75],
  ])('%s', (_name, first, rest, values, outcome, decidedBy, score) => {
    const policy = policyOf([{ ...all[0], ...first }, ...all.slice(1)], rest);
    const measured = Object.fromEntries(
      ['a', 'b', 'c'].map((id, index) => [id, [values[index] === null ? sample() : sample(values[index])]]),
    );
    const verdict = judge(policy, measured);
    expect([verdict.outcome, verdict.decidedBy, verdict.score]).toEqual([outcome, decidedBy, score]);
  });

  test('reasons are the worst five, worst first', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const policy = policyOf(
      ids.map((id) =>
        limit(id, { key: id === 'c', weight: id === 'e' ? 5 : 1, warn: { op: '<=', value: 20 } }),
      ),
    );
    const verdict = judge(policy, { a: 15, b: [failing('down')], c: 99, d: 99, e: 99, f: 1, g: 99 });
    expect(verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote.split(':')[0])).toEqual([
      'c',
      'e',
      'd',
      'g',
      'b',
    ]);
    expect(verdict.counts).toEqual({
      total: 7,
      evaluated: 6,
      passed: 1,
      warned: 1,
      failed: 4,
      missing: 0,
      unknown: 0,
      errors: 1,
      muted: 0,
    });
    expect(verdict).toMatchObject({ outcome: 'fail', decidedBy: 'key', margin: expect.any(Number) });
  });

  test('what is for information is shown and decides nothing', () => {
    const policy = policyOf([
      limit('a'),
      { id: 'n', value: { cue: 'n' }, info: true },
      limit('w', { weight: 0, onMissing: 'ignore' }),
    ]);
    const verdict = judge(policy, { a: 1, n: 5 });
    expect(verdict.checks.map(({ result }) => result)).toEqual(['pass', 'info', 'missing']);
    expect(verdict).toMatchObject({ outcome: 'pass', score: 100, counts: { total: 3, evaluated: 1 } });
  });
});

describe('on* and modes', () => {
  test.each<readonly [JsonObject, number, boolean, string]>([
    [{}, 15, true, 'suspend'],
    [{}, 15, false, 'block'],
    [{ onWarn: 'pass' }, 15, false, 'open'],
    [{ onWarn: 'block' }, 15, true, 'block'],
    [{ onWarn: 'pass' }, 25, true, 'block'],
    [{ mode: 'observe' }, 1, true, 'none'],
  ])('%j with %d', (rest, value, isInteractive, next) => {
    const verdict = judge(policyOf([banded], rest), { a: value }, { context: { isInteractive } });
    expect([verdict.next, verdict.open, verdict.pass]).toEqual([next, next === 'open', next === 'open']);
  });
});

describe('mute', () => {
  const until = new Date(nowMs + hourMs).toISOString();
  const policy = policyOf([limit('a', { key: true }), limit('b')], {
    mute: [{ id: 'a', why: 'known', by: 'sre', until }],
  });
  test('takes a check out, in public', () => {
    expect(judge(policy, { a: 99, b: 1 })).toMatchObject({
      outcome: 'pass',
      counts: { total: 2, evaluated: 1, muted: 1 },
      checks: [{ result: 'fail', muted: { by: 'sre', until, why: 'known' } }, { muted: null }],
    });
  });
  test('ends', () => {
    const at = nowMs + hourMs;
    const verdict = judge(policy, { a: 99, b: 1 }, { at, context: { startedMs: at - 1 } });
    expect(verdict).toMatchObject({ outcome: 'fail', decidedBy: 'key', counts: { muted: 0 } });
    expect(verdict.reasons[0]?.ruleOrQuote).toContain('mute ended');
  });
});

describe('compare', () => {
  const relative = (
    compare: JsonObject = {},
    pass: JsonObject = { of: 'percent', op: '<=', value: 10 },
  ): JsonObject => ({ id: 'a', value: { cue: 'a' }, pass, compare });
  const runs = (policy: ReturnType<typeof policyOf>, ...values: readonly number[]): readonly PastRun[] =>
    values.map((value, index) => ({
      ref: `run-${index}`,
      gate: 'release',
      policyDigest: digestOf(policy.text),
      windowMs: null,
      outcome: 'pass',
      atMs: nowMs - hourMs * (index + 1),
      values: { a: value },
    }));
  test.each<readonly [string, JsonObject, readonly number[], number, string]>([
    ['no more than ten percent worse', {}, [100], 110, 'pass'],
    ['more', {}, [100], 110.1, 'fail'],
    ['the newest counts', {}, [100, 1000], 500, 'fail'],
    ['the average of several', { with: 'runs', count: 2 }, [100, 200, 9000], 165, 'pass'],
    ['the largest', { with: 'runs', aggregate: 'max' }, [100, 200], 220, 'pass'],
    ['the median', { with: 'runs', aggregate: 'p50' }, [100, 900, 300], 330, 'pass'],
    ['no baseline', {}, [], 1, 'inconclusive'],
    ['percent of zero', {}, [0], 0, 'inconclusive'],
    ['percent of less than zero', {}, [-5], -5, 'inconclusive'],
  ])('%s', (_name, compare, values, value, outcome) => {
    const policy = policyOf([relative(compare)]);
    expect(judge(policy, { a: value }, { history: runs(policy, ...values) }).outcome).toBe(outcome);
  });
  test('a change has a sign', () => {
    const policy = policyOf([relative({}, { of: 'change', op: '>=', value: -5 })]);
    expect(judge(policy, { a: 95 }, { history: runs(policy, 100) }).outcome).toBe('pass');
    expect(judge(policy, { a: 94 }, { history: runs(policy, 100) }).outcome).toBe('fail');
  });
  test('absolute until there is a baseline, and not longer', () => {
    const pass = [
      { of: 'percent', op: '<=', value: 10 },
      { op: '<', value: 500 },
    ];
    const policy = policyOf([{ ...relative({ onNoBaseline: 'absolute' }), pass }]);
    expect(judge(policy, { a: 499 }).outcome).toBe('pass');
    expect(judge(policy, { a: 500 }).outcome).toBe('fail');
    expect(judge(policy, { a: 499 }, { history: runs(policy, 100) }).outcome).toBe('fail');
  });
  test('only runs that are comparable', () => {
    const policy = policyOf([relative()]);
    const [run] = runs(policy, 100);
    if (run === undefined) throw new Error('no run');
    const others: readonly Partial<PastRun>[] = [
      { outcome: 'warn' },
      { policyDigest: 'sha256:other' },
      { gate: 'other' },
      { windowMs: hourMs },
      { invalid: { by: 'sre', why: 'load test' } },
      { values: {} },
      { values: { a: Number.NaN } },
      { atMs: nowMs },
    ];
    for (const other of others)
      expect(judge(policy, { a: 1 }, { history: [{ ...run, ...other }] }).outcome).toBe('inconclusive');
    expect(judge(policy, { a: 100 }, { history: [run] }).checks[0]?.baseline).toEqual({
      runs: ['run-0'],
      value: 100,
    });
  });
  test('a verdict becomes a past run with what passed', () => {
    const policy = policyOf([limit('a'), limit('b')], { total: { pass: 50 } });
    expect(pastRunOf('r', judge(policy, { a: 3, b: 99 }))).toEqual({
      ref: 'r',
      gate: 'release',
      policyDigest: digestOf(policy.text),
      windowMs: null,
      outcome: 'pass',
      atMs: nowMs,
      values: { a: 3 },
    });
  });
});

describe('time', () => {
  const policy = policyOf([limit('a')]);
  test.each<readonly [string, number, string, string]>([
    ['past the deadline', nowMs + 600_000, 'fail', 'deadline'],
    ['a clock that went back', nowMs - hourMs, 'error', 'rule'],
    ['no clock', Number.NaN, 'error', 'rule'],
  ])('%s', (_name, at, outcome, decidedBy) => {
    expect(judge(policy, { a: 1 }, { at })).toMatchObject({ outcome, decidedBy, open: false });
  });
  test.each<readonly [string, JsonObject, string]>([
    ['denied', { rrule: 'FREQ=WEEKLY;BYDAY=SA;BYHOUR=12', duration: '1h' }, 'fail'],
    [
      'denied since yesterday',
      { rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=16', tz: 'Europe/Berlin', duration: '60h' },
      'fail',
    ],
    ['a window that has ended', { rrule: 'FREQ=WEEKLY;BYDAY=SA;BYHOUR=11', duration: '1h' }, 'pass'],
    [
      'by the clock of another zone',
      { rrule: 'FREQ=DAILY;BYHOUR=7', tz: 'America/New_York', duration: '1m' },
      'fail',
    ],
    ['the third Saturday', { rrule: 'FREQ=MONTHLY;BYDAY=3SA', duration: '24h' }, 'fail'],
    ['the last Saturday', { rrule: 'FREQ=MONTHLY;BYDAY=-1SA', duration: '24h' }, 'pass'],
    [
      'ten days before the end of the month',
      { rrule: 'FREQ=MONTHLY;BYMONTHDAY=-10', duration: '24h' },
      'fail',
    ],
    ['a rule that has ended', { rrule: 'FREQ=DAILY;UNTIL=20261120T000000Z', duration: '24h' }, 'pass'],
    ['allowed now', { kind: 'allow', rrule: 'FREQ=DAILY;BYHOUR=12', duration: '1h' }, 'pass'],
    ['allowed at another time', { kind: 'allow', rrule: 'FREQ=DAILY;BYHOUR=13', duration: '1h' }, 'fail'],
  ])('freeze: %s', (_name, window, outcome) => {
    const verdict = judge(policyOf([limit('a')], { freeze: { windows: [window] } }), { a: 1 });
    expect([verdict.outcome, verdict.open]).toEqual([outcome, outcome === 'pass']);
  });
});

describe('what a verdict opens', () => {
  const verdict = judge(policyOf([limit('a')]), { a: 1 });
  const digest = digestOfSubject;
  test.each<readonly [string, Parameters<typeof admit>, string]>([
    ['this subject, now', [verdict, digest, nowMs + 1], ''],
    ['no verdict', [undefined, digest, nowMs], 'NoVerdict'],
    ['another subject', [verdict, 'sha256:other', nowMs], 'OtherSubject'],
    ['too late', [verdict, digest, nowMs + hourMs], 'VerdictExpired'],
    ['before it was made', [verdict, digest, nowMs - 1], 'VerdictOfTheFuture'],
    ['no clock', [verdict, digest, Number.NaN], 'NoClock'],
    ['one that failed', [judge(policyOf([limit('a')]), { a: 99 }), digest, nowMs], 'GateNotOpen'],
    [
      'an observation',
      [judge(policyOf([limit('a')], { mode: 'observe' }), { a: 1 }), digest, nowMs],
      'GateObserves',
    ],
  ])('%s', (_name, args, code) => {
    const admission = admit(...args);
    expect(admission.isOpen ? '' : admission.code).toBe(code);
  });

  test('an override opens in a name, and changes nothing else', () => {
    const failed = judge(policyOf([limit('a')]), { a: 99 });
    const request = {
      by: 'ana',
      groups: ['sre'],
      reason: 'hotfix',
      expires: new Date(nowMs + 1000).toISOString(),
    };
    for (const part of [
      { by: ' ' },
      { groups: [] },
      { reason: '' },
      { expires: new Date(nowMs).toISOString() },
      { expires: 'never' },
    ])
      expect(overrideVerdict(failed, { ...request, ...part }, nowMs).ok).toBe(false);
    const opened = overrideVerdict(failed, request, nowMs);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.verdict).toMatchObject({
      outcome: 'fail',
      score: 0,
      open: true,
      decidedBy: 'human',
      override: { by: 'ana', previousOutcome: 'fail' },
    });
    expect(admit(opened.verdict, digest, nowMs).isOpen).toBe(true);
    expect(admit(opened.verdict, digest, nowMs + 1000).isOpen).toBe(false);
  });

  test('digests do not depend on the order of objects or keys, and on everything else', () => {
    const one = judgedObject({ kind: 'A', metadata: { name: 'a' }, spec: { a: 1, b: 2 } }, 'team');
    const same = judgedObject({ spec: { b: 2, a: 1 }, metadata: { name: 'a' }, kind: 'A' }, 'team');
    const two = judgedObject({ kind: 'C', metadata: { name: 'c' } }, 'team');
    const a = subjectOf('Objects', 'x', [one, two], []);
    expect(subjectOf('Objects', 'x', [two, same], []).digest).toBe(a.digest);
    expect(subjectOf('Objects', 'x', [two, one], [{ name: 'i', digest: 'sha256:0' }]).digest).not.toBe(
      a.digest,
    );
    expect(judgedObject({ kind: 'C', metadata: { name: 'c' } }, 'other').digest).not.toBe(two.digest);
    expect(verdict.policy.digest).not.toBe(judge(policyOf([limit('b')]), { b: 1 }).policy.digest);
    expect(verdict.evidence[0]?.digest).not.toBe(judge(policyOf([limit('a')]), { a: 2 }).evidence[0]?.digest);
  });

  test('a policy that cannot be used is an error with all its faults', () => {
    const faults = [{ path: 'objectives', code: 'NothingCounted', message: 'nothing decides' }];
    expect(refusePolicy(faults, context, nowMs)).toMatchObject({
      outcome: 'error',
      open: false,
      score: null,
      reasons: [{ ruleOrQuote: 'objectives: nothing decides' }],
    });
    expect(refusePolicy([], context, nowMs).reasons).toEqual([
      { ruleOrQuote: 'there is no policy', evidenceRef: null },
    ]);
  });
});
