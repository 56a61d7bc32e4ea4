import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject, stringifyJson, type Json } from '../../src/api/json.ts';
import { readDocuments, type ReadResult } from '../../src/yaml/read-documents.ts';
import type { FieldPath } from '../../src/yaml/source-document.ts';

const fragments = [
  'a',
  'b: 1',
  ': ',
  '- ',
  '? ',
  '\n',
  '\n  ',
  '\t',
  '"',
  "'",
  '|',
  '>',
  '[',
  ']',
  '{',
  '}',
  ',',
  '&x ',
  '*x',
  '<<: ',
  '!!int ',
  '!y ',
  '#',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\\',
  'on',
  '0644',
  '1e9',
  '@',
  '\uFEFF',
  '\r',
  '\u0000',
  'é',
  '\uD800',
  'kind: List\n',
  'items:\n',
];
const yamlish = fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map((parts) => parts.join(''));

function checkPlaces({ documents, faults }: ReadResult, lines: number): void {
  for (const fault of faults) {
    expect(fault.line).toBeGreaterThanOrEqual(1);
    expect(fault.line).toBeLessThanOrEqual(lines);
    expect(fault.column).toBeGreaterThanOrEqual(1);
  }
  for (const document of documents) {
    for (const path of pathsOf(document.value)) {
      const place = document.locate(path);
      expect(place.line).toBeLessThanOrEqual(lines);
      expect(document.locateInScalar(path, 1, 1).line).toBeGreaterThanOrEqual(1);
      expect(document.locateInScalar(path, 3, 3).line).toBeLessThanOrEqual(lines);
    }
  }
}

function* pathsOf(value: Json, path: FieldPath = []): Generator<FieldPath> {
  yield path;
  const entries = Array.isArray(value)
    ? [...(value as readonly Json[]).entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, item] of entries) yield* pathsOf(item, [...path, key]);
}

describe('readDocuments never throws', () => {
  test('for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) =>
        checkPlaces(readDocuments(text, 'f'), text.split(/\r\n|[\r\n]/).length),
      ),
      { numRuns: 300 },
    );
  });

  test('for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void readDocuments(bytes, 'f')),
      { numRuns: 300 },
    );
  });

  test('for texts made of YAML', () => {
    fc.assert(
      fc.property(yamlish, (text) => checkPlaces(readDocuments(text, 'f'), text.split(/\r\n|[\r\n]/).length)),
      { numRuns: 600 },
    );
  });
});

test('JSON reads as itself', () => {
  const reserved = new Set(['__proto__', 'constructor', 'prototype', 'kind']);
  const key = fc.string({ maxLength: 8 }).filter((text) => !reserved.has(text));
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, true, false, 0, -7, 1.5, 9007199254740993n),
      fc.string({ maxLength: 12 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(
      fc.dictionary(key, value, { noNullPrototype: true }),
      fc.constantFrom(undefined, 2),
      (json, indent) => {
        const { documents, faults } = readDocuments(stringifyJson(json, indent), 'f.json');
        expect(faults).toEqual([]);
        expect(documents.map((document) => document.value)).toEqual([json]);
      },
    ),
    { numRuns: 300 },
  );
});
