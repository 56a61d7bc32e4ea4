import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json, JsonObject } from '../api/json.ts';
import { isObject } from '../api/json.ts';
import { readerDifference } from './reader-difference.ts';
import { resolvePlain, resolveTagged, unknownTag } from './resolve-scalar.ts';
import type { FieldPath } from './source-document.ts';
import type { YamlFaultCode } from './yaml-fault-codes.ts';

/** Where aliases and keys of a document lead: what finding a place by path needs. */
export interface NodeIndex {
  readonly targets: ReadonlyMap<Node, Node>;
  /** The text of a key as JSON has it. */
  readonly keys: ReadonlyMap<Node, string>;
}

export interface NodeReader extends NodeIndex {
  read(root: Node | null): Json;
}

export interface ReadLimits {
  /** Length of the source; a block scalar that ends there without a line feed has none in its value either. */
  readonly sourceEnd: number | undefined;
  readonly depth: number;
  /** Weight that aliases may add, in characters of JSON, roughly. */
  readonly aliasWeight: number;
}

export type ReportNodeFault = (fault: {
  readonly code: YamlFaultCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly suggestion?: string;
  readonly offset: number;
  readonly path: FieldPath;
}) => void;

/** Thrown inside this file to leave the walk of a document that cannot be read at all. */
class Stop extends Error {}

interface Anchored {
  readonly node: Node;
  /** Absent while the node itself is being read. */
  value?: Json;
  weight: number;
  height: number;
}

