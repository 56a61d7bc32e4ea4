import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/api/json.ts';
import { readAnswer } from '../../../src/llm/structured/read-answer.ts';

const fence = '```';
const object = { pass: true, why: 'ready' };
const plain = JSON.stringify(object);

describe('one object', () => {
  test.each<[string, string, readonly string[]]>([
    ['alone', plain, []],
    ['with white space', ` \n\t${plain}\r\n`, []],
    ['after a byte order mark', `\uFEFF${plain}`, []],
    ['in a fence', `${fence}json\n${plain}\n${fence}`, ['fence']],
    ['in a fence without a language', `${fence}\n${plain}\n${fence}\n`, ['fence']],
    ['in a fence that never ends', `${fence}json\n${plain}`, ['fence']],
    ['after a think block', `<think>is it {"pass": false}?</think>${plain}`, ['thinking']],
    ['after several think blocks', `<think>a</think>\n<Thinking>b</THINKING> ${plain}`, ['thinking']],
    ['after an empty think block', `<think>\n</think>\n${plain}`, []],
    [
      'after a block that began in the prompt',
      `I think {so}, or {"pass": 1}</think>\n${plain}`,
      ['thinking'],
    ],
    ['in a block that never ends', `<think>Well then. ${plain}`, ['unclosed-thinking']],
    ['with trailing commas', '{"pass": true, "why": "ready",\n}', ['trailing-comma']],
    ['before prose', `${plain} I hope this helps.`, ['text-around']],
    ['after prose', `Here {you} are, {}: ${plain}`.replace('{}', '{ x }'), ['text-around']],
    ['in a list', `[${plain}]`, ['text-around']],
    ['before a fence that was never begun', `{"pass":true,"why":"ready"} ${fence}`, []],
  ])('%s', (_what, text, tolerated) => {
    const reading = readAnswer(text);
    expect(reading).toMatchObject({ kind: 'object', value: object });
    if (reading.kind === 'object') expect([...reading.tolerated].toSorted()).toEqual(tolerated);
  });

  test('with raw newlines and tabs in text', () => {
    const reading = readAnswer('{"why":"a\n\tb\r\n"}');
    expect(reading).toMatchObject({ value: { why: 'a\n\tb\r\n' }, tolerated: new Set(['raw-newline']) });
  });

  test('keeps what looks like a tag or a fence in text', () => {
    const value = { quote: `</think>{"pass":true} <think> ${fence}json {}` };
    expect(readAnswer(JSON.stringify(value))).toEqual({ kind: 'object', value, tolerated: new Set() });
  });

  test('keeps integers of any size, and keys of any name', () => {
    const reading = readAnswer('{"n":12345678901234567890,"__proto__":{"x":1}}');
    expect(reading).toMatchObject({ value: { n: 12345678901234567890n } });
    expect(Object.keys((reading as { value: object }).value)).toEqual(['n', '__proto__']);
  });
});

describe('a defect', () => {
  test.each<[string, string]>([
    ['', 'no-object'],
    ['yes', 'no-object'],
    ['[1, 2]', 'no-object'],
    ['"{"', 'cut-off'],
    ['use {name} and { name }', 'no-object'],
    [`${plain}${plain}`, 'several-objects'],
    [`{} then ${plain}`, 'several-objects'],
    [`[${plain},${plain}]`, 'several-objects'],
    [`${plain}\n${fence}json\n{"pass":false}\n${fence}`, 'several-objects'],
    [`<think>{"pass":false} hm, ${plain}`, 'several-objects'],
    ['{"pass":false,"pass":true}', 'duplicate-key'],
    ['{"a":{"x":1,"\\u0078":2}}', 'duplicate-key'],
    ['{"pass":true', 'cut-off'],
    ['{"why":"half', 'cut-off'],
    ['{"why":"\\u00', 'cut-off'],
    ['{', 'cut-off'],
    [`${plain} {"more":`, 'cut-off'],
    ['{"pass":True}', 'malformed'],
    ["{'pass':true}", 'no-object'],
    ['{"pass":true,,}', 'malformed'],
    ['{"pass":01}', 'malformed'],
    ['{"pass":1.}', 'malformed'],
    ['{"pass":1e999}', 'malformed'],
    ['{"pass":NaN}', 'malformed'],
    ['{"why":"\\x"}       ', 'malformed'],
    ['{"why":"\u0000"}', 'malformed'],
    ['{"pass":true "why":1}', 'malformed'],
    ['{"pass":true, // sure\n}', 'malformed'],
    [`{"a":${'['.repeat(5000)}`, 'too-deep'],
  ])('in %j: %s', (text, defect) => {
    expect(readAnswer(text)).toEqual({ kind: 'defect', defect });
  });

  test('is what a quote of evidence cannot turn into another answer', () => {
    const said = `So: {"quote":"</think>{}","pass":false}`;
    const reading = readAnswer(said);
    expect(reading.kind === 'defect' || reading.tolerated.has('text-around')).toBe(true);
  });
});

