import type { YamlFaultCode } from './yaml-fault-codes.ts';

/** A text and its lines. Offsets count UTF-16 units from 0, lines and columns from 1. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [text.startsWith('\uFEFF') ? 1 : 0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  position(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(1, offset - (starts[low] ?? 0) + 1) };
  }
}

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly code: YamlFaultCode;
      readonly message: string;
      readonly offset: number;
      readonly text: string;
    };

// What the YAML reader of kubectl refuses too.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/;

/** Text of a file's bytes with lone carriage returns made line feeds, which keeps every offset. */
export function decodeSource(input: string | Uint8Array, limitBytes: number): Decoded {
  const size = typeof input === 'string' ? byteLengthAtLeast(input, limitBytes) : input.length;
  if (size > limitBytes)
    return refuse(
      'FileTooLarge',
      `the file is larger than ${formatSize(limitBytes)}; split it into several files`,
    );
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  if (text === undefined) return refuse('NotUtf8', notUtf8(input as Uint8Array));
  const bad = forbidden.exec(text);
  if (bad !== null) {
    const code = bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `the character U+${code} is not allowed in YAML; remove it, or write it as an escape in double quotes`;
    return { ok: false, code: 'ControlCharacter', message, offset: bad.index, text };
  }
  const lineBreak = /^\s*[[{]/.test(text) ? -1 : text.search(/[\u0085\u2028\u2029]/);
  if (lineBreak !== -1) {
    const message =
      'kubectl takes this invisible character (U+0085, U+2028 or U+2029) for a line break; remove it, or write it as an escape in double quotes';
    return { ok: false, code: 'InvisibleLineBreak', message, offset: lineBreak, text };
  }
  return { ok: true, text: text.replaceAll(/\r(?!\n)/g, '\n') };
}

function refuse(code: YamlFaultCode, message: string): Decoded {
  return { ok: false, code, message, offset: 0, text: '' };
}

function byteLengthAtLeast(text: string, limit: number): number {
  // A UTF-16 unit is at most three bytes: only a text near the limit needs counting.
  if (text.length > limit || text.length * 3 <= limit) return text.length;
  return new TextEncoder().encode(text).length;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notUtf8(bytes: Uint8Array): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return utf16
    ? 'the file is UTF-16; save it as UTF-8'
    : 'the file is not UTF-8 text; save it as UTF-8, or check that it is a YAML file at all';
}

function formatSize(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / (1024 * 1024)} MiB` : `${bytes} bytes`;
}
