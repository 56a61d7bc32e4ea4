import { describe, expect, test } from 'vitest';
import { parseModelBudget, type ModelBudget } from '../../src/api/model-budget.ts';

test.each<readonly [string, ModelBudget]>([
  ['tokens=20000,cost=0.50,calls=10', { tokens: 20_000, microDollars: 500_000, calls: 10 }],
  [' calls = 0 ', { calls: 0 }],
  ['cost=1', { microDollars: 1_000_000 }],
  ['cost=0.000001', { microDollars: 1 }],
])('%j is a budget', (text, budget) => {
  expect(parseModelBudget(text)).toEqual({ ok: true, budget });
});

describe('no budget is', () => {
  test.each([
    ['', '"" is none of'],
    ['tokens', '"tokens" is none of'],
    ['money=1', '"money=1" is none of'],
    ['constructor=1', '"constructor=1" is none of'],
    ['tokens=many', '"tokens=many" is none of'],
    ['tokens=-1', '"tokens=-1" is none of'],
    ['tokens=1.5', 'tokens=1.5 is no whole number'],
    ['tokens=1e3', '"tokens=1e3" is none of'],
    ['cost=0.0000001', 'cost=0.0000001 is no amount of dollars'],
    ['cost=1.2.3', 'cost=1.2.3 is no amount of dollars'],
    ['calls=1,calls=2', 'calls stands twice'],
    ['calls=1,', '"" is none of'],
  ])('%j', (text, reason) => {
    expect(parseModelBudget(text)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason) as string,
    });
  });
});
