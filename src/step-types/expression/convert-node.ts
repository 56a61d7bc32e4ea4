import { nearest } from '../nearest.ts';
import { operators, type Expr, type Operator, type PathStep } from './expr.ts';
import { functions } from './functions.ts';

/** A construct that is not listed. */
export class Refusal extends Error {
  readonly at: number;
  readonly suggestion: string | undefined;
  constructor(message: string, at: number, suggestion?: string) {
    super(message);
    this.at = at;
    this.suggestion = suggestion;
  }
}

const maxDepth = 50;

/** jsonata's tree, of which nothing is taken for granted. */
type Node = Readonly<Record<string, unknown>>;

/**
 * Turns jsonata's syntax tree into a checked expression. It lists what may be there, kinds of nodes and their fields
 * alike, because operators such as `@`, `#`, `^`, `[]` and grouping are no nodes but fields of others. Throws Refusal.
 */
export function convertNode(tree: unknown, text: string): Expr {
  return new Converter(text).convert(tree, 0);
}

class Converter {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }

  convert(value: unknown, depth: number): Expr {
    const node = asNode(value);
    if (depth > maxDepth)
      throw new Refusal(`the expression nests deeper than ${maxDepth} levels`, this.#at(node));
    switch (node['type']) {
      case 'string':
      case 'number':
      case 'value':
        return this.#literal(node);
      case 'path':
        return this.#path(node, depth);
      case 'block':
        return this.#group(node, depth);
      case 'function':
        return this.#call(node, depth);
      case 'condition':
        return this.#condition(node, depth);
      case 'unary':
        return this.#unary(node, depth);
      case 'binary':
        return this.#binary(node, depth);
      default:
        throw this.#refuseNode(node);
    }
  }

  #literal(node: Node): Expr {
    this.#only(node, ['type', 'value', 'position']);
    const { value } = node;
    const at = this.#at(node);
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new Refusal('the number is beyond 2^53, where digits are lost', at);
    }
    return { kind: 'literal', at, value: value as string | number | boolean | null };
  }

  #path(node: Node, depth: number): Expr {
    this.#only(node, ['type', 'steps', 'position']);
    const [first, ...rest] = asList(node['steps']).map(asNode);
    if (first === undefined) throw new Refusal('an empty path', 0);
    let from: string | Expr;
    const steps: PathStep[] = [];
    if (first['type'] === 'name') {
      this.#only(first, ['type', 'value', 'position', 'stages']);
      from = String(first['value']);
      steps.push(...this.#positions(first));
    } else if (first['type'] === 'block' || first['type'] === 'function') {
      const { predicate: _, stages: __, ...plain } = first;
      from = this.convert(plain, depth + 1);
      steps.push(...this.#positions(first));
    } else {
      throw first['type'] === 'variable' || this.#isForeign(first)
        ? this.#refuseNode(first)
        : new Refusal('a path starts with a name, a call or parentheses', this.#at(first));
    }
    for (const step of rest) steps.push(...this.#step(step));
    return { kind: 'path', at: this.#at(first), from, steps };
  }

  #step(step: Node): readonly PathStep[] {
    if (step['type'] !== 'name') {
      throw this.#isForeign(step)
        ? this.#refuseNode(step)
        : new Refusal('after a dot only a field name may stand', this.#at(step));
    }
    this.#only(step, ['type', 'value', 'position', 'stages']);
    return [{ key: String(step['value']), at: this.#at(step) }, ...this.#positions(step)];
  }

  /** `[0]` after a step; any other text in brackets is a filter. */
  #positions(step: Node): readonly PathStep[] {
    const stages = [...asList(step['predicate'] ?? []), ...asList(step['stages'] ?? [])].map(asNode);
    return stages.map((stage) => {
      if (stage['type'] !== 'filter') throw this.#refuseNode(stage);
      this.#only(stage, ['type', 'expr', 'position']);
      const inner = asNode(stage['expr']);
      const key = inner['value'];
      if (inner['type'] === 'number' && typeof key === 'number' && Number.isInteger(key)) {
        return { key, at: this.#at(inner) };
      }
      const hint =
        typeof key === 'string' && inner['type'] === 'string'
          ? `; a field is written .\`${key.slice(0, 40)}\``
          : '';
      throw new Refusal(`in brackets only the position of an item may stand${hint}`, this.#at(inner));
    });
  }

  #group(node: Node, depth: number): Expr {
    this.#only(node, ['type', 'expressions', 'position', 'predicate', 'stages']);
    const [inner, ...more] = asList(node['expressions']);
    if (inner === undefined || more.length > 0) {
      throw new Refusal('parentheses hold one expression', this.#at(node));
    }
    const steps = this.#positions(node);
    const from = this.convert(inner, depth + 1);
    return steps.length === 0 ? from : { kind: 'path', at: this.#at(node), from, steps };
  }

  #call(node: Node, depth: number): Expr {
    this.#only(node, ['type', 'name', 'value', 'position', 'arguments', 'procedure', 'predicate', 'stages']);
    const procedure = asNode(node['procedure']);
    const at = this.#at(procedure);
    const name = procedure['value'];
    if (procedure['type'] !== 'variable' || typeof name !== 'string') {
      throw new Refusal('only a function of the list can be called, such as $length(x)', at);
    }
    this.#only(procedure, ['type', 'value', 'position']);
    const called = functions.get(name);
    if (called === undefined) {
      const near = nearest(name, functions.keys());
      throw new Refusal(
        `there is no function $${name.slice(0, 40)}`,
        at,
        near === undefined ? undefined : `$${near}`,
      );
    }
    const given = asList(node['arguments']);
    const [least, most] = [
      called.params.filter((param) => param.optional !== true).length,
      called.params.length,
    ];
    if (given.length < least || given.length > most) {
      const wanted = least === most ? String(most) : `${least} to ${most}`;
      throw new Refusal(
        `$${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${given.length}`,
        at,
      );
    }
    const call: Expr = { kind: 'call', at, name, args: given.map((arg) => this.convert(arg, depth + 1)) };
    const steps = this.#positions(node);
    return steps.length === 0 ? call : { kind: 'path', at, from: call, steps };
  }

  #condition(node: Node, depth: number): Expr {
    this.#only(node, ['type', 'position', 'condition', 'then', 'else']);
    const at = this.#at(node);
    if (isCoalesce(node)) {
      const [left, right] = [asNode(node['then']), asNode(node['else'])];
      // jsonata reads `a = b ?? c` as `(a = b) ?? c`, and `a ?? 0 = 1` as `a ?? (0 = 1)`: neither is what anyone means.
      const isUnclear = (side: Node): boolean =>
        side['type'] === 'binary' || (side['type'] === 'condition' && !isCoalesce(side));
      if (isUnclear(left) || isUnclear(right)) {
        throw new Refusal('beside ?? an operator needs parentheses: (a ?? 0) = 1, or a ?? (b & "c")', at);
      }
      return {
        kind: 'coalesce',
        at,
        left: this.convert(left, depth + 1),
        right: this.convert(right, depth + 1),
      };
    }
    if (node['else'] === undefined) throw new Refusal('? needs what counts otherwise: test ? a : b', at);
    return {
      kind: 'choose',
      at,
      test: this.convert(node['condition'], depth + 1),
      whenTrue: this.convert(node['then'], depth + 1),
      whenFalse: this.convert(node['else'], depth + 1),
    };
  }

  #unary(node: Node, depth: number): Expr {
    const at = this.#at(node);
    switch (node['value']) {
      case '-':
        this.#only(node, ['type', 'value', 'position', 'expression']);
        return { kind: 'negate', at, operand: this.convert(node['expression'], depth + 1) };
      case '[':
        this.#only(node, ['type', 'value', 'position', 'expressions']);
        return {
          kind: 'list',
          at,
          items: asList(node['expressions']).map((item) => this.convert(item, depth + 1)),
        };
      case '{':
        this.#only(node, ['type', 'value', 'position', 'lhs']);
        return {
          kind: 'object',
          at,
          entries: asList(node['lhs']).map((pair) => this.#entry(asList(pair), depth)),
        };
      default:
        throw this.#refuseNode(node);
    }
  }

  #entry(pair: readonly unknown[], depth: number): readonly [Expr, Expr] {
    return [this.convert(pair[0], depth + 1), this.convert(pair[1], depth + 1)];
  }

  #binary(node: Node, depth: number): Expr {
    this.#only(node, ['type', 'value', 'position', 'lhs', 'rhs']);
    const operator = operators.find((known): known is Operator => known === node['value']);
    if (operator === undefined) throw this.#refuseNode(node);
    const [left, right] = [this.convert(node['lhs'], depth + 1), this.convert(node['rhs'], depth + 1)];
    return { kind: 'binary', at: this.#at(node), operator, left, right };
  }

  #only(node: Node, fields: readonly string[]): void {
    const more = Object.keys(node).find((field) => !fields.includes(field) && node[field] !== undefined);
    if (more === undefined) return;
    const construct = Object.hasOwn(fieldNames, more) ? fieldNames[more] : `"${more}"`;
    throw new Refusal(`${construct} is not available in step types`, this.#at(node));
  }

  #isForeign(node: Node): boolean {
    return typeof node['type'] === 'string' && Object.hasOwn(nodeNames, node['type']);
  }

  #refuseNode(node: Node): Refusal {
    const at = this.#at(node);
    const type = String(node['type']);
    if (type === 'binary' || type === 'unary') {
      return new Refusal(`the operator ${String(node['value'])} is not available in step types`, at);
    }
    if (type === 'variable') {
      return new Refusal(
        `$${String(node['value'])} is no value: there are no variables, and functions are called`,
        at,
      );
    }
    const construct = Object.hasOwn(nodeNames, type) ? nodeNames[type] : `"${type}"`;
    return new Refusal(`${construct} is not available in step types`, at);
  }

  /** Where a token starts; jsonata keeps where names, strings and numbers end. */
  #at(node: Node): number {
    const { position, type, value, steps } = node;
    if (typeof position !== 'number') {
      const [first] = Array.isArray(steps) ? (steps as readonly unknown[]) : [];
      return first === undefined ? 0 : this.#at(asNode(first));
    }
    const end = Math.min(position, this.#text.length);
    const word = type === 'variable' ? `$${String(value)}` : String(value);
    for (const token of [word, `\`${word}\``, `"${word}"`, `'${word}'`]) {
      if (this.#text.slice(0, end).endsWith(token)) return end - token.length;
    }
    return Math.max(0, end - 1);
  }
}

/** `a ?? b` reaches us as `$exists(a) ? a : b`, told from one that was written out by its call without a position. */
function isCoalesce(node: Node): boolean {
  const test = node['condition'] === undefined ? {} : asNode(node['condition']);
  return test['type'] === 'function' && test['position'] === undefined && node['else'] !== undefined;
}

function asNode(value: unknown): Node {
  if (typeof value !== 'object' || value === null) throw new Refusal('the expression cannot be read', 0);
  return value as Node;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Refusal('the expression cannot be read', 0);
  return value;
}

const nodeNames: Readonly<Record<string, string>> = {
  lambda: 'a function definition',
  partial: 'partial application',
  regex: 'a regular expression',
  wildcard: 'the wildcard *',
  descendant: 'the wildcard **',
  parent: 'the parent operator %',
  sort: 'sorting with ^',
  transform: 'the transform operator |',
  bind: 'an assignment with :=',
  apply: 'chaining with ~>',
  index: 'binding with #',
};

const fieldNames: Readonly<Record<string, string>> = {
  keepArray: 'the suffix []',
  keepSingletonArray: 'the suffix []',
  consarray: 'a list inside a path',
  focus: 'binding with @',
  index: 'binding with #',
  tuple: 'binding with @, # or %',
  ancestor: 'the parent operator %',
  seekingParent: 'the parent operator %',
  group: 'grouping with {',
  predicate: 'a filter in brackets',
  stages: 'a filter in brackets',
  signature: 'a function signature',
  nextFunction: 'chaining with ~>',
};
