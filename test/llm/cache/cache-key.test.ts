import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/api/json.ts';
import { cacheKey, type CacheSubject } from '../../../src/llm/cache/cache-key.ts';

const subject: CacheSubject = {
  endpoint: 'https://models.example.com/v1',
  model: 'judge',
  parameters: { temperature: 0, votes: 3 },
  promptVersion: '1',
  language: 'en',
  evidence: { b: [1, 2], a: { y: null, x: 12345678901234567890n } },
};

test('a key is a digest, and the same for the same', () => {
  expect(cacheKey(subject)).toMatch(/^sha256:[0-9a-f]{64}$/);
  const turned = { ...subject, evidence: { a: { x: 12345678901234567890n, y: null }, b: [1, 2] } };
  expect(cacheKey(turned)).toBe(cacheKey(subject));
});

test.each<[string, Partial<CacheSubject>]>([
  ['server', { endpoint: 'https://other.example.com/v1' }],
  ['model', { model: 'judge-2' }],
  ['parameter', { parameters: { temperature: 1, votes: 3 } }],
  ['version of the prompt', { promptVersion: '2' }],
  ['language', { language: 'de' }],
  ['piece of evidence', { evidence: { b: [1, 2], a: { y: null, x: 12345678901234567891n } } }],
  ['order of a list', { evidence: { b: [2, 1], a: { y: null, x: 12345678901234567890n } } }],
  ['type of a value', { evidence: { b: ['1', 2], a: { y: null, x: 12345678901234567890n } } }],
])('another %s makes another key', (_what, parts) => {
  expect(cacheKey({ ...subject, ...parts })).not.toBe(cacheKey(subject));
});

test('a list of pairs is not the object with these pairs', () => {
  const keys = [{ a: 1 }, [['a', 1]], [[['a', 1]]]].map((evidence: Json) =>
    cacheKey({ ...subject, evidence }),
  );
  expect(new Set(keys).size).toBe(3);
});

test('different evidence never has the same key', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
      const isSame = JSON.stringify(one) === JSON.stringify(two);
      const keys = [one, two].map((evidence) => cacheKey({ ...subject, evidence: evidence as Json }));
      if (!isSame && !reordered(one, two)) expect(keys[0]).not.toBe(keys[1]);
      if (isSame) expect(keys[0]).toBe(keys[1]);
    }),
  );
});

function reordered(one: unknown, two: unknown): boolean {
  try {
    expect(one).toEqual(two);
    return true;
  } catch {
    return false;
  }
}
