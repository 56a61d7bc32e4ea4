/**
 * A checked expression: what is left of JSONata's syntax tree once everything that could run for ever, reach outside, or
 * fail open has been refused. `at` counts characters from 0 in the expression's text.
 */
export type Expr =
  | { readonly kind: 'literal'; readonly at: number; readonly value: string | number | boolean | null }
  | {
      readonly kind: 'path';
      readonly at: number;
      readonly from: string | Expr;
      readonly steps: readonly PathStep[];
    }
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly args: readonly Expr[] }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: Operator;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'negate'; readonly at: number; readonly operand: Expr }
  | {
      readonly kind: 'choose';
      readonly at: number;
      readonly test: Expr;
      readonly whenTrue: Expr;
      readonly whenFalse: Expr;
    }
  /** `left ?? right`: what is on the right counts when the left has no value. */
  | { readonly kind: 'coalesce'; readonly at: number; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Expr[] }
  | { readonly kind: 'object'; readonly at: number; readonly entries: readonly (readonly [Expr, Expr])[] };

/** A field by name, or an item by position; negative positions count from the end. */
export interface PathStep {
  readonly key: string | number;
  readonly at: number;
}

export const operators = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '&',
  'and',
  'or',
  'in',
] as const;
export type Operator = (typeof operators)[number];

/** The names of the scope that an expression reads. */
export function rootsOf(expr: Expr): readonly string[] {
  const roots = new Set<string>();
  const visit = (node: Expr): void => {
    if (node.kind === 'path' && typeof node.from === 'string') roots.add(node.from);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(expr);
  return [...roots];
}

function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
      return [];
    case 'path':
      return typeof expr.from === 'string' ? [] : [expr.from];
    case 'call':
      return expr.args;
    case 'binary':
    case 'coalesce':
      return [expr.left, expr.right];
    case 'negate':
      return [expr.operand];
    case 'choose':
      return [expr.test, expr.whenTrue, expr.whenFalse];
    case 'list':
      return expr.items;
    case 'object':
      return expr.entries.flat();
  }
}