describe('for any value', () => {
  const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));

  test('what JSON.stringify writes is read as it was, however it is wrapped', () => {
    const indents = fc.constantFrom(undefined, 2);
    const wrappings = fc.constantFrom(
      (text: string) => text,
      (text: string) => `<think>hm { " [</think>\n${text}`,
      (text: string) => `${fence}json\n${text}\n${fence}`,
      (text: string) => `hm { x " [</think>${fence}\n${text}${fence}`,
    );
    fc.assert(
      fc.property(objects, indents, wrappings, (value, indent, wrap) => {
        const text = JSON.stringify(value, undefined, indent);
        const reading = readAnswer(wrap(text));
        expect(reading.kind).toBe('object');
        if (reading.kind !== 'object') return;
        expect(stringifyJson(reading.value)).toBe(stringifyJson(parseJson(text)));
        expect(reading.tolerated.has('text-around')).toBe(false);
      }),
    );
  });

  test('two objects are never one', () => {
    fc.assert(
      fc.property(objects, objects, fc.string(), (one, two, between) => {
        const text = `${JSON.stringify(one)}${between}${JSON.stringify(two)}`;
        expect(readAnswer(text).kind).toBe('defect');
      }),
    );
  });

  test('a part of one is cut off, and nothing is made of it', () => {
    const cuts = fc.tuple(objects, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));
    fc.assert(
      fc.property(cuts, ([value, part]) => {
        const text = JSON.stringify(value);
        const cut = text.slice(0, 1 + Math.floor(part * (text.length - 1)));
        expect(readAnswer(cut).kind).toBe('defect');
      }),
    );
  });

  test('of any text there is a reading, and strict JSON is read like JSON.parse', () => {
    const bits = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      'a',
      '1',
      ' ',
      '\n',
      'true',
      '<think>',
      '</think>',
      fence,
      '-',
      '.',
      'e',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 24 }), (parts) => {
        const text = parts.join('');
        const reading = readAnswer(text);
        if (reading.kind !== 'object' || reading.tolerated.size > 0) return;
        expect(stringifyJson(reading.value)).toBe(
          // A fence, and a block in which nothing was thought, are no part of what was said.
          stringifyJson(
            parseJson(text.replaceAll(fence, '').replaceAll(/^(?:\s|<\/?think>)+|(?:\s|<\/?think>)+$/g, '')),
          ),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

describe('time grows with the text', () => {
  const size = 400_000;
  // Anything quadratic would take minutes and run into the time of the test.
  test.each([
    ['braces', '{'],
    ['open objects', '{"a":'],
    ['braces and blanks', '{ '],
    ['braces far from each other', `{${' '.repeat(1000)}`],
    ['prose in braces', '{a} '],
    ['quotes', '"'],
    ['backslashes', '{"\\\\'],
    ['think tags', '<think>'],
    ['closed think tags', '<think></think>'],
    ['closing tags', '</think>'],
    ['half tags', '</thin'],
    ['fences', fence],
    ['objects', '{}'],
    ['digits', '{"a":1'],
    ['blanks', ' '],
    ['brackets', '['],
  ])('of many %s', (_what, piece) => {
    const many = piece.repeat(Math.ceil(size / piece.length));
    for (const text of [many, `{"a":"${many}`, `{"a":[${many}`, `x ${many}`, `<think>${many}`]) {
      expect(['object', 'defect']).toContain(readAnswer(text).kind);
    }
  });
});
