import type { FieldPath } from './source-document.ts';

interface Child {
  /** Offset of its key; absent for items of a list. */
  readonly key?: number;
  readonly value: number;
}

/** Where the values of a JSON text stand, which must be valid. What nobody asks for is only skipped. */
export class JsonOutline {
  readonly #text: string;
  readonly #children = new Map<number, ReadonlyMap<string | number, Child>>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the value at `path` below the one at `start`, or of its nearest ancestor; with `at` 'key' that of its key. */
  find(start: number, path: FieldPath, at: 'key' | 'value'): number {
    let place = start;
    for (const [index, segment] of path.entries()) {
      const child = this.#childrenOf(place).get(segment);
      if (child === undefined) return place;
      if (at === 'key' && index === path.length - 1) return child.key ?? child.value;
      place = child.value;
    }
    return place;
  }

  /** Just past the value that begins at `start`. */
  endOf(start: number): number {
    return endOfValue(this.#text, start);
  }

  #childrenOf(start: number): ReadonlyMap<string | number, Child> {
    const known = this.#children.get(start);
    if (known !== undefined) return known;
    const children = new Map<string | number, Child>();
    for (const child of childrenOf(this.#text, start)) children.set(child.name, child);
    this.#children.set(start, children);
    return children;
  }
}

/** Levels of lists and maps in a valid JSON text. */
export function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) at = endOfString(text, at) - 1;
    else if (char === openBrace || char === openBracket) most = Math.max(most, ++depth);
    else if (char === closeBrace || char === closeBracket) depth--;
  }
  return most;
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93];

/** Of two fields of one name both, the one that counts last. */
function* childrenOf(text: string, start: number): Generator<Child & { readonly name: string | number }> {
  const isMap = text.charCodeAt(start) === openBrace;
  if (!isMap && text.charCodeAt(start) !== openBracket) return;
  let at = skip(text, start + 1);
  for (let index = 0; at < text.length; index++) {
    const char = text.charCodeAt(at);
    if (char === closeBrace || char === closeBracket) return;
    if (isMap) {
      const end = endOfString(text, at);
      const value = skip(text, end);
      yield { name: JSON.parse(text.slice(at, end)) as string, key: at, value };
      at = endOfValue(text, value);
    } else {
      yield { name: index, value: at };
      at = endOfValue(text, at);
    }
    at = skip(text, at);
  }
}

/** Past white space, and past what separates values. */
function skip(text: string, at: number): number {
  const separators = /[\s,:]*/y;
  separators.lastIndex = at;
  separators.test(text);
  return separators.lastIndex;
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === quote) return endOfString(text, start);
  if (first !== openBrace && first !== openBracket) {
    const plain = /[^\s,\]}]*/y;
    plain.lastIndex = start;
    plain.test(text);
    return plain.lastIndex;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) at = endOfString(text, at) - 1;
    else if (char === openBrace || char === openBracket) depth++;
    else if ((char === closeBrace || char === closeBracket) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Just past the closing quote: one that an even number of backslashes stands before. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}
