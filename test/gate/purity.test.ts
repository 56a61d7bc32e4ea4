import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holds } from '../../src/gate/condition.ts';
import { limit, policyOf } from './fixtures.ts';

const root = join(import.meta.dirname, '../../src/gate');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

test('gates have no I/O, no clock and no randomness of their own; digests are the one thing from Node', () => {
  const wrong = files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const modules = [...text.matchAll(/from '(node:[^']+)'/g)].map((match) => match[1]);
    return (
      /\b(Date\.now|new Date\(\)|performance\.|Math\.random|setTimeout|setInterval|process\.|fetch\()/.test(
        text,
      ) || modules.some((each) => each !== 'node:crypto' || file !== 'digest.ts')
    );
  });
  expect(wrong).toEqual([]);
  expect(files.length).toBeGreaterThan(30);
});

test('no condition is lost because its number is large', () => {
  const pass = [
    { op: '>=', value: 1 },
    { op: '<=', value: 12_345_678_901_234_567_890n },
  ];
  expect(policyOf([limit('a', { pass })]).objectives[0]?.pass).toHaveLength(2);
});

test('nothing compares with what is not finite', () => {
  for (const op of ['<', '<=', '>', '>=', '==', '!='] as const)
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect([holds(odd, op, 1), holds(1, op, odd), holds(odd, op, odd)]).toEqual([false, false, false]);
});
