import type { Json } from '../../api/json.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { rootsOf, type Expr } from '../expression/expr.ts';

/** An expression and where it stands: in the string at `path` of the document, `offset` characters in. */
export interface PlacedExpr {
  readonly expr: Expr;
  readonly path: FieldPath;
  readonly offset: number;
  /** What it is, for messages: `op "ask": with.url`. */
  readonly what: string;
}

/** A value of a step type with its expressions compiled. */
export type Tree =
  | { readonly kind: 'literal'; readonly value: Json }
  /** A string that is one `${ … }`: the value with its type. */
  | { readonly kind: 'expression'; readonly placed: PlacedExpr }
  /** Text around expressions: strings as they are, numbers and booleans as text, nothing else. */
  | { readonly kind: 'text'; readonly parts: readonly (string | PlacedExpr)[] }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'map'; readonly entries: readonly TreeEntry[] };

export interface TreeEntry {
  readonly key: string;
  /** Written `key?`: the field is left out when its expression has no value. */
  readonly optional: boolean;
  readonly tree: Tree;
}

/** The names of the scope that a tree reads. */
export function rootsOfTree(tree: Tree): readonly string[] {
  return [...new Set(expressionsOf(tree).flatMap(({ expr }) => rootsOf(expr)))];
}

function expressionsOf(tree: Tree): readonly PlacedExpr[] {
  switch (tree.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [tree.placed];
    case 'text':
      return tree.parts.filter((part) => typeof part !== 'string');
    case 'list':
      return tree.items.flatMap(expressionsOf);
    case 'map':
      return tree.entries.flatMap((entry) => expressionsOf(entry.tree));
  }
}
