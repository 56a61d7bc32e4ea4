import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretMask } from '../../src/api/secret-mask.ts';

function maskOf(...values: readonly string[]): SecretMask {
  const mask = new SecretMask();
  for (const value of values) mask.add(value);
  return mask;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('a secret is masked', () => {
  const secret = 'hunter2 "quoted"/+?&=ü';
  test.each([
    ['as it is', `before ${secret} after`, 'before *** after'],
    ['twice', `${secret} and ${secret}`, '*** and ***'],
    ['side by side', secret + secret, '******'],
    ['as base64', `a ${base64(secret)} b`, 'a *** b'],
    ['as base64 for URLs', `a ${Buffer.from(secret).toString('base64url')} b`, 'a *** b'],
    ['URL-encoded', `q=${encodeURIComponent(secret)}&r=1`, 'q=***&r=1'],
    [
      'URL-encoded in lower case',
      `q=${encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase())}`,
      'q=***',
    ],
    ['as a form field', `q=${encodeURIComponent(secret).replaceAll('%20', '+')}`, 'q=***'],
    ['in a JSON document', JSON.stringify({ key: secret }), '{"key":"***"}'],
    ['in a JSON document inside another', JSON.stringify(JSON.stringify([secret])), '"[\\"***\\"]"'],
    ['in JSON as Go writes it', JSON.stringify(secret).replaceAll('&', String.raw`\u0026`), '"***"'],
    [
      'in JSON inside JSON as Go writes it',
      JSON.stringify(JSON.stringify(secret).replaceAll('&', String.raw`\u0026`)),
      String.raw`"\"***\""`,
    ],
    ['in JSON as Python writes it', JSON.stringify(secret).replaceAll('ü', String.raw`\u00fc`), '"***"'],
    ['as hex', Buffer.from(secret).toString('hex'), '***'],
    ['as hex in capitals', `0x${Buffer.from(secret).toString('hex').toUpperCase()}`, '0x***'],
    ['over a whole text', secret, '***'],
  ])('%s', (_what, text, masked) => {
    expect(maskOf(secret).mask(text)).toBe(masked);
  });

  test.each(['', 'u', 'us', 'user:', 'some longer prefix: '])(
    'inside base64 of more, after "%s"',
    (prefix) => {
      const encoded = base64(`${prefix}${secret} and what follows`);
      const masked = maskOf(secret).mask(encoded);
      expect(masked).toContain('***');
      // What is left at both sides are the characters that the neighbours have a part in.
      expect(masked.length).toBeLessThan(encoded.length - base64(secret).length + 8);
    },
  );

  test.each([
    [64, '\n'],
    [76, '\r\n'],
    [76, '\n    '],
    [64, String.raw`\n`],
  ])('as base64 in lines of %i, joined by %j', (length, joint) => {
    const long = 'correct horse battery staple, '.repeat(9);
    const lines = base64(long).match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
    expect(maskOf(long).mask(`key: ${lines.join(joint)}; end`)).toBe('key: ***; end');
  });

  test('line by line, when it is a private key', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA';
    const key = `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`;
    expect(maskOf(key).mask(`  key: |\n    ${line}\n`)).toBe('  key: |\n    ***\n');
    expect(maskOf(key).mask('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });

  test('with another that overlaps it', () => {
    expect(maskOf('abcdef', 'defghi').mask('-abcdefghi-')).toBe('-***-');
  });

  test('the longest of those that begin alike', () => {
    expect(maskOf('token', 'token-long').mask('a token-long and a token')).toBe('a *** and a ***');
  });

  test('although it holds half a character', () => {
    expect(maskOf('bad\ud800half').mask('x bad\ud800half y')).toBe('x *** y');
  });
});

describe('nothing is masked', () => {
  test.each([
    ['without secrets', [], 'text'],
    ['for a value of three characters', ['abc'], 'abc abc'],
    ['for an empty value', [''], 'text'],
    ['in text that only begins like it', ['secret-value'], 'secret-valu'],
  ])('%s', (_what, values, text) => {
    expect(maskOf(...values).mask(text)).toBe(text);
  });
});

test('a value that is added later is masked from then on', () => {
  const mask = maskOf('first-secret');
  expect(mask.mask('second-secret')).toBe('second-secret');
  mask.add('second-secret');
  mask.add('second-secret');
  expect(mask.mask('second-secret')).toBe('***');
  expect(mask.values()).toEqual(['first-secret', 'second-secret']);
});

test('in JSON, strings and keys are masked and everything else stays', () => {
  const mask = maskOf('hunter2', '1234', 'true');
  const value = {
    hunter2: ['x hunter2', 1234, true, null, 12345678901234567890n],
    __proto__x: { deep: 'hunter2' },
  };
  expect(mask.maskJson(value)).toEqual({
    '***': ['x ***', 1234, true, null, 12345678901234567890n],
    __proto__x: { deep: '***' },
  });
  const own = JSON.parse('{"__proto__": "hunter2"}') as Record<string, string>;
  expect(Object.getOwnPropertyDescriptor(mask.maskJson(own), '__proto__')?.value).toBe('***');
});

test('hundreds of secrets in a megabyte are found', () => {
  const secrets = Array.from({ length: 500 }, (_each, index) => `secret-number-${index}-${'x'.repeat(20)}`);
  const filler = 'secret-numb base64 AAAA '.repeat(50);
  const text = secrets.map((secret) => filler + secret).join('');
  expect(maskOf(...secrets).mask(text)).toBe(`${filler}***`.repeat(500));
});

test('whatever the secret and the text round it, neither the secret nor a form of it is left', () => {
  const secret = string({ minLength: 4, maxLength: 40, unit: 'grapheme' }).filter(
    (value) => !/[*\s]/.test(value),
  );
  assert(
    property(secret, string({ maxLength: 20 }), string({ maxLength: 20 }), (value, before, after) => {
      const mask = maskOf(value);
      for (const form of [
        value,
        base64(value),
        encodeURIComponent(value),
        JSON.stringify(value).slice(1, -1),
      ]) {
        expect(mask.mask(before + form + after)).not.toContain(form);
      }
    }),
    { numRuns: 300 },
  );
});
