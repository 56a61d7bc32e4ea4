import { stringifyJson, type Json } from '../../api/json.ts';
import type { Budget } from '../expression/budget.ts';
import { EvaluationFault } from '../expression/evaluation-fault.ts';
import { evaluate, type Names } from '../expression/evaluate.ts';
import { kindOf, withArticle } from '../expression/json-kind.ts';
import type { PlacedExpr, Tree } from './tree.ts';

/** A fault of an expression, and which one. */
export class TreeFault extends Error {
  readonly fault: EvaluationFault;
  readonly placed: PlacedExpr;
  constructor(fault: EvaluationFault, placed: PlacedExpr) {
    super(fault.message);
    this.fault = fault;
    this.placed = placed;
  }
}

/** The value of a tree. Throws TreeFault; only a field written `key?` may be without a value. */
export function evaluateTree(tree: Tree, names: Names, budget: Budget): Json {
  switch (tree.kind) {
    case 'literal':
      return tree.value;
    case 'expression':
      return evaluatePlaced(tree.placed, names, budget);
    case 'text':
      return interpolate(tree.parts, names, budget);
    case 'list':
      return tree.items.map((item) => evaluateTree(item, names, budget));
    case 'map':
      return Object.fromEntries(
        tree.entries.flatMap(({ key, optional, tree: field }): [string, Json][] => {
          const value = optional
            ? ifAny(() => evaluateTree(field, names, budget))
            : evaluateTree(field, names, budget);
          return value === undefined ? [] : [[key, value]];
        }),
      );
  }
}

/**
 * The part of a tree that has a value: what is missing is left out and told to `missing`. For the outputs of a step that
 * did not get to its end.
 */
export function evaluatePart(
  tree: Tree,
  names: Names,
  budget: Budget,
  missing: (path: readonly string[], fault: TreeFault) => void,
): Json | undefined {
  const visit = (part: Tree, path: readonly string[]): Json | undefined => {
    if (part.kind !== 'map') {
      return ifAny(
        () => evaluateTree(part, names, budget),
        (fault) => missing(path, fault),
      );
    }
    const entries = part.entries.flatMap(({ key, tree: field }): [string, Json][] => {
      const value = visit(field, [...path, key]);
      return value === undefined ? [] : [[key, value]];
    });
    return entries.length === 0 && part.entries.length > 0 ? undefined : Object.fromEntries(entries);
  };
  return visit(tree, []);
}

/** Throws TreeFault. */
export function evaluatePlaced(placed: PlacedExpr, names: Names, budget: Budget): Json {
  try {
    return evaluate(placed.expr, names, budget);
  } catch (error) {
    throw error instanceof EvaluationFault ? new TreeFault(error, placed) : error;
  }
}

function interpolate(parts: readonly (string | PlacedExpr)[], names: Names, budget: Budget): string {
  let text = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : evaluatePlaced(part, names, budget);
    const added = typeof value === 'string' ? value : scalarText(value);
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    if (added === undefined) {
      const message = `inside text only strings, numbers and booleans can stand, got ${withArticle(kindOf(value))}`;
      throw new TreeFault(new EvaluationFault('wrong', message, part.expr.at), part);
    }
    pay(() => budget.text(text.length + added.length, part.expr.at), part);
    text += added;
  }
  return text;
}

function scalarText(value: Json): string | undefined {
  const kind = kindOf(value);
  return kind === 'number' || kind === 'boolean' ? stringifyJson(value) : undefined;
}

function pay(spend: () => void, placed: PlacedExpr): void {
  try {
    spend();
  } catch (error) {
    throw error instanceof EvaluationFault ? new TreeFault(error, placed) : error;
  }
}

function ifAny(value: () => Json, missing?: (fault: TreeFault) => void): Json | undefined {
  try {
    return value();
  } catch (error) {
    if (!(error instanceof TreeFault) || error.fault.kind !== 'no-value') throw error;
    missing?.(error);
    return undefined;
  }
}
