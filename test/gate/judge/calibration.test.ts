import { describe, expect, test } from 'vitest';
import {
  calibrationFitness,
  judgementDigest,
} from '../../../src/gate/judge/calibration/calibration-fitness.ts';
import {
  calibrationRecord,
  readCalibration,
  type CalibrationCounts,
} from '../../../src/gate/judge/calibration/calibration-record.ts';
import { calibrationText } from '../../../src/gate/judge/calibration/calibration-text.ts';
import { correctedRate, rateOf } from '../../../src/gate/judge/calibration/rates.ts';
import { judgePromptDigest } from '../../../src/gate/judge/judge-prompt.ts';
import { familyOf, isAliasOf, kinshipFault } from '../../../src/gate/judge/model-family.ts';
import type { Json } from '../../../src/api/json.ts';
import { nowMs } from '../fixtures.ts';
import { aiPolicyOf } from './ai-gate-fixtures.ts';

const dayMs = 24 * 3_600_000;

describe('rates', () => {
  // Figures of the closed formula, as any table of Wilson intervals has them.
  test.each([
    [50, 50, 1, 0.9287, 1],
    [0, 50, 0, 0, 0.0713],
    [45, 50, 0.9, 0.7864, 0.9565],
    [1, 1, 1, 0.2065, 1],
    [0, 0, 0, 0, 1],
  ])('%i of %i', (hits, n, value, low, high) => {
    expect(rateOf(hits, n)).toEqual({ value, low, high });
  });
  test('what passed is corrected by how the judge errs', () => {
    expect(correctedRate(0.5, 1, 1)).toBe(0.5);
    expect(correctedRate(0.8, 0.96, 0.25)).toBe(0.2381);
    expect(correctedRate(0.1, 0.9, 0.8)).toBe(0);
    expect(correctedRate(0.5, 0.5, 0.5)).toBeUndefined();
  });
});

const policy = aiPolicyOf();

function counts(rest: Partial<CalibrationCounts> = {}): CalibrationCounts {
  return {
    modelAsked: 'm-1',
    modelAnswered: 'm-1',
    promptDigest: judgePromptDigest,
    policyDigest: judgementDigest(policy),
    good: { cases: 40, passed: 36 },
    bad: { cases: 50, refused: 50 },
    errors: 0,
    at: new Date(nowMs - dayMs).toISOString(),
    ...rest,
  };
}

describe('whether a calibration holds', () => {
  const record = (rest: Partial<CalibrationCounts> = {}): Json => calibrationRecord(counts(rest)) as never;
  test.each<readonly [string, Json, RegExp | undefined]>([
    ['all is met', record(), undefined],
    ['a dated name of the model', record({ modelAnswered: 'm-1-2026-01-31' }), undefined],
    ['another model', record({ modelAnswered: 'm-2' }), /of m-2, not of m-1/],
    ['another prompt', record({ promptDigest: 'sha256:0' }), /another version of the prompt/],
    ['other criteria', record({ policyDigest: 'sha256:0' }), /other criteria or votes/],
    ['old', record({ at: new Date(nowMs - 91 * dayMs).toISOString() }), /too old/],
    ['of the future', record({ at: new Date(nowMs + dayMs).toISOString() }), /of the future/],
    ['no time', record({ at: 'yesterday' }), /too old/],
    ['few bad cases', record({ bad: { cases: 20, refused: 20 } }), /20 bad cases of 30/],
    [
      'misses',
      record({ bad: { cases: 50, refused: 40 } }),
      /at least 66\.\d % of bad cases, and 80 % are needed/,
    ],
    ['no record', { version: 'x' }, /no record of/],
    ['a changed count', { ...(record() as object), bad: { cases: 50, refused: 49 } }, /digest/],
    ['counts that are none', { ...(record() as object), bad: { cases: 5, refused: 9 } }, /not whole/],
  ])('%s', (_name, set, fault) => {
    const demanding = aiPolicyOf({ calibration: { required: true, set } });
    const fitness = calibrationFitness(demanding, 'm-1', nowMs);
    if (fault === undefined) {
      expect(fitness.unfit).toBeUndefined();
      expect(fitness.facts).toMatchObject({ sensitivity: 0.9, specificity: 1, n: 90 });
    } else {
      expect(fitness.unfit).toMatch(fault);
      expect(fitness.facts).toBe('uncalibrated');
    }
    const lenient = calibrationFitness(aiPolicyOf({ calibration: { set } }), 'm-1', nowMs);
    expect([lenient.unfit, lenient.facts === 'uncalibrated']).toEqual([undefined, fault !== undefined]);
  });

  test('a record reads back as it was written, and says what its number of cases allows', () => {
    const made = calibrationRecord(counts());
    expect(readCalibration(JSON.parse(JSON.stringify(made)) as Json)).toEqual({ ok: true, record: made });
    expect(calibrationText(made)).toBe(
      [
        'm-1: 90 cases, 40 good and 50 bad',
        'specificity (bad cases that stay shut): 100 % (95 % interval 92.9 % to 100 %)',
        'sensitivity (good cases that pass): 90 % (95 % interval 77 % to 96 %)',
        '50 bad cases with 0 misses still allow 7.1 % misses',
        'of many changes of which half pass, 55.6 % are good by these rates',
      ].join('\n'),
    );
  });
});

describe('families of models', () => {
  test.each([
    ['gpt-4o-2024-08-06', 'gpt'],
    ['openai/gpt-5.1', 'gpt'],
    ['o3-mini', 'gpt'],
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude'],
    ['meta-llama/Llama-3.1-70B-Instruct', 'llama'],
    ['codellama:7b', 'llama'],
    ['mixtral-8x7b', 'mistral'],
    ['qwen2.5-coder:32b', 'qwen'],
    ['our-alias', undefined],
    ['', undefined],
  ])('%s: %s', (model, family) => {
    expect(familyOf(model)).toBe(family);
  });
  test.each([
    ['gpt-4o', [], undefined],
    ['gpt-4o', ['claude'], undefined],
    ['gpt-4o', ['claude', 'GPT-5'], /family gpt/],
    ['claude-3-5-haiku', ['claude'], /family claude/],
    ['our-alias', ['claude'], /is not known/],
    ['gpt-4o', ['a person'], undefined],
  ])('%s over what %j wrote', (model, authors, fault) => {
    if (fault === undefined) expect(kinshipFault(model, authors)).toBeUndefined();
    else expect(kinshipFault(model, authors)).toMatch(fault);
  });
  test.each([
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o-2024-08-06', 'gpt-4o', true],
    ['claude-3-5-haiku@20241022', 'claude-3-5-haiku', true],
    ['gpt-4o-mini', 'gpt-4o', false],
    ['gpt-4o', 'gpt-4o-2024-08-06', false],
    ['gpt-4o-2024-08-06-x', 'gpt-4o', false],
  ])('%s answers for %s: %s', (answered, asked, isAlias) => {
    expect(isAliasOf(answered, asked)).toBe(isAlias);
  });
});
