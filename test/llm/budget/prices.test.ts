import { describe, expect, test } from 'vitest';
import { builtInPrices, costOf, priceDate, priceOf } from '../../../src/llm/budget/prices.ts';

const vendor = 'api.openai.com';

describe('a price', () => {
  test('is that of the model at its vendor, also for a dated name', () => {
    const price = { inputMicros: 150_000, outputMicros: 600_000 };
    expect(priceOf(vendor, 'gpt-4o-mini', builtInPrices)).toMatchObject(price);
    expect(priceOf('API.openai.com', 'gpt-4o-mini-2024-07-18', builtInPrices)).toMatchObject(price);
    expect(priceDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test.each([
    [vendor, 'gpt-4o-mini-audio'],
    [vendor, 'gpt'],
    [vendor, ''],
    ['api.openai.com.evil.example', 'gpt-4o-mini'],
    ['litellm.internal', 'gpt-4o-mini'],
  ])('at %s of %j is not known', (host, model) => {
    expect(priceOf(host, model, builtInPrices)).toBeUndefined();
  });

  test('given by the operator counts first', () => {
    const own = { host: vendor, model: 'gpt-4o-mini', inputMicros: 0, outputMicros: 0 };
    expect(priceOf(vendor, 'gpt-4o-mini', [own, ...builtInPrices])).toEqual(own);
    const dated = { ...own, model: 'gpt-4o-mini-2024-07-18', inputMicros: 7 };
    expect(priceOf(vendor, dated.model, [own, dated])).toEqual(dated);
  });

  test.each([
    [0, 0, 0],
    [1, 0, 1],
    [7, 0, 2],
    [1_000_000, 1_000_000, 750_000],
    [2 ** 50, 2 ** 50, 844_424_930_131_968],
  ])('of %i and %i tokens makes %i micro-dollars, rounded up', (inputTokens, outputTokens, cost) => {
    expect(costOf({ inputTokens, outputTokens }, { inputMicros: 150_000, outputMicros: 600_000 })).toBe(cost);
  });
});
