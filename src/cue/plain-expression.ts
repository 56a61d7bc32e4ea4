import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { Evaluated, Parsed, Reference } from '../expr/expression.ts';

/*
 * Most conditions are a few comparisons of plain paths with literals, and starting CUE for them takes longer than everything
 * else a small run does. What is recognised here has one meaning in CUE, and none of it can fail: whatever is written, typed
 * or found otherwise is left to CUE itself, which also words every fault. test/cue/plain-expression.test.ts holds the two
 * against each other.
 */

type Node =
  | { readonly kind: 'literal'; readonly value: string | boolean | number }
  | { readonly kind: 'path'; readonly reference: Reference }
  | { readonly kind: 'not'; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node };

/** Longer ones are rare, and CUE bounds the time that they take. */
const longestText = 1000;
const deepestNesting = 20;

const token =
  /[ \t]*(?:(?<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\["[^"\\\n]*"\])*)|(?<string>"[^"\\\n]*")|(?<number>0|[1-9]\d{0,14})|(?<operator>&&|\|\||[=!<>]=|[!<>()]))/y;

/** Words with a meaning of their own: an identifier of that name is no path. */
const words: ReadonlySet<string> = new Set(
  'package import for in if let true false null len close and or div mod quo rem matchN matchIf error string bytes bool int uint float number rune'.split(
    ' ',
  ),
);

/** Parses what is plain; undefined for anything else, right or wrong. */
export function parsePlain(text: string): Extract<Parsed, { ok: true }> | undefined {
  const node = read(text);
  if (node === undefined) return undefined;
  return { ok: true, references: referencesOf(node), imports: [] };
}

/** Evaluates what is plain and comes to true or false; undefined for anything else. */
export function evaluatePlain(text: string, scope: JsonObject): Evaluated | undefined {
  const node = read(text);
  const value = node === undefined ? undefined : valueOf(node, scope);
  return typeof value === 'boolean' ? { ok: true, value } : undefined;
}

/** Whether no CUE is needed to know what an expression means; its values may ask for it all the same. */
export function isPlain(text: string): boolean {
  return read(text) !== undefined;
}

function read(text: string): Node | undefined {
  // Columns count bytes, and a carriage return is no space of CUE's.
  // oxlint-disable-next-line no-control-regex
  if (text.length > longestText || !/^[\t\x20-\x7E]*\n?$/.test(text)) return undefined;
  return new Reader(text.trimEnd()).read();
}

interface Token {
  readonly kind: 'path' | 'string' | 'number' | 'operator' | 'end' | 'other';
  readonly text: string;
  readonly column: number;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#next();
  }

  read(): Node | undefined {
    const node = this.#or();
    return this.#token.kind === 'end' ? node : undefined;
  }

  #or(): Node | undefined {
    return this.#chain(['||'], () => this.#and());
  }

  #and(): Node | undefined {
    return this.#chain(['&&'], () => this.#comparison());
  }

  #comparison(): Node | undefined {
    const left = this.#unary();
    const operator = this.#token.text;
    if (left === undefined || this.#token.kind !== 'operator' || !/^[=!<>]=$|^[<>]$/.test(operator))
      return left;
    this.#advance();
    const right = this.#unary();
    return right === undefined ? undefined : { kind: 'binary', operator, left, right };
  }

  #chain(operators: readonly string[], operand: () => Node | undefined): Node | undefined {
    let left = operand();
    while (left !== undefined && operators.includes(this.#token.text) && this.#token.kind === 'operator') {
      const operator = this.#token.text;
      this.#advance();
      const right = operand();
      left = right === undefined ? undefined : { kind: 'binary', operator, left, right };
    }
    return left;
  }

  #unary(): Node | undefined {
    const { kind, text, column } = this.#token;
    if (this.#depth >= deepestNesting) return undefined;
    this.#advance();
    switch (kind) {
      case 'path':
        return pathNode(text, column);
      case 'string':
        return { kind: 'literal', value: text.slice(1, -1) };
      case 'number':
        return { kind: 'literal', value: Number(text) };
      case 'operator':
        return this.#operator(text);
      case 'end':
      case 'other':
        return undefined;
    }
  }

  #operator(text: string): Node | undefined {
    this.#depth += 1;
    try {
      if (text === '!') {
        const of = this.#unary();
        return of === undefined ? undefined : { kind: 'not', of };
      }
      if (text !== '(') return undefined;
      const inner = this.#or();
      if (this.#token.text !== ')' || this.#token.kind !== 'operator') return undefined;
      this.#advance();
      return inner;
    } finally {
      this.#depth -= 1;
    }
  }

  #advance(): void {
    this.#token = this.#next();
  }

  #next(): Token {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    const column = this.#at + (match?.[0].length ?? 0) - (match?.[0].trimStart().length ?? 0) + 1;
    if (match === null) {
      const isEnd = this.#text.slice(this.#at).trim() === '';
      return { kind: isEnd ? 'end' : 'other', text: '', column };
    }
    this.#at = token.lastIndex;
    const { path, string, number, operator } = match.groups ?? {};
    if (path !== undefined) return { kind: 'path', text: path, column };
    if (string !== undefined) return { kind: 'string', text: string, column };
    if (number !== undefined) {
      // `1.5`, `1K`, `0x10`, `1_000`: numbers of another kind.
      const isWhole = !/[\w.]/.test(this.#text.charAt(this.#at));
      return { kind: isWhole ? 'number' : 'other', text: number, column };
    }
    // `==~`, `!~` and the like are other operators.
    const isWhole = !/[=~]/.test(this.#text.charAt(this.#at));
    return { kind: isWhole ? 'operator' : 'other', text: operator ?? '', column };
  }
}

