import { isObject, parseJson, type Json, type JsonObject } from '../api/json.ts';
import { formatFieldPath } from './field-path-text.ts';
import { depthOf, JsonOutline } from './json-outline.ts';
import { readDocuments, type ReadResult } from './read-documents.ts';
import type { FieldPath, SourceDocument } from './source-document.ts';
import { decodeSource, SourceText } from './source-text.ts';

export interface DumpLimits {
  /** Size of a file that is one JSON object. */
  readonly jsonBytes: number;
  /** Size of any other. */
  readonly yamlBytes: number;
}

/**
 * As `readDocuments`, where a file is one JSON object in a fraction of the time: dumps of clusters have many megabytes. Of two
 * fields of one name the last counts, as for kubectl.
 */
export function readDumpDocuments(input: Uint8Array, file: string, limits: DumpLimits): ReadResult {
  const decoded = isMaybeJson(input) ? decodeSource(input, limits.jsonBytes) : undefined;
  const value = decoded?.ok === true ? objectOf(decoded.text) : undefined;
  const items = value === undefined ? undefined : itemsOf(value);
  // YAML, or what is wrong with it, which that reader tells with its place.
  if (decoded === undefined || items === undefined)
    return readDocuments(input, file, { bytes: limits.yamlBytes });
  const source = new SourceText(file, decoded.text);
  const outline = new JsonOutline(decoded.text);
  const root = decoded.text.search(/\S/);
  const documents = items.map((item, index): SourceDocument => {
    const startOf = (): number => (item === value ? root : outline.find(root, ['items', index], 'value'));
    const place = (path: FieldPath, at: 'key' | 'value' = 'value'): ReturnType<SourceDocument['locate']> => ({
      file,
      ...source.position(outline.find(startOf(), path, at)),
      path: formatFieldPath(path),
    });
    return {
      file,
      index,
      value: item,
      get text() {
        return decoded.text.slice(startOf(), outline.endOf(startOf()));
      },
      locate: place,
      // JSON writes a text on one line.
      locateInScalar: (path) => place(path),
    };
  });
  return { documents, faults: [] };
}

function isMaybeJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 32);
  return first === 123;
}

/** As deep as YAML may be. */
const deepest = 100;

function objectOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) && depthOf(text) <= deepest ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The objects of a list, or the one that it is; undefined for a list that is none. */
function itemsOf(value: JsonObject): readonly JsonObject[] | undefined {
  if (value['kind'] !== 'List') return [value];
  const items: Json | undefined = value['items'];
  if (!Array.isArray(items) || items.length === 0) return undefined;
  const objects = (items as readonly Json[]).filter(isObject);
  return objects.length === items.length ? objects : undefined;
}
