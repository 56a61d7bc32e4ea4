import type { Json, JsonObject } from '../../api/json.ts';
import type { Budget } from './budget.ts';
import { EvaluationFault } from './evaluation-fault.ts';
import type { Expr, Operator } from './expr.ts';
import { kindOf, withArticle } from './json-kind.ts';

type Binary = Extract<Expr, { kind: 'binary' }>;

/** The operators other than `and` and `or`. No value is converted: what does not fit is an error. */
export function calculate(expr: Binary, left: Json, right: Json, budget: Budget): Json {
  const { operator } = expr;
  if (operator === '=') return areEqual(left, right, expr, budget);
  if (operator === '!=') return !areEqual(left, right, expr, budget);
  if (operator === '&') return joined(left, right, expr, budget);
  if (operator === 'in') {
    if (!Array.isArray(right)) throw mismatch(expr, 'a list on its right', right, expr.right);
    return (right as readonly Json[]).some((item) => isSame(item, left, expr, budget));
  }
  const compare = orders[operator];
  if (compare !== undefined) return isOrdered(left, right, expr, compare);
  const compute = computations[operator];
  if (compute !== undefined) return arithmetic(left, right, expr, compute);
  throw new EvaluationFault('wrong', `${operator} is no operator of values`, expr.at);
}

type Ordered = string | number | bigint;

const orders: Readonly<Partial<Record<Operator, (a: Ordered, b: Ordered) => boolean>>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const computations: Readonly<Partial<Record<Operator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Comparing values of two kinds is a mistake, not `false`; only null may be compared with anything. */
function areEqual(left: Json, right: Json, expr: Binary, budget: Budget): boolean {
  const [a, b] = [kindOf(left), kindOf(right)];
  if (a !== b && a !== 'null' && b !== 'null') {
    const message = `${expr.operator} compares ${withArticle(a)} with ${withArticle(b)}`;
    throw new EvaluationFault('wrong', message, expr.at);
  }
  return isSame(left, right, expr, budget);
}

function isSame(left: Json, right: Json, expr: Binary, budget: Budget): boolean {
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    budget.value(left, expr.at);
    budget.value(right, expr.at);
    return isDeepSame(left, right);
  }
  // The digits of a number beyond 2^53 are kept as a bigint, which equals a number of the same value.
  // oxlint-disable-next-line eqeqeq
  return kindOf(left) === kindOf(right) && left == right;
}

function isDeepSame(left: Json, right: Json): boolean {
  // oxlint-disable-next-line eqeqeq -- as above
  if (typeof left !== 'object' || left === null) return kindOf(left) === kindOf(right) && left == right;
  if (kindOf(left) !== kindOf(right)) return false;
  const [a, b] = [left as JsonObject, right as JsonObject];
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isDeepSame(a[key] ?? null, b[key] ?? null))
  );
}

function isOrdered(
  left: Json,
  right: Json,
  expr: Binary,
  compare: (a: Ordered, b: Ordered) => boolean,
): boolean {
  if (typeof left === 'string' && typeof right === 'string') return compare(left, right);
  if (isNumber(left) && isNumber(right)) return compare(left, right);
  const [a, b] = [left, right].map((value) => withArticle(kindOf(value)));
  const message = `${expr.operator} needs two numbers or two strings, got ${a} and ${b}`;
  throw new EvaluationFault('wrong', message, expr.at);
}

function joined(left: Json, right: Json, expr: Binary, budget: Budget): string {
  if (typeof left !== 'string') throw mismatch(expr, 'strings', left, expr.left);
  if (typeof right !== 'string') throw mismatch(expr, 'strings', right, expr.right);
  budget.text(left.length + right.length, expr.at);
  return left + right;
}

function arithmetic(
  left: Json,
  right: Json,
  expr: Binary,
  compute: (a: number, b: number) => number,
): number {
  if (!isNumber(left)) throw mismatch(expr, 'numbers', left, expr.left);
  if (!isNumber(right)) throw mismatch(expr, 'numbers', right, expr.right);
  if (typeof left === 'bigint' || typeof right === 'bigint') {
    throw new EvaluationFault(
      'wrong',
      `${expr.operator} on a number beyond 2^53, where digits would be lost`,
      expr.at,
    );
  }
  const result = compute(left, right);
  if (!Number.isFinite(result)) {
    throw new EvaluationFault('wrong', `the result of ${expr.operator} is no number`, expr.at);
  }
  return result;
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function mismatch(expr: Binary, wanted: string, got: Json, at: Expr): EvaluationFault {
  const hint = expr.operator === '&' && kindOf(got) !== 'null' ? ' (write $string(x) or $json(x))' : '';
  return new EvaluationFault(
    'wrong',
    `${expr.operator} needs ${wanted}, got ${withArticle(kindOf(got))}${hint}`,
    at.at,
  );
}
