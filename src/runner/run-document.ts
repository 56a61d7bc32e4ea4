import type { Fault } from '../api/fault.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { RunOptions } from '../store/port.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { withGateOptions } from './gate-document.ts';

/**
 * The run's document with what the command line adds: the generated name, `--namespace` and `--set`. Places still point into
 * the file.
 */
export function withOptions(document: SourceDocument, options: RunOptions): SourceDocument {
  const narrowed = withGateOptions(document, options.gate);
  let { value } = narrowed;
  if (options.name !== undefined) value = withField(value, ['metadata', 'name'], options.name);
  if (options.namespace !== undefined && namespaceOf(value) === undefined)
    value = withField(value, ['metadata', 'namespace'], options.namespace);
  for (const { path, value: item, field = 'context' } of options.set ?? [])
    value = withField(value, ['spec', field, ...path], item);
  return { ...narrowed, value };
}

/** `generateName` plus five characters; undefined when the document has a name of its own. */
export function generatedName(value: Json, newId: () => string): string | undefined {
  const metadata = isObject(value) && isObject(value['metadata']) ? value['metadata'] : {};
  const { name, generateName } = metadata;
  const hasName = typeof name === 'string' && name !== '';
  return !hasName && typeof generateName === 'string' ? generateName + newId().slice(0, 5) : undefined;
}

/** A copy with the field at the path set; objects on the way are made. */
export function withField(root: Json | undefined, path: readonly (string | number)[], value: Json): Json {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const fields: JsonObject = isObject(root) ? root : {};
  return { ...fields, [head]: withField(fields[head], rest, value) };
}

/** The namespace that a document names. */
export function namespaceOf(value: Json): string | undefined {
  const metadata = isObject(value) && isObject(value['metadata']) ? value['metadata'] : {};
  const { namespace } = metadata;
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

/** `-n` fills in a namespace; it does not move a run. */
export function otherNamespace(document: SourceDocument, wanted: string | undefined): Fault | undefined {
  const own = namespaceOf(document.value);
  if (wanted === undefined || own === undefined || own === wanted) return undefined;
  return {
    ...document.locate(['metadata', 'namespace']),
    code: 'OtherNamespace',
    severity: 'error',
    message: `the run names the namespace ${own}, and --namespace says ${wanted}`,
  };
}
