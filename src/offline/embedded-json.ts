import { parseBounded } from './json-depth.ts';

export interface EmbeddedJson {
  readonly values: readonly unknown[];
  /** The text without them. */
  readonly rest: string;
  /** Something began like JSON and was none, so there may be more than was found. */
  readonly isBroken: boolean;
}

const passedOver = 16;

/** JSON objects that stand in running text. A brace that opens no JSON (`{name}`) is passed over, a bounded number of times. */
export function embeddedJson(text: string): EmbeddedJson {
  const values: unknown[] = [];
  let rest = '';
  let from = 0;
  let at = text.indexOf('{');
  for (let skipped = 0; at >= 0;) {
    const end = endOfObject(text, at);
    const value = end === undefined ? undefined : parseBounded(text.slice(at, end));
    if (end !== undefined && value !== undefined) {
      values.push(value);
      rest += `${text.slice(from, at)} `;
      from = end;
      at = text.indexOf('{', end);
      continue;
    }
    // Looking on inside of what is cut off would take a part for the whole.
    if (/^\{\s{0,100}"/.test(text.slice(at, at + 110)) || ++skipped > passedOver)
      return { values, rest: rest + text.slice(from), isBroken: true };
    at = text.indexOf('{', at + 1);
  }
  return { values, rest: rest + text.slice(from), isBroken: false };
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return index + 1;
  }
  return undefined;
}
