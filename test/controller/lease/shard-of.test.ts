import { expect, test } from 'vitest';
import { shardOf } from '../../../src/controller/lease/shard-of.ts';

test.each([
  ['', [1, 1, 1]],
  ['a', [0, 1, 0]],
  ['0f8fad5b-d9cb-469f-a165-70867728950e', [1, 2, 3]],
  ['7c9e6679-7425-40de-944b-e07fc1f90ae7', [1, 2, 1]],
])('the shard of %j never changes', (uid, shards) => {
  expect([2, 3, 5].map((count) => shardOf(uid, count))).toEqual(shards);
  expect(shardOf(uid, 1)).toBe(0);
});

test('uids that differ in their last characters spread', () => {
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 4_000; index += 1) {
    const shard = shardOf(`7c9e6679-7425-40de-944b-${String(index).padStart(12, '0')}`, 4);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(800);
});
