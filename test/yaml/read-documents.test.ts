import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/api/json.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';

const values = (text: string | Uint8Array): unknown =>
  readDocuments(text, 'f.yaml').documents.map(({ value }) => value);

describe('streams', () => {
  test.each<[string, string, unknown[]]>([
    ['several documents', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['empty documents are left out', '---\n---\na: 1\n---\n# only a comment\n', [{ a: 1 }]],
    ['document end markers', 'a: 1\n...\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['a byte order mark', '\uFEFFa: 1\n', [{ a: 1 }]],
    ['CRLF', 'a: x\r\nb: z\r\n', [{ a: 'x', b: 'z' }]],
    ['lone carriage returns', 'a: x\rb: z', [{ a: 'x', b: 'z' }]],
    ['JSON', '{"a": [1, true, null, "x\\/y"]}', [{ a: [1, true, null, 'x/y'] }]],
    ['JSON indented with tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', [{ a: { b: 1 } }]],
    ['a directive', '%YAML 1.2\n---\na: 1\n', [{ a: 1 }]],
    ['anchors', 'a: &x [1]\nb: *x\n', [{ a: [1], b: [1] }]],
  ])('%s', (_name, text, expected) => {
    expect(values(text)).toEqual(expected);
    expect(values(new TextEncoder().encode(text))).toEqual(expected);
  });

  test('documents have an index and their own text', () => {
    const { documents } = readDocuments('# one\na: 1\n---\nb: 2\n', 'f.yaml');
    expect(documents.map(({ index }) => index)).toEqual([0, 1]);
    expect(documents.map(({ text }) => values(text))).toEqual([[{ a: 1 }], [{ b: 2 }]]);
  });

  test('a faulty document leaves the others readable', () => {
    const { documents, faults } = readDocuments('a: 1\n---\nb: [\n---\nc: 3\n', 'f.yaml');
    expect(documents.map(({ value }) => value)).toContainEqual({ a: 1 });
    expect(faults).toMatchObject([{ code: 'YamlSyntax' }]);
  });

  test('JSON integers keep their digits', () => {
    const text = '{"a": 12345678901234567890}';
    expect(values(text)).toEqual([parseJson(text)]);
  });
});

describe('kind: List', () => {
  const list = 'apiVersion: v1\nkind: List\nitems:\n- kind: A\n  m: 1\n- {kind: B}\n';

  test('is unpacked, places kept', () => {
    const { documents } = readDocuments(list, 'f.yaml');
    expect(documents.map(({ value, index }) => [value, index])).toEqual([
      [{ kind: 'A', m: 1 }, 0],
      [{ kind: 'B' }, 1],
    ]);
    expect(documents[0]?.locate(['m'])).toEqual({ file: 'f.yaml', line: 5, column: 6, path: 'm' });
    expect(documents[1]?.locate(['kind'])).toMatchObject({ line: 6, column: 10, path: 'kind' });
  });

  test('each item has a text that reads as the item', () => {
    const text = 'x: &x {a: 1}\nkind: List\nitems:\n- kind: A\n  s: |\n    l1\n    l2\n- kind: B\n  z: *x\n';
    const { documents } = readDocuments(text, 'f.yaml');
    expect(documents.map((document) => values(document.text))).toEqual([
      [{ kind: 'A', s: 'l1\nl2\n' }],
      [{ kind: 'B', z: { a: 1 } }],
    ]);
  });

  test.each([['kind: List\n'], ['kind: List\nitems: 3\n'], ['kind: List\nitems: [1]\n']])(
    '%j is a fault',
    (text) => {
      const { documents, faults } = readDocuments(text, 'f.yaml');
      expect(documents).toEqual([]);
      expect(faults).toMatchObject([{ code: 'BadList', path: 'items' }]);
    },
  );

  test('an empty list holds no documents', () => {
    expect(readDocuments('kind: List\nitems: []\n', 'f.yaml')).toMatchObject({
      documents: [],
      faults: [{ code: 'EmptyFile' }],
    });
  });
});

describe('faults', () => {
  const cases: readonly (readonly [
    name: string,
    text: string | Uint8Array,
    at: string,
    code: string,
    says: RegExp,
    suggestion?: string,
  ])[] = [
    ['nothing', '', '1:1', 'EmptyFile', /no document/],
    ['only a marker', '---\n', '1:1', 'EmptyFile', /no document/],
    ['only comments', '# a\n# b\n', '1:1', 'EmptyFile', /no document/],
    ['a NUL byte', 'a: b\nc: \u0000', '2:4', 'ControlCharacter', /U\+0000/],
    ['a control character in quotes', 'a: "x\u0007"', '1:6', 'ControlCharacter', /U\+0007/],
    ['a line separator', 'a: x\u2028b: y', '1:5', 'InvisibleLineBreak', /line break/],
    ['bytes that are no UTF-8', Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0xfe), '1:1', 'NotUtf8', /not UTF-8/],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), '1:1', 'NotUtf8', /UTF-16/],
    ['a tab as indentation', 'a:\n\tb: 1\n', '2:1', 'YamlSyntax', /tab/, 'replace the tab with spaces'],
    [
      'a second colon',
      'a: b: c\n',
      '1:4',
      'YamlSyntax',
      /second `: `/,
      'put quotes around the value: "b: c"',
    ],
    [
      'a key indented under a value',
      'a: x\n b: y\n',
      '1:4',
      'YamlSyntax',
      /line below is indented/,
      'align the next line with the key above it',
    ],
    ['an open list', 'a: [1, 2\nb: 3\n', '2:1', 'YamlSyntax', /"\[" is not closed/, 'add "]"'],
    ['an open map', 'a: {b: 1\n', '2:1', 'YamlSyntax', /"{" is not closed/, 'add "}"'],
    ['an open quote', 'a: "x\nb: 1\n', '1:4', 'YamlSyntax', /is not closed/],
    [
      'a bad escape',
      'a: "\\q"\n',
      '1:5',
      'YamlSyntax',
      /no such escape/,
      'double the backslash, or use single quotes',
    ],
    [
      'a value that starts with @',
      'a: @x\n',
      '1:4',
      'YamlSyntax',
      /cannot start with "@"/,
      'put quotes around the value',
    ],
    [
      'a line without a colon',
      'a: 1\nb\nc: 2\n',
      '2:1',
      'YamlSyntax',
      /neither `key: value`|no `key: value`/,
    ],
    ['text after a quote', 'a: "b"c\n', '1:7', 'YamlSyntax', /not valid YAML/],
    [
      'bad indentation',
      'a:\n    b: 1\n  c: 2\n',
      '3:1',
      'YamlSyntax',
      /indentation/,
      'align the line with its siblings, using spaces',
    ],
    [
      'a duplicate key',
      'a:\n  b: 1\n  b: 2\n',
      '3:3',
      'DuplicateKey',
      /"b" stands in this map already, on line 2/,
    ],
    ['duplicates by value', '"1": a\n1: b\n', '2:1', 'DuplicateKey', /on line 1/],
    ['__proto__', 'a:\n  __proto__: {x: 1}\n', '2:3', 'ReservedKey', /reserved/],
    ['constructor', 'constructor: 1\n', '1:1', 'ReservedKey', /reserved/],
    ['prototype in JSON', '{"prototype": 1}', '1:2', 'ReservedKey', /reserved/],
    ['a null key', '~: a\n', '1:1', 'BadKey', /must be text/],
    ['a list as key', '[1]: a\n', '1:1', 'BadKey', /must be text/],
    ['an unknown alias', 'a: *x\n', '1:4', 'UnknownAnchor', /no anchor &x/],
    ['an alias in its own anchor', 'a: &a [*a]\n', '1:8', 'UnknownAnchor', /inside its own anchor/],
    ['an alias across documents', 'a: &x 1\n---\nb: *x\n', '3:4', 'UnknownAnchor', /no anchor/],
  ];
  const rows = cases.map(([name, text, at, code, says, suggestion]) => ({
    name,
    text,
    at,
    code,
    says,
    suggestion,
  }));
  test.each(rows)('$name', ({ text, at, code, says, suggestion }) => {
    const { faults } = readDocuments(text, 'dir/f.yaml');
    expect(faults.map((fault) => [`${fault.line}:${fault.column}`, fault.code, fault.severity])).toEqual([
      [at, code, 'error'],
    ]);
    expect(faults[0]?.message).toMatch(says);
    expect(faults[0]?.suggestion).toBe(suggestion);
    expect(faults[0]?.file).toBe('dir/f.yaml');
  });

  test('reserved keys pollute no prototype', () => {
    readDocuments('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n', 'f.yaml');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('a fault in a merged `__proto__` is refused too', () => {
    expect(readDocuments('a:\n  <<: {__proto__: {x: 1}}\n', 'f.yaml').faults).toMatchObject([
      { code: 'ReservedKey' },
    ]);
  });

  test('all faults of a document are found at once, in order', () => {
    const { faults } = readDocuments('a: .inf\nb: !x 1\nc: 1\nc: 2\nd: yes\n', 'f.yaml');
    expect(faults.map(({ line, code }) => [line, code])).toEqual([
      [1, 'UnsupportedNumber'],
      [2, 'UnknownTag'],
      [4, 'DuplicateKey'],
      [5, 'Yaml11Value'],
    ]);
  });

  test('a fault names its path', () => {
    const { faults } = readDocuments('spec:\n  "a.b":\n  - x\n  - {z: .nan}\n', 'f.yaml');
    expect(faults[0]?.path).toBe('spec["a.b"][1].z');
  });
});

const level = (index: number): string =>
  `a${index}: &a${index} [${Array(9)
    .fill(`*a${index - 1}`)
    .join(', ')}]\n`;
const chain = (index: number): string => `a${index}: &a${index} [*a${index - 1}]\n`;

describe('limits', () => {
  test('a file past the size limit is one fault', () => {
    const text = `a: ${'x'.repeat(10 * 1024 * 1024)}\n`;
    for (const input of [text, new TextEncoder().encode(text)]) {
      expect(readDocuments(input, 'f.yaml')).toMatchObject({
        documents: [],
        faults: [{ code: 'FileTooLarge', line: 1, column: 1 }],
      });
    }
  });

  test('size counts bytes, not characters', () => {
    expect(readDocuments(`a: ${'é'.repeat(60)}`, 'f.yaml', { bytes: 100 }).faults).toMatchObject([
      { code: 'FileTooLarge' },
    ]);
    expect(readDocuments(`a: ${'e'.repeat(60)}`, 'f.yaml', { bytes: 100 }).faults).toEqual([]);
  });

  test.each([
    ['lists', '['.repeat(200_000)],
    ['maps', '{'.repeat(200_000)],
    ['block lists', '- '.repeat(100_000)],
    ['compact keys', 'a: '.repeat(100_000)],
    ['explicit keys', '? '.repeat(100_000)],
    ['closed lists', `${'['.repeat(101)}${']'.repeat(101)}`],
  ])('%s nested too deep', (_name, text) => {
    expect(readDocuments(text, 'f.yaml').faults).toMatchObject([{ code: 'NestingTooDeep' }]);
  });

  test('a hundred levels are allowed', () => {
    const { documents, faults } = readDocuments(`${'['.repeat(100)}${']'.repeat(100)}`, 'f.yaml');
    expect(faults).toEqual([]);
    expect(documents).toHaveLength(1);
  });

  test.each([
    ['aliases of aliases explode', level, 40, 'AliasBomb'],
    ['aliases of aliases nest', chain, 200, 'NestingTooDeep'],
  ])('%s', (_name, line, count, code) => {
    const text = `a0: &a0 [x]\n${Array.from({ length: count }, (_, index) => line(index + 1)).join('')}`;
    expect(readDocuments(text, 'f.yaml').faults).toMatchObject([{ code }]);
  });

  test('a few aliases of a large value are fine', () => {
    const text = `a: &a "${'x'.repeat(10_000)}"\nb: [${Array(20).fill('*a').join(', ')}]\n`;
    expect(readDocuments(text, 'f.yaml').faults).toEqual([]);
  });

  test('a merge repeated over and over counts as aliases', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join(', ');
    const merges = Array.from({ length: 2000 }, (_, index) => `m${index}: {<<: *b}\n`).join('');
    expect(readDocuments(`b: &b {${keys}}\n${merges}`, 'f.yaml').faults).toMatchObject([
      { code: 'AliasBomb' },
    ]);
  });

  test('too many documents', () => {
    expect(readDocuments('--- a\n'.repeat(12), 'f.yaml', { documents: 10 })).toMatchObject({
      documents: [],
      faults: [{ code: 'TooManyDocuments' }],
    });
  });

  test.each([['!a '], ['&a '], ['[] '], ['"'], ['[,,'], ['%'], ['"a" ']])(
    'a text with very many errors (%j) is one fault',
    (part) => {
      const { faults } = readDocuments(part.repeat(50_000), 'f.yaml');
      expect(faults).toHaveLength(1);
    },
  );

  test('the warnings of a file are bounded, and hide no error', () => {
    const text = `${Array.from({ length: 500 }, (_, index) => `k${index}: on\n`).join('')}z: .inf\n`;
    const { faults } = readDocuments(text, 'f.yaml');
    expect(faults.filter(({ severity }) => severity === 'warning')).toHaveLength(100);
    expect(faults.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'UnsupportedNumber', line: 501 },
    ]);
  });
});
