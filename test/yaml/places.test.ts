import { describe, expect, test } from 'vitest';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import type { FieldPath, SourceDocument } from '../../src/yaml/source-document.ts';

function read(text: string): SourceDocument {
  const [document] = readDocuments(text, 'f.yaml').documents;
  if (document === undefined) throw new Error('no document');
  return document;
}

const text = [
  'metadata:', // 1
  '  name: x', // 2
  'spec:', // 3
  '  steps:', // 4
  '    - name: a', // 5
  '      if: status.b.failed', // 6
  '      empty:', // 7
  '      flow: {p: [1, 22]}', // 8
  '    - &anchor', // 9
  '      name: b', // 10
  '    - *anchor', // 11
  '    - <<: *anchor', // 12
  '      own: 1', // 13
].join('\n');

describe('locate', () => {
  const rows: readonly (readonly [path: FieldPath, value: string, key: string, shown: string])[] = [
    [[], '1:1', '1:1', ''],
    [['metadata', 'name'], '2:9', '2:3', 'metadata.name'],
    [['spec', 'steps'], '5:5', '4:3', 'spec.steps'],
    [['spec', 'steps', 0], '5:7', '5:7', 'spec.steps[0]'],
    [['spec', 'steps', 0, 'if'], '6:11', '6:7', 'spec.steps[0].if'],
    [['spec', 'steps', 0, 'empty'], '7:13', '7:7', 'spec.steps[0].empty'],
    [['spec', 'steps', 0, 'flow', 'p', 1], '8:21', '8:21', 'spec.steps[0].flow.p[1]'],
    [['spec', 'steps', 1, 'name'], '10:13', '10:7', 'spec.steps[1].name'],
    // Through an alias and a merge, to where the text really stands.
    [['spec', 'steps', 2, 'name'], '10:13', '10:7', 'spec.steps[2].name'],
    [['spec', 'steps', 3, 'name'], '10:13', '10:7', 'spec.steps[3].name'],
    [['spec', 'steps', 3, 'own'], '13:12', '13:7', 'spec.steps[3].own'],
    // Missing: the nearest ancestor.
    [['metadata', 'labels', 'x'], '2:3', '2:3', 'metadata.labels.x'],
    [['spec', 'steps', 9, 'name'], '5:5', '5:5', 'spec.steps[9].name'],
    [['metadata', 'name', 'deeper'], '2:9', '2:9', 'metadata.name.deeper'],
  ];
  test.each(rows)('%j', (path, value, key, shown) => {
    const document = read(text);
    const at = document.locate(path);
    const atKey = document.locate(path, 'key');
    expect([`${at.line}:${at.column}`, `${atKey.line}:${atKey.column}`, at.path]).toEqual([
      value,
      key,
      shown,
    ]);
    expect(at.file).toBe('f.yaml');
  });

  test('keys that are no words are quoted in the path', () => {
    const document = read('metadata:\n  annotations:\n    sluice.dev/require: a\n');
    expect(document.locate(['metadata', 'annotations', 'sluice.dev/require'])).toMatchObject({
      line: 3,
      column: 25,
      path: 'metadata.annotations["sluice.dev/require"]',
    });
  });

  test('a byte order mark and CRLF do not shift places', () => {
    const document = read('\uFEFFa: 1\r\nb:\r\n  c: 2\r\n');
    expect(document.locate(['a'])).toMatchObject({ line: 1, column: 4 });
    expect(document.locate(['b', 'c'])).toMatchObject({ line: 3, column: 6 });
  });

  test('places of a later document count from the start of the file', () => {
    const { documents } = readDocuments('a: 1\n---\nb: 2\n', 'f.yaml');
    expect(documents[1]?.locate(['b'])).toMatchObject({ line: 3, column: 4 });
  });
});

