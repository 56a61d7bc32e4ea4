import { formatFieldPath } from '../../api/field-path.ts';
import type { Json, JsonObject } from '../../api/json.ts';
import { nearest } from '../nearest.ts';
import { areApart, kindsOf, valuesOf } from '../schema/json-types.ts';
import { stepInto } from '../schema/schema-path.ts';
import type { Expr } from './expr.ts';
import { functions } from './functions.ts';
import { kindOf, oneOf, type JsonKind } from './json-kind.ts';

export interface StaticNames {
  /** The schemas of the names in scope. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
  /** Names that exist, but not here, and why: `op "ask" comes later`. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

export interface StaticFault {
  readonly code: 'UnknownPath' | 'WrongType';
  readonly message: string;
  readonly at: number;
  readonly suggestion?: string;
}

/** JSON Schema of what an expression comes to, as far as it can be known; what can only be wrong is reported. */
export function inferSchema(
  expr: Expr,
  names: StaticNames,
  report: (fault: StaticFault) => void,
): JsonObject {
  return new Inference(names, report).infer(expr);
}

const any: JsonObject = {};
const boolean: JsonObject = { type: 'boolean' };

class Inference {
  readonly #names: StaticNames;
  readonly #report: (fault: StaticFault) => void;
  constructor(names: StaticNames, report: (fault: StaticFault) => void) {
    this.#names = names;
    this.#report = report;
  }

  infer(expr: Expr): JsonObject {
    switch (expr.kind) {
      case 'literal':
        return { const: expr.value };
      case 'path':
        return this.#path(expr);
      case 'call':
        return this.#call(expr);
      case 'binary':
        return this.#binary(expr);
      case 'negate':
        this.#expect(expr.operand, ['number'], '-');
        return { type: 'number' };
      case 'choose':
        this.#expect(expr.test, ['boolean'], '?');
        return either(this.infer(expr.whenTrue), this.infer(expr.whenFalse));
      case 'coalesce':
        return either(this.infer(expr.left), this.infer(expr.right));
      case 'list': {
        const items = expr.items.map((item) => this.infer(item));
        return items.length === 0 ? { type: 'array' } : { type: 'array', items: { anyOf: items } };
      }
      case 'object':
        return this.#object(expr);
    }
  }

  #path(expr: Extract<Expr, { kind: 'path' }>): JsonObject {
    const { from, steps } = expr;
    let schema = typeof from === 'string' ? this.#root(from, expr.at) : this.infer(from);
    if (schema === undefined) return any;
    const before: (string | number)[] = typeof from === 'string' ? [from] : [];
    for (const { key, at } of steps) {
      const text = before.length === 0 ? 'the value' : formatFieldPath(before);
      const step = stepInto(schema, key, text);
      if (step.kind === 'none') {
        const near = typeof key === 'string' ? nearest(key, step.known) : undefined;
        this.#fault('UnknownPath', step.message, at, near);
        return any;
      }
      schema = step.schema;
      before.push(key);
    }
    return schema;
  }

  #root(name: string, at: number): JsonObject | undefined {
    const schema = this.#names.schemas.get(name);
    if (schema !== undefined) return schema;
    const why = this.#names.elsewhere.get(name);
    const isFunction = functions.has(name);
    const near = isFunction ? `$${name}` : nearest(name, this.#names.schemas.keys());
    this.#fault(
      'UnknownPath',
      why ?? `nothing is called ${name.slice(0, 60)} here`,
      at,
      why === undefined ? near : undefined,
    );
    return undefined;
  }

  #call(expr: Extract<Expr, { kind: 'call' }>): JsonObject {
    const called = functions.get(expr.name);
    for (const [index, arg] of expr.args.entries()) {
      const kinds = called?.params[index]?.kinds;
      if (kinds === undefined) this.infer(arg);
      else this.#expect(arg, kinds, `$${expr.name}`);
    }
    return called?.result ?? any;
  }

  #binary(expr: Extract<Expr, { kind: 'binary' }>): JsonObject {
    const { operator, left, right } = expr;
    switch (operator) {
      case 'and':
      case 'or':
        this.#expect(left, ['boolean'], operator);
        this.#expect(right, ['boolean'], operator);
        return boolean;
      case '&':
        this.#expect(left, ['string'], operator);
        this.#expect(right, ['string'], operator);
        return { type: 'string' };
      case '=':
      case '!=':
        this.#compare(expr, this.infer(left), this.infer(right));
        return boolean;
      case '<':
      case '<=':
      case '>':
      case '>=':
        this.#expect(left, ['number', 'string'], operator);
        this.#expect(right, ['number', 'string'], operator);
        return boolean;
      case 'in':
        this.infer(left);
        this.#expect(right, ['list'], operator);
        return boolean;
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        this.#expect(left, ['number'], operator);
        this.#expect(right, ['number'], operator);
        return { type: 'number' };
    }
  }

  #compare(expr: Extract<Expr, { kind: 'binary' }>, left: JsonObject, right: JsonObject): void {
    if (areApart(left, right) && !takesNull(left) && !takesNull(right)) {
      const [a, b] = [left, right].map((schema) => oneOf([...(kindsOf(schema) ?? [])]));
      this.#fault('WrongType', `${expr.operator} compares ${a} with ${b}: they can never be equal`, expr.at);
      return;
    }
    const [a, b] = [valuesOf(left), valuesOf(right)];
    if (a === undefined || b === undefined || a.some((value) => b.includes(value))) return;
    const [literal] = b.length === 1 ? b : a;
    const others = b.length === 1 ? a : b;
    const near =
      typeof literal === 'string'
        ? nearest(
            literal,
            others.filter((value) => typeof value === 'string'),
          )
        : undefined;
    const message = `${show(literal)} is none of the values there can be: ${others.slice(0, 20).map(show).join(', ')}`;
    this.#fault('WrongType', message, expr.at, near);
  }

  #object(expr: Extract<Expr, { kind: 'object' }>): JsonObject {
    const properties: [string, JsonObject][] = [];
    let isOpen = false;
    for (const [key, value] of expr.entries) {
      this.#expect(key, ['string'], 'a field name');
      const schema = this.infer(value);
      if (key.kind === 'literal') properties.push([String(key.value), schema]);
      else isOpen = true;
    }
    return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: isOpen };
  }

  #expect(expr: Expr, kinds: readonly JsonKind[], what: string): void {
    const got = kindsOf(this.infer(expr));
    if (got === undefined || [...got].some((kind) => kinds.includes(kind))) return;
    this.#fault('WrongType', `${what} needs ${oneOf(kinds)}, got ${oneOf([...got])}`, expr.at);
  }

  #fault(code: StaticFault['code'], message: string, at: number, suggestion?: string): void {
    this.#report({ code, message, at, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

function takesNull(schema: JsonObject): boolean {
  return kindsOf(schema)?.has('null') === true;
}

function either(a: JsonObject, b: JsonObject): JsonObject {
  return { anyOf: [a, b] };
}

function show(value: Json | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : kindOf(value ?? null);
}
