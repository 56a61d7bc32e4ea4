import { expect, test } from 'vitest';
import { verdictView } from '../../../src/cli/gates/verdict-view.ts';
import { displayWidth } from '../../../src/cli/terminal/display-width.ts';
import { openStyle } from '../../../src/cli/terminal/style.ts';
import { overrideVerdict } from '../../../src/gate/override.ts';
import type { Verdict } from '../../../src/gate/verdict.ts';
import { failing, judge, limit, nowMs, policyOf, sample } from '../../gate/fixtures.ts';
import { ask } from '../../gate/judge-fixtures.ts';

const options = { style: openStyle(false, true), columns: 100, id: 'abc' };
const hostile = '\u001B[31mred\r\nfake: pass, open\u202E\u0000';
const policy = policyOf([limit('errors', { key: true, unit: '%' }), limit('latency'), limit('x')]);
const failed = judge(policy, { errors: 99, latency: 2, x: [failing(hostile)] });

test('a verdict shows what it came to, what decided, each check and what it is about', () => {
  const text = verdictView(failed, options);
  expect(text).toContain('gate release  fail, not open\n  score 33.33 of 100 needed, decided by key, ');
  expect(text).toMatch(/^ {2}fail +errors +99 % +value <= 10 +1 key .*does not hold/m);
  expect(text).toMatch(/^ {2}pass +latency +2 +value <= 10 +1 /m);
  expect(text).toContain(`  subject     Objects web ${failed.subject.digest}\n`);
  expect(text).toContain(`  policy      ${failed.policy.digest}\n`);
  expect(text).toContain(`  expires     ${failed.expires?.replace('.000Z', 'Z')}\n  verdict     abc\n`);
  expect(text).not.toContain('model use');
});

test('hostile text moves nothing and makes no lines of its own', () => {
  const text = verdictView(failed, options);
  expect(text).not.toContain('\u001B');
  expect(text.split('\n').filter((line) => line.startsWith('fake'))).toEqual([]);
});

test('lines fit the terminal', () => {
  const long = judge(policyOf([limit('a')]), { a: [sample('word '.repeat(200))] });
  for (const columns of [60, 80, 120])
    for (const line of verdictView(long, { ...options, columns }).split('\n'))
      expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(columns, 100));
});

test.each<readonly [string, Verdict, string]>([
  [
    'a judge, its calibration and its price',
    ask({}),
    'uncalibrated, 3 votes, agreement 100%, anchors 6 of 6',
  ],
  ['a price that is not known', { ...ask({}), cost: null }, 'price not known'],
  [
    'a calibrated judge',
    (() => {
      const verdict = ask({});
      if (verdict.judge === null) throw new Error('no judge');
      const calibration = { digest: 'd', sensitivity: 0.9, specificity: 0.955, n: 60, at: 'x' };
      return { ...verdict, judge: { ...verdict.judge, calibration } };
    })(),
    'calibrated on 60 cases (specificity 95.5%, sensitivity 90%)',
  ],
  [
    'text that tries to steer',
    { ...failed, suspicion: [{ evidenceRef: 'log web', pattern: 'ignore instructions', offset: 3 }] },
    'suspicion   log web holds text that looks like instructions: ignore instructions',
  ],
  ['a quote', ask({}), '[quoted: readinessProbe is set, in object/web]'],
  ['an observation', { ...failed, mode: 'observe' }, 'gate release  fail, observing'],
  ['a verdict without a clock', { ...failed, expires: null }, 'expires     no time: it opens nothing'],
  ['a second attempt', { ...failed, attempt: 2 }, 'verdict     abc, attempt 2'],
])('shows %s', (_name, verdict, expected) => {
  expect(verdictView(verdict, { ...options, columns: 200 })).toContain(expected);
});

test('shows who opened it', () => {
  const until = new Date(nowMs + 3_600_000).toISOString();
  const opened = overrideVerdict(
    failed,
    { by: 'ana', groups: ['sre'], reason: 'hotfix', expires: until },
    nowMs,
  );
  if (!opened.ok) throw new Error(opened.message);
  expect(verdictView(opened.verdict, options)).toContain(
    `override    by ana (sre) until ${until.replace('.000Z', 'Z')}: hotfix`,
  );
});
