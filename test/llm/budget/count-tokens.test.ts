import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countPromptTokens, countTokens } from '../../../src/llm/budget/count-tokens.ts';

describe('a count of tokens', () => {
  // What the two encodings of the vendor make of it, the larger of them.
  test.each([
    ['The container cannot start because its image does not exist.', 11],
    ['web-7d4b9c6f5-x2k8p', 16],
    ['qxzvkjwq tmrplwc bnvhgt', 14],
    ['dGhpcyBpcyBhIHNlY3JldCB0b2tlbiBmb3IgdGVzdHM=', 32],
    ['9f86d081884c7d659a2feaa0c55ad015', 19],
    ['{"a":[1,2,{"b":null}]}', 13],
    ['  spec:\n    containers:\n    - name: web\n      image: nginx:1.27\n', 21],
    ['集群中的容器无法启动', 11],
    ['Контейнер не запускается', 10],
    ['🚀🔥💥', 8],
    ['    \t\t\n\n', 2],
    ['3.14159265358979', 7],
    ['}{][)(*&^%$#@!', 10],
  ])('of %j is more than %i', (text, real) => {
    expect(countTokens(text)).toBeGreaterThanOrEqual(real);
  });

  test('is never more than the bytes, nor 0 for a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const tokens = countTokens(text);
        expect(tokens).toBeGreaterThan(0);
        expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });

  test('grows with the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, two) => {
        expect(countTokens(`${one}\n${two}`)).toBeGreaterThanOrEqual(
          Math.max(countTokens(one), countTokens(two)),
        );
      }),
    );
  });

  test('of a prompt counts its frame', () => {
    expect(countPromptTokens([])).toBeGreaterThan(0);
    const one = countPromptTokens([{ role: 'user', content: 'x' }]);
    expect(
      countPromptTokens([
        { role: 'system', content: '' },
        { role: 'user', content: 'x' },
      ]),
    ).toBeGreaterThan(one);
  });
});
