import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { RunOptions } from '../store/port.ts';
import type { SourceDocument } from '../yaml/source-document.ts';

/**
 * The run's document with what the command line adds: the generated name and `--set context.…`. Places still point into
 * the file.
 */
export function withOptions(document: SourceDocument, options: RunOptions): SourceDocument {
  let { value } = document;
  if (options.name !== undefined) value = write(value, ['metadata', 'name'], options.name);
  for (const { path, value: item } of options.set ?? []) {
    value = write(value, ['spec', 'context', ...path], item);
  }
  return { ...document, value };
}

/** `generateName` plus five characters; undefined when the document has a name of its own. */
export function generatedName(value: Json, newId: () => string): string | undefined {
  const metadata = isObject(value) && isObject(value['metadata']) ? value['metadata'] : {};
  const { name, generateName } = metadata;
  const hasName = typeof name === 'string' && name !== '';
  return !hasName && typeof generateName === 'string' ? generateName + newId().slice(0, 5) : undefined;
}

function write(root: Json | undefined, path: readonly (string | number)[], value: Json): Json {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const fields: JsonObject = isObject(root) ? root : {};
  return { ...fields, [head]: write(fields[head], rest, value) };
}
