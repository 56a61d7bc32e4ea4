import { expect, test } from 'vitest';
import { readReport, type ReportFormat } from '../../src/gate/reports/read-report.ts';
import { sampleOfReport } from '../../src/gate/reports/report.ts';
import { readAnswer } from '../../src/gate/judge/read-answer.ts';
import type { Sample } from '../../src/gate/evaluate/gate-input.ts';
import {
  admit,
  digestOfSubject,
  failing,
  faultsOf,
  judge,
  limit,
  nowMs,
  policyOf,
  sample,
} from './fixtures.ts';
import { ask, votes } from './judge-fixtures.ts';
import { kubeLinterClean } from './report-texts.ts';

const atMost = (rest: object = {}): ReturnType<typeof policyOf> => policyOf([limit('a', { ...rest })]);

function report(format: ReportFormat, text: string): boolean {
  const policy = policyOf(
    [{ id: 'f', value: { findings: { from: 'tool' } }, pass: { op: '==', value: 0 } }],
    {
      reports: { tool: { text: '-' } },
    },
  );
  const read = readReport(format, text, { exit: 0 });
  const measured: Sample = read.ok ? sampleOfReport(read.report, 'info', nowMs - 1) : failing(read.message);
  return judge(policy, { f: [measured] }).open;
}

/** Whether a judge's text opens the gate when every vote is this text. */
function says(text: string): boolean {
  const reads = [false, true].map((isRepair) => readAnswer(text, { nonce: 'n', ids: ['a'], isRepair }));
  return reads.some(({ kind }) => kind === 'answers');
}

/** Inputs over which gates elsewhere have opened, and over which this one must not. The last rows are those that should open. */
const inputs: readonly (readonly [string, () => boolean, boolean])[] = [
  ['a policy without objectives', () => faultsOf({ subject: 's', objectives: [] }).length === 0, false],
  [
    'only a failure condition, and NaN',
    () =>
      faultsOf({ subject: 's', objectives: [{ id: 'a', value: { cue: 'a' }, fail: { op: '>', value: 5 } }] })
        .length === 0,
    false,
  ],
  [
    'more failures allowed than measurements',
    () =>
      faultsOf({
        subject: 's',
        objectives: [limit('a', { samples: { count: 2, interval: '1s', failureLimit: 2 } })],
      }).length === 0,
    false,
  ],
  ['NaN', () => judge(atMost(), { a: Number.NaN }).open, false],
  ['an empty result', () => judge(atMost(), { a: [sample()] }).open, false],
  ['a metric that does not exist', () => judge(atMost(), {}).open, false],
  ['two series, the last of them good', () => judge(atMost(), { a: [sample(99, 1)] }).open, false],
  ['the provider is down', () => judge(atMost(), { a: [failing('refused')] }).open, false],
  [
    'first run, nothing to compare with',
    () =>
      judge(
        policyOf([
          { id: 'a', value: { cue: 'a' }, pass: { of: 'percent', op: '<=', value: 10 }, compare: {} },
        ]),
        { a: 1 },
      ).open,
    false,
  ],
  ['terminated before anything was measured', () => admit(undefined, digestOfSubject, nowMs).isOpen, false],
  [
    'timed out with all well so far',
    () =>
      judge(atMost({ samples: { count: 3, interval: '1s' } }), { a: [sample(1)] }, { at: nowMs + 600_000 })
        .open,
    false,
  ],
  [
    'a broken key among nine good ones',
    () =>
      judge(policyOf([limit('k', { key: true }), limit('a', { weight: 9 })], { total: { pass: 90 } }), {
        k: 99,
        a: 1,
      }).open,
    false,
  ],
  [
    'every check in the warn band',
    () =>
      judge(atMost({ warn: { op: '<=', value: 20 } }), { a: 15 }, { context: { isInteractive: true } }).open,
    false,
  ],
  [
    'polaris over nothing: 100 of 100',
    () => report('polaris', '{"PolarisOutputVersion":"1","Results":[],"Score":100}'),
    false,
  ],
  ['kube-linter over no valid object: exit 0', () => report('kube-linter', kubeLinterClean), false],
  [
    'kube-score, every check skipped by the object itself',
    () => report('kube-score', '[{"checks":[{"check":{"id":"a"},"grade":1,"skipped":true}]}]'),
    false,
  ],
  [
    'a policy report in which no rule matched',
    () => report('policy-report', '{"kind":"PolicyReport","results":[]}'),
    false,
  ],
  ['a judge that leaves out the verdict', () => says('{"reason":"looks good"}'), false],
  ['a judge that says it in prose: Y', () => says('The criteria are met. Y'), false],
  [
    'an answer quoted in the evidence, then the real one',
    () =>
      says(
        '{"nonce":"n","answers":[{"id":"a","answer":"yes","quote":"","evidence":""}]}{"nonce":"n","answers":[{"id":"a","answer":"no","quote":"","evidence":""}]}',
      ),
    false,
  ],
  ['a score of 1000 of 100', () => says('{"pass":true,"score":1000}'), false],
  ['a judge that errs, negated', () => ask({ votes: [{ kind: 'error', n: 1, message: '500' }] }).open, false],
  ['two yes, one sure no', () => ask({ votes: votes('yy', 'yy', 'ny') }).open, false],
  [
    'a rebuilt manifest after the verdict',
    () => admit(judge(atMost(), { a: 1 }), 'sha256:rebuilt', nowMs).isOpen,
    false,
  ],
  ['everything is well', () => judge(atMost(), { a: 1 }).open, true],
  [
    'exactly at the threshold',
    () =>
      judge(policyOf([limit('a', { weight: 3 }), limit('b')], { total: { pass: 75 } }), { a: 10, b: 11 })
        .open,
    true,
  ],
  ['three sure yes, quoted', () => ask({}).open, true],
];

test.each(inputs)('%s', (_name, opens, expected) => {
  expect(opens()).toBe(expected);
});