describe('locateInScalar', () => {
  /** `@` in the source marks the place that line and column of the value must lead to. */
  const rows: readonly (readonly [name: string, source: string, line: number, column: number])[] = [
    ['plain', 'a: @foo bar', 1, 1],
    ['plain, inside', 'a: foo @bar', 1, 5],
    ['plain over two lines', 'a: foo\n  @bar', 1, 5],
    ['plain with an empty line', 'a: foo\n\n  @bar', 2, 1],
    ['double quotes', 'a: "@foo"', 1, 1],
    ['double quotes after escapes', 'a: "x\\ty\\u00e9\\x41@foo"', 1, 6],
    ['double quotes, a line feed as escape', 'a: "x\\ny @foo"', 2, 3],
    ['double quotes, past U+FFFF', 'a: "\\U0001F600@foo"', 1, 3],
    ['double quotes, folded', 'a: "foo  \n   @bar"', 1, 5],
    ['double quotes, escaped line break', 'a: "foo\\\n   @bar"', 1, 4],
    ['double quotes, blank line', 'a: "foo\n\n  @bar"', 2, 1],
    ['single quotes', "a: '@foo'", 1, 1],
    ['single quotes after a doubled quote', "a: 'it''s @foo'", 1, 6],
    ['single quotes, folded', "a: 'foo\n  @bar'", 1, 5],
    ['literal', 'a: |\n  @foo', 1, 1],
    ['literal, second line', 'a: |\n  foo\n  b@ar', 2, 2],
    ['literal, deeper line', 'a: |\n  foo\n    @bar\n', 2, 3],
    ['literal, after blank lines', 'a: |\n  foo\n\n\n  @bar\n', 4, 1],
    ['literal, blank line first', 'a: |\n\n  @foo\n', 2, 1],
    ['literal, chomped', 'a: |-\n  foo\n  @bar\n', 2, 1],
    ['literal, kept', 'a: |+\n  foo\n  @bar\n\n', 2, 1],
    ['literal with an indentation indicator', 'a: |2\n    @foo\n  bar\n', 1, 3],
    ['literal with a comment in the header', 'a: |  # why\n  foo\n  @bar\n', 2, 1],
    ['literal in a list', 'a:\n- |\n  foo\n  @bar\n', 2, 1],
    ['literal with CRLF', 'a: |\r\n  foo\r\n  @bar\r\n', 2, 1],
    ['folded', 'a: >\n  foo\n  @bar\n', 1, 5],
    ['folded, blank line', 'a: >\n  foo\n\n  @bar\n', 2, 1],
    ['folded, deeper lines stay', 'a: >\n  foo\n    @bar\n  baz\n', 2, 3],
    ['folded, after deeper lines', 'a: >\n  foo\n    bar\n  @baz\n', 3, 1],
    ['folded, chomped', 'a: >-\n  foo\n  b@ar\n\n', 1, 6],
    ['with a tag', 'a: !!str @foo', 1, 1],
    ['with an anchor', 'a: &x "@foo"', 1, 1],
    ['JSON', '{"a": "x\\n@y"}', 2, 1],
  ];
  test.each(rows)('%s', (_name, source, line, column) => {
    const offset = source.indexOf('@');
    const before = source.slice(0, offset);
    const document = read(source.replace('@', ''));
    const path = document.text.includes('- |') ? ['a', 0] : ['a'];
    expect(document.locateInScalar(path, line, column)).toMatchObject({
      line: before.split('\n').length,
      column: offset - before.lastIndexOf('\n'),
    });
  });

  test('a place past the end is the end', () => {
    const document = read('a: foo\nb: 1\n');
    expect(document.locateInScalar(['a'], 1, 4)).toMatchObject({ line: 1, column: 7 });
    expect(document.locateInScalar(['a'], 9, 9)).toMatchObject({ line: 1, column: 7 });
  });

  test('of a field that is no text or not there, the place is that of the field', () => {
    const document = read('a: [1]\nb: 1\nc: ""\n');
    expect(document.locateInScalar(['a'], 1, 1)).toMatchObject({ line: 1, column: 4, path: 'a' });
    expect(document.locateInScalar(['x', 'y'], 1, 1)).toMatchObject({ line: 1, column: 1, path: 'x.y' });
    expect(document.locateInScalar(['c'], 1, 1)).toMatchObject({ line: 3 });
  });
});
