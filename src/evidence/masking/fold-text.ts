/** A text without what quoting, escaping and line breaking add, and where each character of it came from. */
export interface FoldedText {
  readonly text: string;
  /** Index in the original of each character. */
  readonly from: Int32Array;
}

const backslash = 92;
const percent = 37;

/**
 * Takes out white space, quotes and escapes, and decodes `%XX` (however often encoded) and `\uXXXX`. A value reads the same
 * whether it stood plainly, in JSON, in a URL or broken over the lines of a block scalar: both sides of a comparison are
 * folded. Characters outside ASCII are left out, too.
 */
export function foldText(text: string): FoldedText {
  const bytes = Buffer.allocUnsafe(text.length);
  const from = new Int32Array(text.length);
  let length = 0;
  let index = 0;
  while (index < text.length) {
    const start = index;
    let code = text.charCodeAt(index);
    index += 1;
    if (code === backslash) {
      while (text.charCodeAt(index) === backslash) index += 1;
      [code, index] = escapeAt(text, index);
    } else if (code === percent) {
      [code, index] = percentAt(text, index);
    }
    if (code > 32 && code < 127 && code !== 34 && code !== 39) {
      bytes[length] = code;
      from[length] = start;
      length += 1;
    }
  }
  return { text: bytes.toString('latin1', 0, length), from: from.subarray(0, length) };
}

/** What stands after a run of backslashes; 0 for a control character, which is left out. */
function escapeAt(text: string, index: number): [code: number, next: number] {
  const letter = text.charCodeAt(index);
  // n r t b f
  if (letter === 110 || letter === 114 || letter === 116 || letter === 98 || letter === 102)
    return [0, index + 1];
  if (letter !== 117) return [0, index];
  const code = hexAt(text, index + 1, 4);
  return code < 0 ? [0, index] : [code, index + 5];
}

function percentAt(text: string, index: number): [code: number, next: number] {
  let next = index;
  while (text.startsWith('25', next) && hexAt(text, next + 2, 2) >= 0) next += 2;
  const code = hexAt(text, next, 2);
  return code < 0 ? [percent, index] : [code, next + 2];
}

/** -1 when there are not so many hex digits. */
function hexAt(text: string, index: number, digits: number): number {
  let value = 0;
  for (let at = index; at < index + digits; at += 1) {
    const code = text.charCodeAt(at) | 32;
    const digit = code >= 97 && code <= 102 ? code - 87 : code >= 48 && code <= 57 ? code - 48 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
