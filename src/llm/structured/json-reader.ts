import { parseJson, type Json } from '../../api/json.ts';

/** What is not JSON and is read all the same, because it leaves no doubt about what is meant. */
export type JsonLicence = 'trailing-comma' | 'raw-newline';

export type JsonReading =
  | {
      readonly kind: 'value';
      readonly value: Json;
      /** Where the text goes on. */
      readonly end: number;
      readonly taken: ReadonlySet<JsonLicence>;
      /** A key that an object has twice. The value holds the last one, and must not be used. */
      readonly duplicate: string | undefined;
    }
  | { readonly kind: 'fault'; readonly fault: FaultKind };

/** Deeper than any answer; the reader recurses. */
const depthLimit = 100;

/** Reads one JSON value that begins at `at`, in one pass over it. */
export function readJson(text: string, at: number): JsonReading {
  const reader = new Reader(text, at);
  try {
    const value = reader.value(0);
    return { kind: 'value', value, end: reader.at, taken: reader.taken, duplicate: reader.duplicate };
  } catch (error) {
    if (!(error instanceof ReadingFault)) throw error;
    return { kind: 'fault', fault: error.fault };
  }
}

type FaultKind = 'malformed' | 'cut-off' | 'too-deep';

class ReadingFault extends Error {
  readonly fault: FaultKind;
  constructor(fault: FaultKind) {
    super(fault);
    this.fault = fault;
  }
}

const space = /[ \t\r\n]*/y;
const plain = /[^"\\\u0000-\u001f]*/y; // oxlint-disable-line no-control-regex -- JSON's own rule
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /[a-z]+/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Reader {
  readonly #text: string;
  readonly taken = new Set<JsonLicence>();
  at: number;
  duplicate: string | undefined;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  value(depth: number): Json {
    if (depth > depthLimit) throw new ReadingFault('too-deep');
    const char = this.#text[this.at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return this.#string();
    const digits = this.#match(number);
    if (digits !== '') return this.#number(digits);
    const name = this.#match(word);
    const value = words.get(name);
    if (value === undefined) throw this.#fault();
    return value;
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    const keys = new Set<string>();
    this.#list('}', () => {
      if (this.#text[this.at] !== '"') throw this.#fault();
      const key = this.#string();
      if (keys.has(key)) this.duplicate ??= key;
      keys.add(key);
      this.#space();
      if (this.#text[this.at] !== ':') throw this.#fault();
      this.at += 1;
      this.#space();
      entries.push([key, this.value(depth + 1)]);
    });
    return Object.fromEntries(entries);
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#list(']', () => void items.push(this.value(depth + 1)));
    return items;
  }

  /** What stands between an opening bracket and `close`. */
  #list(close: string, item: () => void): void {
    this.at += 1;
    this.#space();
    for (let count = 0; this.#text[this.at] !== close; count += 1) {
      if (count > 0) {
        if (this.#text[this.at] !== ',') throw this.#fault();
        this.at += 1;
        this.#space();
        if (this.#text[this.at] === close) {
          this.taken.add('trailing-comma');
          break;
        }
      }
      item();
      this.#space();
    }
    this.at += 1;
  }

  #string(): string {
    const parts: string[] = [];
    this.at += 1;
    for (;;) {
      parts.push(this.#match(plain));
      const char = this.#text[this.at];
      if (char === '"') break;
      if (char === '\\') parts.push(this.#escape());
      else if (char === '\n' || char === '\r' || char === '\t') {
        parts.push(char);
        this.taken.add('raw-newline');
        this.at += 1;
      } else throw this.#fault();
    }
    this.at += 1;
    return parts.join('');
  }

  #escape(): string {
    const found = this.#match(escape);
    // Five characters may be missing because the text ends inside of it.
    if (found === '') throw new ReadingFault(this.at + 6 > this.#text.length ? 'cut-off' : 'malformed');
    return JSON.parse(`"${found}"`) as string;
  }

  #number(digits: string): Json {
    // `012` or `1.` would read as a number and something after it.
    if (/[\w.+-]/.test(this.#text[this.at] ?? '')) throw new ReadingFault('malformed');
    const value = parseJson(digits);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new ReadingFault('malformed');
    return value;
  }

  #space(): void {
    this.#match(space);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  #fault(): ReadingFault {
    return new ReadingFault(this.at >= this.#text.length ? 'cut-off' : 'malformed');
  }
}
