import type { Span } from './span.ts';

const begin = /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----/g;
const end = /-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----/g;
const longestKey = 32_768;
/** What follows a beginning whose end was cut off. */
const body = /(?:[A-Za-z0-9+/=:,. \t\r\n-]|\\+[nrt]){0,32768}/y;

/** Private keys in PEM, with their lines indented or escaped as they may be, and the beginnings of keys that were cut. */
export function privateKeys(text: string): readonly Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (const match of text.matchAll(begin)) {
    if (match.index < last) continue;
    const from = match.index + match[0].length;
    end.lastIndex = from;
    const close = end.exec(text.slice(0, from + longestKey));
    body.lastIndex = from;
    last = close === null ? from + (body.exec(text)?.[0].length ?? 0) : close.index + close[0].length;
    spans.push({ start: match.index, end: last, kind: 'private-key' });
  }
  return spans;
}
