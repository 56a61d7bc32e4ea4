import { messageOf } from '../api/errors.ts';
import { parseJson, type Json } from '../api/json.ts';

export interface JsonBounds {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

export type StrictJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string };

/**
 * Exactly one JSON value, and nothing that two readers could read differently: no duplicate keys, no `__proto__`. Bounded in
 * size and depth before anything is built. Blanks around the value are part of JSON; a byte order mark is not.
 */
export function readStrictJson(text: string, { maxBytes, maxDepth }: JsonBounds): StrictJson {
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes)
    return refuse(`it is larger than ${maxBytes} bytes`);
  if (text.trim() === '') return refuse('it is empty');
  const fault = structureFault(text, maxDepth);
  if (fault !== undefined) return refuse(fault);
  try {
    return { ok: true, value: parseJson(text) };
  } catch (error) {
    // The parser's message quotes the text, which may be hostile or secret; its place is enough.
    const place = /line (\d+) column (\d+)/.exec(messageOf(error));
    return refuse(`it is not JSON${place === null ? '' : ` (line ${place[1]}, column ${place[2]})`}`);
  }
}

/**
 * One pass over the text without a stack of calls: depth, and the keys of each object that is open. What it thinks of text that
 * is not JSON does not matter, since that is refused anyway.
 */
function structureFault(text: string, maxDepth: number): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : undefined);
      if (open.length > maxDepth) return `it is nested deeper than ${maxDepth}`;
    } else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      const keys = open.at(-1);
      if (keys !== undefined && isFollowedByColon(text, end)) {
        const fault = addKey(keys, text.slice(at, end + 1));
        if (fault !== undefined) return fault;
      }
      at = end;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return undefined;
}

function isFollowedByColon(text: string, end: number): boolean {
  let at = end + 1;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at += 1;
  return text[at] === ':';
}

/** Keys are compared as they are read: an escaped letter is the letter. */
function addKey(keys: Set<string>, token: string): string | undefined {
  let key: string;
  try {
    key = JSON.parse(token) as string;
  } catch {
    return undefined;
  }
  if (key === '__proto__') return 'it has a key "__proto__"';
  if (keys.has(key)) return `it has the key ${JSON.stringify(key.slice(0, 60))} twice in one object`;
  keys.add(key);
  return undefined;
}

function refuse(message: string): StrictJson {
  return { ok: false, message };
}
