import { describe, expect, test } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { version } from '../../../src/api/version.ts';
import { refusePolicy } from '../../../src/gate/evaluate/evaluate-gate.ts';
import { gateFacts } from '../../../src/ops/gates/gate-facts.ts';
import { recordVerdict } from '../../../src/ops/gates/record-verdict.ts';
import { failing, judge, limit, policyOf, sample } from '../../gate/fixtures.ts';
import { testContext } from '../context.ts';

const passing = judge(policyOf([limit('errors')]), { errors: 3 });

describe('recordVerdict', () => {
  test('the outcome carries the verdict, what a step type asks of it, and what the run keeps', async () => {
    const context = testContext();
    const outcome = await recordVerdict(context, passing, 'cache-key');
    expect(outcome.result).toMatchObject({ open: true, outcome: 'pass', score: 100, next: 'open' });
    expect(outcome.verdict).toMatchObject({ open: true, gate: 'release' });
    const id = outcome.result.id;
    expect(await context.verdicts.get('team', id)).toMatchObject({
      run: 'demo',
      step: 'step',
      cacheKey: 'cache-key',
      verdict: { outcome: 'pass' },
    });
  });

  test('a repeat after a crash answers with the verdict that was kept first', async () => {
    const context = testContext();
    const first = await recordVerdict(context, passing, null);
    const second = await recordVerdict(context, judge(policyOf([limit('errors')]), { errors: 99 }), null);
    expect(second).toEqual(first);
  });

  test('the message has the outcome, the score and the worst reasons, within 500 characters', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `objective-${index}`);
    const measured = Object.fromEntries(ids.map((id) => [id, [failing('x'.repeat(400))]]));
    const verdict = judge(policyOf(ids.map((id) => limit(id))), measured);
    const { message } = (await recordVerdict(testContext(), verdict, null)).result;
    expect(message.length).toBeLessThanOrEqual(500);
    expect(message).toMatch(/^error; objective-0: /);
    const failed = judge(policyOf([limit('a'), limit('b')]), { a: 1, b: 20 });
    const outcome = await recordVerdict(testContext(), failed, null);
    expect(outcome.result.message).toBe('fail (score 50 of 100); b: value <= 10 does not hold');
  });

  test('the table shows every check on a line of its own, worst first, whatever its text holds', async () => {
    const verdict = judge(policyOf([limit('good'), limit('bad', { unit: 'ms\n\u001B[31m' })]), {
      good: 1,
      bad: [sample(40)],
    });
    const { table } = (await recordVerdict(testContext(), verdict, null)).result;
    expect(table.split('\n')).toEqual([
      'gate release: fail, not open; score 50 of 100; decided by score; 2 of 2 checks evaluated',
      'RESULT  CHECK  VALUE       CONDITION    WEIGHT  SAYS',
      'fail    bad    40 ms [31m  value <= 10  1       does not hold',
      'pass    good   1           value <= 10  1       holds',
    ]);
  });

  test('secrets are masked in what others wrote, and cannot change an outcome', async () => {
    const context = testContext();
    context.addSecret('hunter22');
    context.addSecret('fail');
    const verdict = judge(policyOf([limit('a')]), { a: [failing('401 for hunter22')] });
    const outcome = await recordVerdict(context, verdict, null);
    expect(JSON.stringify(outcome)).not.toContain('hunter22');
    const failed = judge(policyOf([limit('a')]), { a: 99 });
    const other = await recordVerdict({ ...context, idempotencyKey: 'key-2' }, failed, null);
    expect(other.result.outcome).toBe('fail');
  });
});

test('an attempt counts the verdicts that this gate has given about this subject in this run', async () => {
  const context = { ...testContext(), step: { name: 'release', path: 'release' }, isInteractive: true };
  const first = await recordVerdict(context, passing, null);
  const facts = await gateFacts(context, passing.subject, 1);
  expect(facts).toMatchObject({ gate: 'release', attempt: 2, isInteractive: true, engine: version });
  expect(facts.previous).toEqual([first.result.id]);
  expect(refusePolicy([], facts, 2)).toMatchObject({ outcome: 'error', open: false, attempt: 2 });
});

test('the version in verdicts is the one of the package', () => {
  expect(version).toBe(packageFile.version);
});
