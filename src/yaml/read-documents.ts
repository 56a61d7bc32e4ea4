import { isMap, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Fault } from '../api/fault.ts';
import { isObject, stringifyJson, type Json } from '../api/json.ts';
import { formatFieldPath } from './field-path-text.ts';
import { nodePlaces } from './node-places.ts';
import { parseStream, type ParsedDocument } from './parse-stream.ts';
import { createNodeReader, type NodeIndex } from './read-node.ts';
import type { FieldPath, SourceDocument } from './source-document.ts';
import { decodeSource, SourceText } from './source-text.ts';
import type { YamlFaultCode } from './yaml-fault-codes.ts';

export interface YamlLimits {
  /** Size of the file in bytes. Default 4 MiB. */
  readonly bytes?: number;
  /** Levels of lists and maps. Default 100. */
  readonly depth?: number;
  /** Documents in a file. Default 10,000. */
  readonly documents?: number;
}

export interface ReadResult {
  /** The documents without errors, in order; `kind: List` is unpacked into its items. */
  readonly documents: readonly SourceDocument[];
  readonly faults: readonly Fault[];
}

/** So many errors, and so many warnings, are kept of one file: more help no one. */
const keptFaults = 100;

interface Report {
  readonly code: YamlFaultCode;
  readonly severity?: 'error' | 'warning';
  readonly message: string;
  readonly suggestion?: string;
  readonly offset: number;
  readonly path?: FieldPath;
}

/**
 * Reads YAML (or JSON) as kubectl reads it, YAML 1.1 booleans and octals included. Never throws: what cannot be read is
 * a fault with its place. `file` is the name that places show.
 */
export function readDocuments(input: string | Uint8Array, file: string, limits: YamlLimits = {}): ReadResult {
  const bytes = limits.bytes ?? 4 * 1024 * 1024;
  const depth = limits.depth ?? 100;
  const decoded = decodeSource(input, bytes);
  const source = new SourceText(file, decoded.text);
  const faults: Fault[] = [];
  const count = { error: 0, warning: 0 };
  const report = (fault: Report): void => {
    const { severity = 'error', offset, path = [], ...said } = fault;
    if (count[severity]++ < keptFaults)
      faults.push({ file, ...source.position(offset), path: formatFieldPath(path), severity, ...said });
  };
  if (!decoded.ok) {
    const { code, message, offset } = decoded;
    report({ code, message, offset });
    return { documents: [], faults };
  }
  const stream = parseStream(decoded.text, { depth, documents: limits.documents ?? 10_000 });
  for (const fault of stream.faults) report(fault);

  const sourceEnd = /\n[ \t]*$/.test(decoded.text) ? undefined : decoded.text.length;
  const documents: SourceDocument[] = [];
  for (const parsed of stream.documents) {
    const errorsBefore = count.error;
    const reader = createNodeReader(
      { sourceEnd, depth, aliasWeight: bytes },
      (offset) => source.position(offset).line,
      report,
    );
    const value = reader.read(parsed.contents);
    if (value === null || count.error > errorsBefore) continue;
    for (const item of unpack(parsed, value, reader, report)) {
      documents.push({
        file,
        index: documents.length,
        value: item.value,
        text: item.isDocument ? documentText(decoded.text, parsed) : itemText(source, item.node, item.value),
        ...nodePlaces(source, item.node, reader),
      });
    }
  }
  if (documents.length === 0 && count.error === 0)
    report({ code: 'EmptyFile', message: 'the file holds no document', offset: 0 });
  return { documents, faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

interface Item {
  readonly value: Json;
  readonly node: Node;
  readonly isDocument: boolean;
}

function unpack(
  parsed: ParsedDocument,
  value: Json,
  index: NodeIndex,
  report: (fault: Report) => void,
): readonly Item[] {
  const root: Node | null = parsed.contents;
  if (root === null) return [];
  if (!isObject(value) || value['kind'] !== 'List' || !isMap(root))
    return [{ value, node: root, isDocument: true }];
  const { items } = value;
  const node = valueNode(root, 'items', index);
  if (!Array.isArray(items) || !isSeq(node) || !items.every((item) => isObject(item))) {
    const offset = (node ?? root).range?.[0] ?? 0;
    report({
      code: 'BadList',
      message: 'a `kind: List` needs a list of objects under `items`',
      offset,
      path: ['items'],
    });
    return [];
  }
  return items.flatMap((item: Json, position) => {
    const itemNode = node.items[position] as Node;
    return [{ value: item, node: resolve(itemNode, index), isDocument: false }];
  });
}

function valueNode(map: YAMLMap, key: string, index: NodeIndex): Node | undefined {
  const pairs = map.items as Pair<Node | null, Node | null>[];
  const pair = pairs.find((candidate) => candidate.key !== null && index.keys.get(candidate.key) === key);
  return pair === undefined || pair.value === null ? undefined : resolve(pair.value, index);
}

function resolve(node: Node, index: NodeIndex): Node {
  return index.targets.get(node) ?? node;
}

function documentText(text: string, parsed: ParsedDocument): string {
  return text.slice(parsed.range[0], parsed.range[1]).replace(/^\uFEFF/, '');
}

/** The lines of an item alone, its first line indented like the others; JSON where an alias leads out of it. */
function itemText(source: SourceText, node: Node, value: Json): string {
  const [start, end] = node.range ?? [0, 0];
  const slice = source.text.slice(start, end);
  if (/\*\S/.test(slice) || (isMap(node) && node.flow === true)) return stringifyJson(value);
  return ' '.repeat(source.position(start).column - 1) + slice;
}
