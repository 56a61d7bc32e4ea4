import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/api/json.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';

/** Each form and what kubectl 1.34 (sigs.k8s.io/yaml 1.6.0) makes of it; `!` marks those that YAML 1.2 reads otherwise. */
const forms: readonly (readonly [form: string, value: Json, warns?: '!'])[] = [
  ['y', true, '!'],
  ['Y', true, '!'],
  ['yes', true, '!'],
  ['Yes', true, '!'],
  ['YES', true, '!'],
  ['yEs', 'yEs'],
  ['on', true, '!'],
  ['On', true, '!'],
  ['ON', true, '!'],
  ['n', false, '!'],
  ['N', false, '!'],
  ['no', false, '!'],
  ['No', false, '!'],
  ['NO', false, '!'],
  ['off', false, '!'],
  ['Off', false, '!'],
  ['OFF', false, '!'],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['tRUE', 'tRUE'],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['nULL', 'nULL'],
  ['', null],
  ['0', 0],
  ['-0', 0],
  ['+1', 1],
  ['-1', -1],
  ['0644', 420, '!'],
  ['-0644', -420, '!'],
  ['+0644', 420, '!'],
  ['0000644', 420, '!'],
  ['00', 0],
  ['0o644', 420],
  ['-0o644', -420, '!'],
  ['0O17', 15, '!'],
  ['089', 89],
  ['08', 8],
  ['0o8', '0o8'],
  ['0x1F', 31],
  ['0X1F', 31, '!'],
  ['-0x1f', -31, '!'],
  ['0xg', '0xg'],
  ['0x', '0x'],
  ['0b101', 5, '!'],
  ['-0b101', -5, '!'],
  ['0b2', '0b2'],
  ['1_000', 1000, '!'],
  ['1000_', 1000, '!'],
  ['_1000', '_1000'],
  ['1_0.5', 10.5, '!'],
  ['0x_1F', 31, '!'],
  ['0_644', 420, '!'],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9007199254740993', -9007199254740993n],
  ['9223372036854775808', 9223372036854775808n],
  ['18446744073709551615', 18446744073709551615n],
  ['-9223372036854775808', -9223372036854775808n],
  ['0xFFFFFFFFFFFFFFFF', 18446744073709551615n],
  ['0x1FFFFFFFFFFFFFFFF', '0x1FFFFFFFFFFFFFFFF', '!'],
  ['01777777777777777777777', 18446744073709551615n, '!'],
  ['1.5', 1.5],
  ['+1.5', 1.5],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1E+3', 1000],
  ['1.5e-3', 0.0015],
  ['1e400', '1e400', '!'],
  ['1e-400', 0],
  ['1.0', 1],
  ['1.2.3', '1.2.3'],
  ['1e', '1e'],
  ['.', '.'],
  ['-.', '-.'],
  ['+', '+'],
  ['inf', 'inf'],
  ['NaN', 'NaN'],
  ['12:30', '12:30'],
  ['190:20:30', '190:20:30'],
  ['2024-01-02', '2024-01-02'],
  ['2024-01-02T10:00:00Z', '2024-01-02T10:00:00Z'],
  ['2024-01-02 10:00:00', '2024-01-02 10:00:00'],
  ['1,000', '1,000'],
  ['=', '='],
  ['"yes"', 'yes'],
  ["'0644'", '0644'],
  ["'it''s'", "it's"],
  ['"a\\tb\\u00e9\\x41\\U0001F600"', 'a\tbéA😀'],
  ['"\\ud83d\\ude00"', '😀'],
  ['!!str yes', 'yes'],
  ['!!str 0644', '0644'],
  ['!!str', ''],
  ['! 12', '12'],
  ['!!int "3"', 3],
  ['!!int 0x1E', 30],
  ['!!float 3', 3],
  ['!!float "1.5"', 1.5],
  ['!!bool "yes"', true],
  ['!!null ""', null],
  ['!!binary aGVsbG8=', 'hello'],
  ['!!timestamp 2024-01-02', '2024-01-02'],
  ['!!map {a: 1}', { a: 1 }],
  ['!!seq [1]', [1]],
  ['!!set {a: null}', { a: null }],
  ['{a, b: , c: 1}', { a: null, b: null, c: 1 }],
  ['[a: 1, b]', [{ a: 1 }, 'b']],
  ['x:y', 'x:y'],
  ['a#b', 'a#b'],
  ['a #b', 'a'],
];

