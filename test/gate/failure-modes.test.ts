import { describe, expect, test } from 'vitest';
import { refusePolicy } from '../../src/gate/evaluate/evaluate-gate.ts';
import { readAnswer } from '../../src/gate/judge/read-answer.ts';
import { splitPolicy } from '../../src/gate/judge/split-policy.ts';
import type { Vote } from '../../src/gate/judge/evaluate-criteria.ts';
import { overrideVerdict } from '../../src/gate/override.ts';
import { readReport } from '../../src/gate/reports/read-report.ts';
import { sampleOfReport } from '../../src/gate/reports/report.ts';
import type { Verdict } from '../../src/gate/verdict.ts';
import {
  admit,
  digestOfSubject,
  context,
  failing,
  faultsOf,
  judge,
  limit,
  nowMs,
  policyOf,
  sample,
} from './fixtures.ts';
import { ask, criteriaRules, criterion, vote, votes } from './judge-fixtures.ts';

const one = policyOf([limit('a')]);
const relative = policyOf([
  { id: 'a', value: { cue: 'a' }, pass: { of: 'percent', op: '<=', value: 10 }, compare: {} },
]);
const findings = policyOf(
  [{ id: 'a', value: { findings: { from: 'polaris' } }, pass: { op: '==', value: 0 } }],
  { reports: { polaris: { text: '-' } } },
);
const broken = (message: string, by?: 'budget'): readonly Vote[] => [
  vote(1, 'yy'),
  { kind: 'error', n: 2, message, ...(by === undefined ? {} : { by }) },
  vote(3, 'yy'),
];
const judgeFacts = {
  provider: 'p',
  modelAsked: 'm-1',
  modelAnswered: 'm-2',
  params: {},
  promptDigest: 'sha256:p',
  calibration: 'uncalibrated',
} as const;

/** Every way in which a gate can be without what it needs: what it comes to, and what decided. None opens. */
const rows: readonly (readonly [string, () => Verdict, string])[] = [
  ['the policy is missing', () => refusePolicy([], context, nowMs), 'error rule'],
  [
    'the policy cannot be read',
    () => refusePolicy([{ path: '', code: 'Bad', message: 'it is not YAML' }], context, nowMs),
    'error rule',
  ],
  ['no objective', () => judge({ ...one, objectives: [] }, {}), 'error coverage'],
  ['no criterion', () => ask({}, criteriaRules({ criteria: [] })), 'error rule'],
  ['zero objects scanned: the value is missing', () => judge(findings, { a: [zeroScanned()] }), 'fail score'],
  ['NaN', () => judge(one, { a: Number.NaN }), 'fail score'],
  ['infinite', () => judge(one, { a: Number.NEGATIVE_INFINITY }), 'fail score'],
  ['no series', () => judge(one, { a: [sample()] }), 'fail score'],
  ['many series', () => judge(one, { a: [sample(1, 2)] }), 'fail score'],
  [
    'provider unreachable past errorLimit',
    () => judge(one, { a: [1, 2, 3, 4].map(() => failing('unreachable')) }),
    'error coverage',
  ],
  ['first run, no baseline', () => judge(relative, { a: 1 }), 'inconclusive coverage'],
  [
    'between pass and fail',
    () => judge(policyOf([limit('a', { fail: { op: '>', value: 20 } })]), { a: 15 }),
    'inconclusive coverage',
  ],
  [
    'between pass and warn',
    () => judge(policyOf([limit('a', { warn: { op: '<=', value: 20 } })]), { a: 15 }),
    'warn score',
  ],
  ['past the deadline', () => judge(one, { a: 1 }, { at: nowMs + 600_000 }), 'fail deadline'],
  ['model fails after its retries', () => ask({ votes: broken('503 after 4 tries') }), 'error votes'],
  ['refusal, cut-off, empty text', () => ask({ votes: broken('the model refused') }), 'error votes'],
  ['no model configured', () => ask({ judge: undefined, votes: [] }), 'error votes'],
  ['quote absent from the evidence', () => ask({ votes: votes('qy', 'qy', 'qy') }), 'inconclusive score'],
  [
    'anchors missed',
    () => ask({ votes: [1, 2, 3].map((n) => vote(n, 'yy', ['yes', 'yes'])) }),
    'error anchor',
  ],
  ['no anchors', () => ask({ anchors: [] }), 'error anchor'],
  ['votes split, one sure no', () => ask({ votes: votes('yy', 'ny', 'yy') }), 'fail votes'],
  ['votes split, one unknown', () => ask({ votes: votes('yy', 'uy', 'yy') }), 'inconclusive votes'],
  ['model id changed', () => ask({ judge: judgeFacts }), 'inconclusive rule'],
  ['calibration old', () => ask({ unfit: 'the calibration is 91 days old' }), 'inconclusive rule'],
  [
    'budget reached',
    () => ask({ votes: broken('token budget of the day is spent', 'budget') }),
    'error budget',
  ],
  [
    'evidence cut under a key criterion',
    () =>
      ask(
        { evidence: [{ ref: 'object/web', text: 'readinessProbe is set', truncated: true }] },
        criteriaRules({ criteria: [criterion('a', { key: true })] }),
      ),
    'inconclusive key',
  ],
  ['no evidence', () => ask({ evidence: [] }), 'error rule'],
  [
    'thin evidence',
    () => ask({ evidence: [{ ref: 'object/web', text: ' : ', truncated: false }] }),
    'error rule',
  ],
  ['no clock', () => judge(one, { a: 1 }, { at: Number.NaN }), 'error rule'],
  ['a clock that jumped back', () => judge(one, { a: 1 }, { at: nowMs - 3_600_000 }), 'error rule'],
];

