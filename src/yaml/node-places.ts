import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Place } from '../api/place.ts';
import { formatFieldPath } from './field-path-text.ts';
import type { NodeIndex } from './read-node.ts';
import { scalarOffsets } from './scalar-offsets.ts';
import type { FieldPath, SourceDocument } from './source-document.ts';
import type { SourceText } from './source-text.ts';

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
  readonly isComplete: boolean;
}

/** Finds places below `root`, a node of a document that was read with `index`. */
export function nodePlaces(
  source: SourceText,
  root: Node,
  index: NodeIndex,
): Pick<SourceDocument, 'locate' | 'locateInScalar'> {
  const finder = new NodeFinder(root, index);
  const placeAt = (offset: number, path: FieldPath): Place => ({
    file: source.file,
    ...source.position(offset),
    path: formatFieldPath(path),
  });

  return {
    locate(path, at = 'value') {
      const found = finder.find(path);
      const useKey = at === 'key' && found.isComplete && found.key !== undefined;
      return placeAt(useKey ? (found.key?.range?.[0] ?? 0) : startOf(found), path);
    },
    locateInScalar(path, line, column) {
      const found = finder.find(path);
      const node = found.isComplete ? found.value : undefined;
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

/** Finds nodes by path; the fields of each map, merged ones included, are listed once. */
class NodeFinder {
  readonly #root: Node;
  readonly #index: NodeIndex;
  readonly #fields = new Map<Node, ReadonlyMap<string, Found>>();

  constructor(root: Node, index: NodeIndex) {
    this.#root = root;
    this.#index = index;
  }

  /** The node at a path, or its nearest ancestor. */
  find(path: FieldPath): Found {
    let found: Found = { key: undefined, value: this.#target(this.#root), isComplete: true };
    for (const segment of path) {
      const next = this.#child(found.value, segment);
      if (next === undefined) return { ...found, isComplete: false };
      found = { ...next, value: this.#target(next.value) };
    }
    return found;
  }

  #child(node: Node | undefined, segment: string | number): Found | undefined {
    if (isMap(node)) return typeof segment === 'string' ? this.#fieldsOf(node).get(segment) : undefined;
    if (!isSeq(node) || typeof segment !== 'number') return undefined;
    const item = node.items[segment] as Node | undefined;
    return item === undefined ? undefined : { key: undefined, value: item, isComplete: true };
  }

  #fieldsOf(map: YAMLMap): ReadonlyMap<string, Found> {
    const known = this.#fields.get(map);
    if (known !== undefined) return known;
    const fields = new Map<string, Found>();
    const merges: Node[] = [];
    for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
      const name = key === null ? undefined : this.#index.keys.get(key);
      if (key !== null && name !== undefined)
        fields.set(name, { key, value: value ?? key, isComplete: true });
      else if (isScalar(key) && key.value === '<<' && value !== null) merges.push(value);
    }
    for (const merged of merges.map((node) => this.#target(node))) {
      for (const source of isSeq(merged) ? (merged.items as Node[]) : [merged]) {
        const from = this.#target(source);
        if (!isMap(from)) continue;
        for (const [name, found] of this.#fieldsOf(from)) if (!fields.has(name)) fields.set(name, found);
      }
    }
    this.#fields.set(map, fields);
    return fields;
  }

  #target(node: Node | undefined): Node | undefined {
    return isAlias(node) ? this.#index.targets.get(node) : node;
  }
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