const reservedKeys = new Set(['__proto__', 'constructor', 'prototype']);
const collectionTags = new Set(
  ['map', 'seq', 'set', 'omap', 'pairs'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Reads syntax trees as kubectl does. One reader serves one document. Faults are reported, never thrown. */
export function createNodeReader(
  limits: ReadLimits,
  lineOf: (offset: number) => number,
  report: ReportNodeFault,
): NodeReader {
  const targets = new Map<Node, Node>();
  const keys = new Map<Node, string>();
  const anchors = new Map<string, Anchored>();
  const path: (string | number)[] = [];
  let weight = 0;
  let aliasWeight = 0;
  let deepest = 0;

  return {
    targets,
    keys,
    read(root) {
      try {
        return root === null ? null : convert(root, 1);
      } catch (thrown) {
        if (thrown instanceof Stop) return null;
        throw thrown;
      }
    },
  };

  function convert(node: Node, depth: number): Json {
    if (isAlias(node)) return convertAlias(node, depth);
    const anchor = node.anchor === undefined ? undefined : startAnchor(node.anchor, node);
    const before = { weight, deepest };
    if (anchor !== undefined) deepest = depth;
    deepest = Math.max(deepest, depth);
    const value = convertPlainNode(node, depth);
    if (anchor !== undefined) {
      anchor.value = value;
      anchor.weight = weight - before.weight;
      anchor.height = deepest - depth;
      deepest = Math.max(deepest, before.deepest);
    }
    return value;
  }

  function convertPlainNode(node: Node, depth: number): Json {
    if (isText(node)) {
      const value = convertScalar(node);
      weight += typeof value === 'string' ? value.length + 8 : 8;
      return value;
    }
    if (depth > limits.depth)
      stop('NestingTooDeep', `lists and maps are nested deeper than ${limits.depth} levels here`, node);
    weight += 8;
    if (node.tag !== undefined && node.tag !== '!' && !collectionTags.has(node.tag))
      fail('UnknownTag', unknownTag(node.tag), node);
    if (isSeq(node)) return convertSeq(node, depth);
    return isMap(node) ? convertMap(node, depth) : null;
  }

  function convertAlias(node: Node & { source: string }, depth: number): Json {
    const anchored = anchors.get(node.source);
    if (anchored === undefined)
      return fail('UnknownAnchor', `no anchor &${node.source} stands before this alias`, node);
    if (anchored.value === undefined)
      return stop(
        'UnknownAnchor',
        `the alias *${node.source} stands inside its own anchor, so its value would never end`,
        node,
      );
    targets.set(node, anchored.node);
    aliasWeight += anchored.weight;
    weight += anchored.weight;
    deepest = Math.max(deepest, depth + anchored.height);
    if (aliasWeight > limits.aliasWeight)
      stop(
        'AliasBomb',
        `aliases, written out, make the document larger than ${limits.aliasWeight} characters; write the values out or use fewer aliases`,
        node,
      );
    if (depth + anchored.height > limits.depth)
      stop(
        'NestingTooDeep',
        `lists and maps are nested deeper than ${limits.depth} levels through this alias`,
        node,
      );
    return anchored.value;
  }

  function startAnchor(name: string, node: Node): Anchored {
    const anchored: Anchored = { node, weight: 0, height: 0 };
    anchors.set(name, anchored);
    return anchored;
  }

  function convertScalar(node: Scalar<string>, role: 'key' | 'value' = 'value'): Json {
    const text = isUnendedBlock(node) ? node.value.slice(0, -1) : node.value;
    if (node.tag !== undefined) {
      const tagged = resolveTagged(text, node.tag);
      return tagged.ok ? tagged.value : fail(tagged.code, tagged.message, node);
    }
    if (node.type !== 'PLAIN' && node.type !== undefined) return text;
    const resolved = resolvePlain(text);
    if (!resolved.ok) return fail(resolved.code, resolved.message, node);
    const difference = readerDifference(text, resolved.value, role);
    if (difference !== undefined) warn(difference.code, difference.message, node, difference.suggestion);
    return resolved.value;
  }

  function isUnendedBlock(node: Scalar<string>): boolean {
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    return isBlock && node.value.endsWith('\n') && node.range?.[1] === limits.sourceEnd;
  }

  function convertSeq(node: YAMLSeq, depth: number): Json {
    return node.items.map((item, index) => {
      path.push(index);
      // `- a: 1` in a flow list is a pair of its own; the composer makes a map of it.
      const value = convert(item as Node, depth + 1);
      path.pop();
      return value;
    });
  }

  function convertMap(node: YAMLMap, depth: number): Json {
    const result: Record<string, Json> = {};
    const seen = new Map<string, Node>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      if (pair.key !== null && isMergeKey(pair.key)) {
        merge(result, seen, pair, depth);
        continue;
      }
      const key = convertKey(pair.key, node);
      if (key === undefined) continue;
      path.push(key);
      const first = seen.get(key);
      if (first !== undefined) reportDuplicate(key, first, pair.key ?? node);
      const value = pair.value === null ? null : convert(pair.value, depth + 1);
      if (first === undefined) {
        result[key] = value;
        seen.set(key, pair.key ?? node);
      }
      path.pop();
    }
    return result;
  }

  function convertKey(node: Node | null, map: Node): string | undefined {
    if (node === null || (!isText(node) && !isAlias(node))) {
      fail('BadKey', 'a key must be text; this one is a list, a map or missing', node ?? map);
      return undefined;
    }
    path.push(isAlias(node) ? node.source : node.value);
    const value = isAlias(node) ? convertAlias(node, 1) : convertScalar(node, 'key');
    path.pop();
    if (!isAlias(node) && node.anchor !== undefined)
      anchors.set(node.anchor, { node, value, weight: node.value.length + 8, height: 0 });
    if (value === null || typeof value === 'object') {
      fail('BadKey', 'a key must be text; this one is null, a list or a map', node);
      return undefined;
    }
    const key = String(value);
    weight += key.length;
    if (reservedKeys.has(key)) {
      fail('ReservedKey', `the key "${key}" is reserved by JavaScript and refused; rename it`, node);
      return undefined;
    }
    keys.set(node, key);
    return key;
  }

  function merge(
    result: Record<string, Json>,
    seen: ReadonlyMap<string, Node>,
    pair: Pair<Node | null, Node | null>,
    depth: number,
  ): void {
    path.push('<<');
    const value = pair.value === null ? null : convert(pair.value, depth + 1);
    path.pop();
    const sources = Array.isArray(value) ? (value as readonly Json[]) : [value];
    if (!sources.every((source) => isObject(source))) {
      fail(
        'BadMerge',
        '`<<` takes a map, an alias of a map, or a list of these',
        pair.value ?? (pair.key as Node),
      );
      return;
    }
    // The first map of a list wins; a merge after a key replaces the key's value, as in kubectl.
    for (const source of (sources as JsonObject[]).toReversed()) {
      for (const [key, item] of Object.entries(source)) {
        if (seen.has(key))
          warn(
            'MergeOverrides',
            `this \`<<\` replaces the value of "${key}" above it, as in kubectl; move \`<<\` to the top of the map so that the key wins`,
            pair.key as Node,
          );
        result[key] = item;
      }
    }
  }

  function reportDuplicate(key: string, first: Node, second: Node): void {
    const message = `the key "${key}" stands in this map already, on line ${lineOf(first.range?.[0] ?? 0)}; remove one of the two`;
    report({
      code: 'DuplicateKey',
      severity: 'error',
      message,
      offset: second.range?.[0] ?? 0,
      path: [...path],
    });
  }

  function fail(code: YamlFaultCode, message: string, node: Node): null {
    report({ code, severity: 'error', message, offset: node.range?.[0] ?? 0, path: [...path] });
    return null;
  }

  function warn(code: YamlFaultCode, message: string, node: Node, suggestion?: string): void {
    report({
      code,
      severity: 'warning',
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
      offset: node.range?.[0] ?? 0,
      path: [...path],
    });
  }

  function stop(code: YamlFaultCode, message: string, node: Node): never {
    fail(code, message, node);
    throw new Stop();
  }
}

/** Every scalar of a failsafe tree is text. */
function isText(node: Node): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string';
}

function isMergeKey(node: Node): boolean {
  return (
    isScalar(node) && node.value === '<<' && (node.type === 'PLAIN' || node.tag === 'tag:yaml.org,2002:merge')
  );
}
