import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isObject, type Json } from '../../src/api/json.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import { readDumpDocuments } from '../../src/yaml/read-dump-documents.ts';
import type { FieldPath, SourceDocument } from '../../src/yaml/source-document.ts';

const limits = { jsonBytes: 100_000, yamlBytes: 100_000 };
const read = (text: string): ReturnType<typeof readDumpDocuments> =>
  readDumpDocuments(new TextEncoder().encode(text), 'dump.json', limits);

function pathsOf(value: Json, path: FieldPath = []): readonly FieldPath[] {
  const below = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  const absent: FieldPath[] = [[...path, 'not there']];
  return [path, ...absent, ...below.flatMap(([key, each]) => pathsOf(each as Json, [...path, key]))];
}

const told = (document: SourceDocument): unknown => ({
  value: document.value,
  places: pathsOf(document.value).flatMap((path) => [document.locate(path), document.locate(path, 'key')]),
});

const text = fc.string({
  unit: fc.constantFrom('a', '1', '"', '\\', '{', '}', '[', ',', ':', ' ', 'é', '😀'),
});
const key = fc.constantFrom('a', 'b', 'kind', 'items', 'x"y', 'x\\', '{', 'not: this');
const { value: jsonValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, -1.5, 12_345),
    text,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}));

test('JSON says the same, at the same places, as when it is read as YAML', () => {
  const object = fc.dictionary(key, jsonValue, { minKeys: 1, maxKeys: 4 });
  const list = fc
    .array(object, { minLength: 1, maxLength: 3 })
    .map((items) => ({ kind: 'List', items: items.map((item) => ({ ...item, kind: 'Pod' })) }));
  fc.assert(
    fc.property(fc.oneof(object, list), fc.constantFrom(undefined, 2), (value, indent) => {
      const json = JSON.stringify(value, undefined, indent);
      const asYaml = readDocuments(json, 'dump.json');
      // A list that is none, or text that YAML does not take.
      fc.pre(asYaml.faults.length === 0);
      expect(read(json).documents.map(told)).toEqual(asYaml.documents.map(told));
    }),
    { numRuns: 500 },
  );
});

test('integers beyond 2^53 keep their digits, and the digits of a digest keep nothing from being read fast', () => {
  const { documents } = read('{"a": 12345678901234567890, "b": "sha256:1234567890123456abc"}');
  expect(documents[0]?.value).toEqual({ a: 12_345_678_901_234_567_890n, b: 'sha256:1234567890123456abc' });
});

test.each<readonly [string, string, string]>([
  ['a field without a value', '{"a": }', ''],
  ['text that ends too early', '{"a": [1, 2', '1:12'],
  ['a list of what are no objects', '{"kind": "List", "items": [1]}', '1:27'],
  ['an empty list', '{"kind": "List", "items": []}', '1:1'],
  ['too many levels', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, ''],
  ['a control character', '{"a": "\u0001"}', '1:8'],
])('%s is a fault with its place', (_, json, place) => {
  const { faults } = read(json);
  const asYaml = readDocuments(json, 'dump.json').faults;
  expect(faults).toEqual(asYaml);
  expect(faults.map(({ line, column }) => `${line}:${column}`).join(' ')).toContain(place);
});

test('YAML has a limit of its own', () => {
  const small = { jsonBytes: 100, yamlBytes: 10 };
  const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
  expect(readDumpDocuments(bytes('{"kind": "Pod"}'), 'x', small).faults).toEqual([]);
  expect(readDumpDocuments(bytes('kind: Pod   '), 'x', small).faults.map(({ code }) => code)).toEqual([
    'FileTooLarge',
  ]);
});
