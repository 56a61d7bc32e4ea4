import { formatFieldPath } from '../../api/field-path.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { Budget } from './budget.ts';
import { calculate } from './calculate.ts';
import { EvaluationFault } from './evaluation-fault.ts';
import type { Expr } from './expr.ts';
import { functions } from './functions.ts';
import { kindOf, oneOf, withArticle } from './json-kind.ts';

/** The names that an expression sees. */
export interface Names {
  get(name: string): Json | undefined;
  /** Why a name has no value, such as `op "secret" has not run`. */
  absence(name: string): string;
}

/**
 * The value of a checked expression. A missing field, a null on the way to one and an index beyond the end are no value:
 * `??` catches that and nothing else does. Throws EvaluationFault.
 */
export function evaluate(expr: Expr, names: Names, budget: Budget): Json {
  budget.spend(1, expr.at);
  const value = (inner: Expr): Json => evaluate(inner, names, budget);
  switch (expr.kind) {
    case 'literal':
      return expr.value;
    case 'path':
      return walk(expr, names, budget);
    case 'call':
      return call(expr, names, budget);
    case 'binary':
      if (expr.operator === 'and' || expr.operator === 'or') {
        const left = boolean(value(expr.left), expr.left, expr.operator);
        if (left === (expr.operator === 'or')) return left;
        return boolean(value(expr.right), expr.right, expr.operator);
      }
      return calculate(expr, value(expr.left), value(expr.right), budget);
    case 'negate': {
      const operand = value(expr.operand);
      if (typeof operand === 'number' || typeof operand === 'bigint') return -operand;
      throw new EvaluationFault('wrong', `- needs a number, got ${withArticle(kindOf(operand))}`, expr.at);
    }
    case 'choose':
      return value(boolean(value(expr.test), expr.test, '?') ? expr.whenTrue : expr.whenFalse);
    case 'coalesce':
      return coalesce(expr, names, budget);
    case 'list':
      return expr.items.map(value);
    case 'object':
      return object(expr, value);
  }
}

/** Null is a value. */
function coalesce(expr: Extract<Expr, { kind: 'coalesce' }>, names: Names, budget: Budget): Json {
  const left = valueOr(expr.left, names, budget);
  return left === undefined ? evaluate(expr.right, names, budget) : left;
}

/** Undefined where there is no value. Every other fault is thrown on. */
function valueOr(expr: Expr, names: Names, budget: Budget): Json | undefined {
  try {
    return evaluate(expr, names, budget);
  } catch (error) {
    if (error instanceof EvaluationFault && error.kind === 'no-value') return undefined;
    throw error;
  }
}

function walk(expr: Extract<Expr, { kind: 'path' }>, names: Names, budget: Budget): Json {
  const { from, steps } = expr;
  let value = typeof from === 'string' ? root(from, expr.at, names) : evaluate(from, names, budget);
  for (const [index, { key, at }] of steps.entries()) {
    budget.spend(1, at);
    const next: Json | undefined = typeof key === 'number' ? item(value, key) : field(value, key);
    if (next === undefined) {
      const before = textOf(from, steps.slice(0, index));
      throw new EvaluationFault('no-value', whyMissing(value, key, before), at);
    }
    value = next;
  }
  return value;
}

function root(name: string, at: number, names: Names): Json {
  const value = names.get(name);
  if (value === undefined) throw new EvaluationFault('no-value', names.absence(name), at);
  return value;
}

function field(value: Json, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function item(value: Json, index: number): Json | undefined {
  return Array.isArray(value) ? (value.at(index) as Json | undefined) : undefined;
}

function textOf(from: string | Expr, steps: readonly { readonly key: string | number }[]): string {
  if (typeof from === 'string') return formatFieldPath([from, ...steps.map(({ key }) => key)]);
  return steps.length === 0 ? 'the value' : formatFieldPath(steps.map(({ key }) => key));
}

function whyMissing(value: Json, key: string | number, before: string): string {
  if (typeof key === 'number') {
    if (!Array.isArray(value)) return `${before} is ${withArticle(kindOf(value))}, no list`;
    return `${before} has ${value.length} ${value.length === 1 ? 'item' : 'items'}, none at ${key}`;
  }
  if (isObject(value)) return `${before} has no field ${formatFieldPath([key])}`;
  return `${before} is ${withArticle(kindOf(value))}: it has no field ${formatFieldPath([key])}`;
}

function call(expr: Extract<Expr, { kind: 'call' }>, names: Names, budget: Budget): Json {
  const [first] = expr.args;
  if (expr.name === 'exists') return first !== undefined && valueOr(first, names, budget) !== undefined;
  const called = functions.get(expr.name);
  if (called === undefined) throw new EvaluationFault('wrong', `there is no function $${expr.name}`, expr.at);
  const args = expr.args.map((arg) => evaluate(arg, names, budget));
  for (const [index, arg] of args.entries()) {
    const param = called.params[index];
    if (param?.kinds !== undefined && !param.kinds.includes(kindOf(arg))) {
      const message = `$${expr.name} needs ${oneOf(param.kinds)} as its ${param.name}, got ${withArticle(kindOf(arg))}`;
      throw new EvaluationFault('wrong', message, expr.args[index]?.at ?? expr.at);
    }
  }
  const stop = (kind: 'no-value' | 'wrong', message: string): never => {
    throw new EvaluationFault(kind, `$${expr.name}: ${message}`, expr.at);
  };
  return called.run(args, {
    budget,
    at: expr.at,
    noValue: (message) => stop('no-value', message),
    wrong: (message) => stop('wrong', message),
  });
}

function object(expr: Extract<Expr, { kind: 'object' }>, value: (inner: Expr) => Json): JsonObject {
  const entries = new Map<string, Json>();
  for (const [keyExpr, valueExpr] of expr.entries) {
    const key = value(keyExpr);
    if (typeof key !== 'string') {
      throw new EvaluationFault(
        'wrong',
        `a field name must be a string, got ${withArticle(kindOf(key))}`,
        keyExpr.at,
      );
    }
    if (entries.has(key)) {
      throw new EvaluationFault(
        'wrong',
        `the field ${stringifyJson(key.slice(0, 100))} stands twice`,
        keyExpr.at,
      );
    }
    entries.set(key, value(valueExpr));
  }
  return Object.fromEntries(entries);
}

function boolean(value: Json, expr: Expr, operator: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new EvaluationFault(
    'wrong',
    `${operator} needs a boolean, got ${withArticle(kindOf(value))}`,
    expr.at,
  );
}