describe('all failure modes are closed', () => {
  test.each(rows)('%s', (_name, decide, expected) => {
    const verdict = decide();
    expect(`${verdict.outcome} ${verdict.decidedBy}`).toBe(expected);
    expect([verdict.open, verdict.pass]).toEqual([false, false]);
    expect(verdict.reasons.length).toBeGreaterThan(0);
    expect(admit(verdict, digestOfSubject, nowMs).isOpen).toBe(false);
  });

  test('an answer that cannot be read is repaired once, then an error', () => {
    const asked = { nonce: 'n', ids: ['a'] };
    expect(readAnswer('Sure! {"pass":true}', asked).kind).toBe('repair');
    expect(readAnswer('Sure! {"pass":true}', { ...asked, isRepair: true }).kind).toBe('error');
  });
  test("the rules' results are shown where the judge is missing", () => {
    const ruleChecks = judge(policyOf([limit('r')]), { r: 1 }).checks;
    expect(ask({ judge: undefined, votes: [], ruleChecks }).checks).toMatchObject([
      { id: 'r', result: 'pass' },
      {},
      {},
    ]);
  });
  test('a step that was skipped, terminated or cancelled has no verdict, and opens nothing', () => {
    expect(admit(undefined, digestOfSubject, nowMs)).toMatchObject({
      isOpen: false,
      code: 'NoVerdict',
    });
  });
  test('after a restart the same window and votes give the same verdict', () => {
    const window = { fromMs: nowMs - 30_000, toMs: nowMs };
    const [before, after] = [nowMs, nowMs + 5000].map((at) =>
      judge(one, { a: 1 }, { at, context: { window } }),
    );
    expect({ ...after, at: '', expires: '' }).toEqual({ ...before, at: '', expires: '' });
    expect(ask({})).toEqual(ask({}));
  });
  test('a subject that changed, or a verdict that has expired, is refused', () => {
    const verdict = judge(one, { a: 1 });
    expect(admit(verdict, 'sha256:other', nowMs).isOpen).toBe(false);
    expect(admit(verdict, digestOfSubject, nowMs + 3_600_000).isOpen).toBe(false);
  });
  test('a mute of nothing is refused at vet', () => {
    const mute = [{ id: 'z', why: 'x', until: new Date(nowMs + 1000).toISOString() }];
    expect(faultsOf({ subject: 's', objectives: [limit('a')], mute })).toEqual(['mute[0].id MuteOfNothing']);
  });
  test('a policy text that says nothing is refused', () => {
    expect(splitPolicy('\n').ok).toBe(false);
  });
  test('an override without reason, role or expiry is refused', () => {
    const request = { by: 'ana', groups: [], reason: '', expires: '' };
    expect(overrideVerdict(judge(one, { a: 99 }), request, nowMs)).toEqual({
      ok: false,
      message: 'an override needs the role in which, a reason, an end that is still to come',
    });
  });
});

function zeroScanned(): ReturnType<typeof sample> {
  const read = readReport('polaris', '{"PolarisOutputVersion":"1","Results":[],"Score":100}');
  if (!read.ok) throw new Error(read.message);
  return sampleOfReport(read.report, 'info', nowMs);
}