describe('scalars', () => {
  test.each(forms.map(([form, value, warns]) => ({ form, value, warns })))(
    '$form',
    ({ form, value, warns }) => {
      const { documents, faults } = readDocuments(`v: ${form}\n`, 'f.yaml');
      expect(documents[0]?.value).toEqual({ v: value });
      expect(faults.map(({ code, severity }) => `${severity} ${code}`)).toEqual(
        warns === '!' ? ['warning Yaml11Value'] : [],
      );
    },
  );

  test('the warning names both readings and where the value stands', () => {
    const { faults } = readDocuments('spec:\n  mode: 0644\n', 'f.yaml');
    expect(faults).toEqual([
      {
        file: 'f.yaml',
        line: 2,
        column: 9,
        path: 'spec.mode',
        code: 'Yaml11Value',
        severity: 'warning',
        message: 'the value 0644 is read as 420, as kubectl reads it; a YAML 1.2 reader takes 644',
        suggestion: 'write 420, or "0644" for text',
      },
    ]);
  });

  test.each([
    ['.inf', 'UnsupportedNumber'],
    ['-.Inf', 'UnsupportedNumber'],
    ['.NAN', 'UnsupportedNumber'],
    ['!!float .inf', 'UnsupportedNumber'],
    ['!!int abc', 'BadTagValue'],
    ['!!int 1.5', 'BadTagValue'],
    ['!!bool maybe', 'BadTagValue'],
    ['!!null x', 'BadTagValue'],
    ['!!binary "@@"', 'BadTagValue'],
    ['!!binary gIGC', 'BadTagValue'],
    ['!custom x', 'UnknownTag'],
    ['!!python/object:os.system x', 'UnknownTag'],
    ['!!str [a]', 'UnknownTag'],
    ['!!map x', 'UnknownTag'],
  ])('%s is refused as %s', (form, code) => {
    const { documents, faults } = readDocuments(`v: ${form}\n`, 'f.yaml');
    expect(documents).toEqual([]);
    expect(faults.map((fault) => [fault.code, fault.severity, fault.path])).toEqual([[code, 'error', 'v']]);
  });

  test.each([['18446744073709551616'], ['-9223372036854775809'], ['123456789012345678901234567890']])(
    '%s has too many bits and is read with a warning',
    (form) => {
      const { documents, faults } = readDocuments(`v: ${form}\n`, 'f.yaml');
      expect(documents[0]?.value).toEqual({ v: Number(form) });
      expect(faults[0]).toMatchObject({
        code: 'ImpreciseNumber',
        severity: 'warning',
        suggestion: `write "${form}" to keep its digits`,
      });
    },
  );

  test('the warning about a key names the key', () => {
    const { faults } = readDocuments('a:\n  on: push\n', 'f.yaml');
    expect(faults).toMatchObject([{ code: 'Yaml11Value', line: 2, column: 3, path: 'a.on' }]);
  });

  test.each([
    ['on: push', { true: 'push' }],
    ['1: a', { '1': 'a' }],
    ['0x10: a', { '16': 'a' }],
    ['1.5: a', { '1.5': 'a' }],
    ['12:30: a', { '12:30': 'a' }],
    ['? a\n: b', { a: 'b' }],
    ['&k a: 1\nb: *k', { a: 1, b: 'a' }],
  ])('the key of %s', (text, value) => {
    expect(readDocuments(text, 'f.yaml').documents[0]?.value).toEqual(value);
  });
});

describe('block scalars', () => {
  test.each<[string, Json]>([
    ['a: |\n  x\n  y\n', 'x\ny\n'],
    ['a: |-\n  x\n', 'x'],
    ['a: |+\n  x\n\n', 'x\n\n'],
    ['a: >\n  x\n  y\n', 'x y\n'],
    ['a: >-\n  x\n\n  y\n   z\n  w\n', 'x\ny\n z\nw'],
    ['a: |2-\n   x\n', ' x'],
    ['a: |\r\n  x\r\n  y\r\n', 'x\ny\n'],
    ['a: |\n  yes\n', 'yes\n'],
    // Without a line feed at the end of the file there is none in the value.
    ['a: |\n  x', 'x'],
    ['a: >\n  x\n  y', 'x y'],
    ['a: |\n  x\n  ', 'x\n'],
  ])('%j', (text, value) => {
    expect(readDocuments(text, 'f.yaml').documents[0]?.value).toEqual({ a: value });
  });
});

describe('merges', () => {
  const base = 'b: &b {x: 1, w: 2}\n';
  test.each<[string, string, Json]>([
    ['an alias', `${base}c:\n  <<: *b\n  z: 3\n`, { x: 1, w: 2, z: 3 }],
    ['a key after it wins', `${base}c:\n  <<: *b\n  x: 9\n`, { x: 9, w: 2 }],
    ['the first of a list wins', `${base}c:\n  <<: [*b, {x: 7, v: 8}]\n`, { x: 1, w: 2, v: 8 }],
    ['a map in place', `${base}c: {<<: {q: 1}}\n`, { q: 1 }],
    ['two merges', `${base}c:\n  <<: *b\n  <<: {q: 1}\n`, { x: 1, w: 2, q: 1 }],
    ['quotes make it a key', `${base}c: {"<<": 1}\n`, { '<<': 1 }],
  ])('%s', (_name, text, value) => {
    const { documents, faults } = readDocuments(text, 'f.yaml');
    expect(documents[0]?.value).toMatchObject({ c: value });
    expect(faults).toEqual([]);
  });

  test('a merge after a key replaces its value, as in kubectl, with a warning', () => {
    const { documents, faults } = readDocuments('c:\n  x: 0\n  <<: {x: 1}\n', 'f.yaml');
    expect(documents[0]?.value).toEqual({ c: { x: 1 } });
    expect(faults).toMatchObject([{ code: 'MergeOverrides', severity: 'warning', line: 3, column: 3 }]);
  });

  test.each([['3'], ['[1]'], ['']])('a merge of "%s" is refused', (value) => {
    const { faults } = readDocuments(`c:\n  <<: ${value}\n`, 'f.yaml');
    expect(faults).toMatchObject([{ code: 'BadMerge', severity: 'error', line: 2 }]);
  });
});