function pathNode(text: string, column: number): Node | undefined {
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  const parts = [...text.matchAll(/(?<word>[A-Za-z_]\w*)|"(?<quoted>[^"]*)"/g)].map(
    ({ groups }) => groups ?? {},
  );
  // A word that begins with an underscore is hidden; a lone one is anything.
  const isOther = parts.some(({ word }) => word !== undefined && (words.has(word) || word.startsWith('_')));
  if (isOther) return undefined;
  const segments = parts.map(({ word, quoted }) => word ?? quoted ?? '');
  return { kind: 'path', reference: { segments, line: 1, column } };
}

function referencesOf(node: Node): readonly Reference[] {
  switch (node.kind) {
    case 'literal':
      return [];
    case 'path':
      return [node.reference];
    case 'not':
      return referencesOf(node.of);
    case 'binary':
      return [...referencesOf(node.left), ...referencesOf(node.right)];
  }
}

type Plain = string | boolean | number;

/** Undefined: CUE is to say what it is, or what is wrong with it. */
function valueOf(node: Node, scope: JsonObject): Plain | undefined {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'path':
      return plainValue(lookUp(scope, node.reference.segments));
    case 'not': {
      const value = valueOf(node.of, scope);
      return typeof value === 'boolean' ? !value : undefined;
    }
    case 'binary': {
      const left = valueOf(node.left, scope);
      const right = valueOf(node.right, scope);
      return left === undefined || right === undefined ? undefined : combine(node.operator, left, right);
    }
  }
}

function combine(operator: string, left: Plain, right: Plain): boolean | undefined {
  if (typeof left !== typeof right) return undefined;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'boolean' && typeof right === 'boolean') {
    if (operator === '&&') return left && right;
    return operator === '||' ? left || right : undefined;
  }
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

function lookUp(scope: JsonObject, segments: readonly string[]): Json | undefined {
  let value: Json | undefined = scope;
  for (const segment of segments) {
    if (!isObject(value) || !Object.hasOwn(value, segment)) return undefined;
    value = value[segment];
  }
  return value;
}

/** Text, a boolean, or an integer that a double holds exactly. A lone surrogate is no text of CUE's. */
function plainValue(value: Json | undefined): Plain | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : undefined;
  return typeof value === 'boolean' ? value : undefined;
}
