import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Place } from '../api/place.ts';
import { formatFieldPath } from './field-path-text.ts';
import type { NodeIndex } from './read-node.ts';
import { scalarOffsets } from './scalar-offsets.ts';
import type { FieldPath, SourceDocument } from './source-document.ts';
import type { SourceText } from './source-text.ts';

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
  readonly complete: boolean;
}

/** Finds places below `root`, a node of a document that was read with `index`. */
export function nodePlaces(
  source: SourceText,
  root: Node,
  index: NodeIndex,
): Pick<SourceDocument, 'locate' | 'locateInScalar'> {
  const placeAt = (offset: number, path: FieldPath): Place => ({
    file: source.file,
    ...source.position(offset),
    path: formatFieldPath(path),
  });

  return {
    locate(path, at = 'value') {
      const found = find(root, index, path);
      const useKey = at === 'key' && found.complete && found.key !== undefined;
      return placeAt(useKey ? (found.key?.range?.[0] ?? 0) : startOf(found), path);
    },
    locateInScalar(path, line, column) {
      const found = find(root, index, path);
      const node = found.complete ? found.value : undefined;
      if (!isScalar(node) || typeof node.value !== 'string' || !node.range)
        return placeAt(startOf(found), path);
      const value: string = node.value;
      const raw = source.text.slice(node.range[0], node.range[1]);
      const inside =
        scalarOffsets(raw, value)?.[offsetOf(value, line, column)] ?? (value === '' ? 0 : undefined);
      return placeAt(node.range[0] + (inside ?? pastEnd(raw, value, line)), path);
    },
  };
}

function startOf(found: Found): number {
  return found.value?.range?.[0] ?? found.key?.range?.[0] ?? 0;
}

/** The node at a path, or its nearest ancestor. */
function find(root: Node, index: NodeIndex, path: FieldPath): Found {
  let key: Node | undefined;
  let value: Node | undefined = root;
  for (const segment of path) {
    const next: Found | undefined = child(target(value, index), segment, index);
    if (next === undefined) return { key, value, complete: false };
    ({ key, value } = next);
  }
  return { key, value: target(value, index), complete: true };
}

function child(node: Node | undefined, segment: string | number, index: NodeIndex): Found | undefined {
  if (isSeq(node) && typeof segment === 'number') {
    const item = node.items[segment] as Node | undefined;
    return item === undefined ? undefined : { key: undefined, value: item, complete: true };
  }
  if (!isMap(node) || typeof segment !== 'string') return undefined;
  const pairs = node.items as Pair<Node | null, Node | null>[];
  const own = pairs.find((pair) => pair.key !== null && index.keys.get(pair.key) === segment);
  if (own !== undefined)
    return { key: own.key ?? undefined, value: own.value ?? own.key ?? undefined, complete: true };
  return mergedChild(pairs, segment, index);
}

function mergedChild(
  pairs: readonly Pair<Node | null, Node | null>[],
  segment: string,
  index: NodeIndex,
): Found | undefined {
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.value !== '<<' || pair.value === null) continue;
    const merged = target(pair.value, index);
    const sources = isSeq(merged) ? (merged.items as Node[]) : [merged];
    for (const source of sources) {
      const found = child(target(source, index), segment, index);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function target(node: Node | undefined, index: NodeIndex): Node | undefined {
  return isAlias(node) ? index.targets.get(node) : node;
}

function offsetOf(value: string, line: number, column: number): number {
  let start = 0;
  for (let current = 1; current < line; current++) {
    const next = value.indexOf('\n', start);
    if (next === -1) return value.length;
    start = next + 1;
  }
  return start + Math.max(0, column - 1);
}

/** Just past the last character for a place at the end of the value; the start when nothing better is known. */
function pastEnd(raw: string, value: string, line: number): number {
  const offsets = scalarOffsets(raw, value);
  const last = line >= 1 ? offsets?.at(-1) : undefined;
  return last === undefined ? 0 : last + 1;
}
