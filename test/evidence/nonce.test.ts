import { expect, test } from 'vitest';
import { promptNonce, promptSeed } from '../../src/evidence/nonce.ts';

test('the same key and parts give the same nonce and seed', () => {
  expect(promptNonce('k', ['a', 'b'])).toBe(promptNonce('k', ['a', 'b']));
  expect(promptNonce('k', ['a', 'b'])).toMatch(/^[0-9a-f]{24}$/);
  const seed = promptSeed('k', ['a', 'b']);
  expect(seed).toBe(promptSeed('k', ['a', 'b']));
  expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true);
});

test.each([
  ['another key', 'other', ['a', 'b']],
  ['another part', 'k', ['a', 'c']],
  ['parts that end elsewhere', 'k', ['ab', '']],
  ['parts in one', 'k', ['a","b']],
  ['another order', 'k', ['b', 'a']],
  ['no parts', 'k', []],
])('%s: another nonce', (_what, key, parts) => {
  expect(promptNonce(key, parts)).not.toBe(promptNonce('k', ['a', 'b']));
  expect(promptSeed(key, parts)).not.toBe(promptSeed('k', ['a', 'b']));
});
