import { SluiceError } from '../../api/errors.ts';
import { isObject, type Json } from '../../api/json.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';
import { noRules, type ClusterRules, type ImageRule } from './images/cluster-rules.ts';

const fields: Readonly<Record<keyof ImageRule, 'string' | 'boolean' | 'number'>> = {
  image: 'string',
  cluster: 'string',
  pull: 'boolean',
  error: 'string',
  exitCode: 'number',
  ready: 'boolean',
};

/**
 * Reads a cluster file: YAML or JSON of the form `images: [{image, cluster?, pull?, error?, exitCode?, ready?}]`, 1 MiB at
 * most. `name` is for messages. Throws SluiceError `invalid` with file, line and column.
 */
export function readClusterFile(bytes: Uint8Array, name: string): ClusterRules {
  const { documents, faults } = readDocuments(bytes, name, { bytes: 1024 * 1024, documents: 100 });
  const fault = faults.find(({ severity }) => severity === 'error');
  if (fault !== undefined) throw refusal(name, fault.line, fault.column, fault.message);
  const [document, second] = documents;
  if (second !== undefined) throw refusalAt(second, [], 'there is a second document');
  return document === undefined ? noRules : readRules(document);
}

function readRules(document: SourceDocument): ClusterRules {
  const { value } = document;
  if (!isObject(value)) throw refusalAt(document, [], 'it must be a map with the field images');
  const unknown = Object.keys(value).find((key) => key !== 'images');
  if (unknown !== undefined)
    throw refusalAt(document, [unknown], `there is no field ${unknown}, only images`);
  const images = value['images'] ?? [];
  if (!Array.isArray(images)) throw refusalAt(document, ['images'], 'images must be a list');
  return { images: images.map((entry: Json, index) => readRule(document, entry, ['images', index])) };
}

function readRule(document: SourceDocument, entry: Json, path: FieldPath): ImageRule {
  if (!isObject(entry)) throw refusalAt(document, path, 'a rule must be a map with the field image');
  for (const [key, value] of Object.entries(entry)) {
    const wanted = Object.entries(fields).find(([name]) => name === key)?.[1];
    if (wanted === undefined)
      throw refusalAt(
        document,
        [...path, key],
        `a rule has no field ${key}, only ${Object.keys(fields).join(', ')}`,
      );
    if (typeof value !== wanted) throw refusalAt(document, [...path, key], `${key} must be a ${wanted}`);
  }
  const { image, exitCode } = entry;
  if (typeof image !== 'string' || image === '') throw refusalAt(document, path, 'a rule must name an image');
  const isCode = Number.isInteger(exitCode) && Number(exitCode) >= 0 && Number(exitCode) <= 255;
  if (exitCode !== undefined && !isCode)
    throw refusalAt(document, [...path, 'exitCode'], 'exitCode must be a whole number from 0 to 255');
  return entry as unknown as ImageRule;
}

function refusalAt(document: SourceDocument, path: FieldPath, why: string): SluiceError {
  const { line, column } = document.locate(path, 'key');
  return refusal(document.file, line, column, why);
}

function refusal(file: string, line: number, column: number, why: string): SluiceError {
  return new SluiceError(
    'invalid',
    'ClusterFile',
    `${file}:${line}:${column}: the cluster file cannot be used: ${why}`,
    {
      hint: 'It looks like this: images: [{image: "corp.example/app:*", pull: false}]',
    },
  );
}
