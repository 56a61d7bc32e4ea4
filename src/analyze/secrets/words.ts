/** A run of letters, digits, `_`, `-` and `.`. Called for each, so it gets no object. */
export type OnWord = (start: number, end: number, dots: number, hasDigit: boolean) => void;

const letter = 1;
const digit = 2;
const joint = 3;
const dot = 4;
const classes: Uint8Array = classesOf();

function classesOf(): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 48; code <= 57; code += 1) table[code] = digit;
  for (let code = 65; code <= 90; code += 1) table[code] = table[code + 32] = letter;
  table[45] = table[95] = joint;
  table[46] = dot;
  return table;
}

const backslash = 92;
const percent = 37;

/**
 * Calls `onWord` for each word, and `onLongRun` for each run of 24 and more characters of base64. Escapes of JSON (`\n`) and
 * URLs (`%2F`) stand between words, not in them.
 */
export function scanWords(
  text: string,
  onWord: OnWord,
  onLongRun: (start: number, end: number) => void,
): void {
  let [start, dots, hasDigit] = [-1, 0, false];
  let run = -1;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : 0;
    const kind = code < 128 ? (classes[code] ?? 0) : 0;
    if (kind === 0 ? code !== 43 && code !== 47 && code !== 61 : kind === dot) {
      if (run >= 0 && index - run >= 24) onLongRun(run, index);
      run = -1;
    } else if (run < 0) run = index;
    if (kind !== 0) {
      if (start < 0) [start, dots, hasDigit] = [index, 0, false];
      if (kind === dot) dots += 1;
      else if (kind === digit) hasDigit = true;
      continue;
    }
    if (start >= 0) {
      onWord(start, index, dots, hasDigit);
      start = -1;
    }
    if (code === backslash) index = afterEscape(text, index);
    else if (code === percent && isHex(text, index + 1) && isHex(text, index + 2)) index += 2;
  }
}

/** The last character of the escape that begins at `index`. */
function afterEscape(text: string, index: number): number {
  let at = index;
  while (text.charCodeAt(at + 1) === backslash) at += 1;
  const code = text.charCodeAt(at + 1);
  if (code === 117 && [2, 3, 4, 5].every((offset) => isHex(text, at + offset))) return at + 5;
  return code === 110 || code === 114 || code === 116 || code === 98 || code === 102 ? at + 1 : at;
}

function isHex(text: string, index: number): boolean {
  const code = text.charCodeAt(index) | 32;
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
}
