/** The value that belongs to a name. */
export interface NamedValue {
  readonly start: number;
  readonly end: number;
  /** Quoted, or otherwise certainly the whole value: worth looking for elsewhere. */
  readonly firm: boolean;
}

const separator = /\\*["']?[ \t]{0,40}(?::=|=>|[:=]|%3[AaDd])[ \t]{0,40}/y;
/** `name: X` and then `value:`, in YAML or JSON. */
const pair =
  /\\*["']?[ \t]{0,40},?(?:\s|\\+[nrt]){0,80}\\*["']?[vV]alue\\*["']?[ \t]{0,40}[:=](?:[ \t]|\\+[nrt]){0,40}/y;
/** `--flag value`, also as two items of a list. */
const nextArgument = /\\*["']?(?:,(?:\s|\\+[nrt]){0,80}|(?:\s|\\+[nrt]){1,40}-[ \t]{1,40}|[ \t]{1,8})/y;

const longestQuoted = 16_384;

/** `end` is where the name ends; `isFlag` for a name that began with a dash; `lineStart` when only white space stands before it. */
export function valueAfter(
  text: string,
  end: number,
  shape: { readonly isFlag: boolean; readonly lineStart: boolean; readonly isHeader: boolean },
): NamedValue | undefined {
  const assigned = after(separator, text, end);
  if (assigned !== undefined) {
    const isAssignment = text.slice(end, assigned).includes('=') || !/[ \t]$/.test(text.slice(end, assigned));
    return readValue(text, assigned, {
      toLineEnd: shape.lineStart || shape.isHeader,
      firm: isAssignment || shape.lineStart,
    });
  }
  const paired = after(pair, text, end);
  if (paired !== undefined) return readValue(text, paired, { toLineEnd: true, firm: true });
  const argument = shape.isFlag ? after(nextArgument, text, end) : undefined;
  return argument === undefined ? undefined : readValue(text, argument, { toLineEnd: false, firm: true });
}

function after(pattern: RegExp, text: string, index: number): number | undefined {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function readValue(
  text: string,
  index: number,
  how: { readonly toLineEnd: boolean; readonly firm: boolean },
): NamedValue | undefined {
  opening.lastIndex = index;
  const quote = opening.exec(text)?.[0];
  if (quote !== undefined) return quotedValue(text, index + quote.length, quote);
  return blockValue(text, index) ?? plainValue(text, index, how);
}

const opening = /\\*["'`]/y;

function quotedValue(text: string, start: number, quote: string): NamedValue | undefined {
  const sign = quote.at(-1) ?? '"';
  const depth = quote.length - 1;
  let at = text.indexOf(sign, start);
  while (at >= 0 && at - start < longestQuoted) {
    let run = 0;
    while (at - run > start && text[at - run - 1] === '\\') run += 1;
    // A quote at this depth of escaping; one more escape is a quote inside the value.
    if (run % (2 * (depth + 1)) === depth)
      return at - depth > start ? { start, end: at - depth, firm: true } : undefined;
    at = text.indexOf(sign, at + 1);
  }
  return plainValue(text, start, { toLineEnd: true, firm: false });
}

const blockHead = /[|>][-+0-9]{0,3}[ \t]{0,10}(?:\r?\n|\\+n)/y;
const blockLine = /([ \t]*)((?:\\+["'/bfrtu]|(?!\\{1,8}n)[^"\n])*)(\n|\\+n|)/y;

/** The lines of a YAML block scalar, in a document or in a string of a JSON document. */
function blockValue(text: string, index: number): NamedValue | undefined {
  let at = after(blockHead, text, index);
  if (at === undefined) return undefined;
  let indent: number | undefined;
  let [start, end] = [at, at];
  for (;;) {
    blockLine.lastIndex = at;
    const [all, spaces = '', content = '', newline = ''] = blockLine.exec(text) ?? [''];
    if (content.trim() !== '') {
      indent ??= spaces.length;
      if (spaces.length < Math.max(indent, 1)) break;
      if (end === start) start = at + spaces.length;
      end = at + spaces.length + content.length;
    }
    at += all.length;
    if (newline === '' || at - index > longestQuoted) break;
  }
  return end > start ? { start, end, firm: true } : undefined;
}

const plain = /(?:(?!\\{1,8}[nrt"'])[^\s"'`&;]){1,4096}/y;
const line = /(?:(?!\\{1,8}[nrt"'])[^\n\r"]){1,4096}/y;

function plainValue(
  text: string,
  start: number,
  how: { readonly toLineEnd: boolean; readonly firm: boolean },
): NamedValue | undefined {
  const pattern = how.toLineEnd ? line : plain;
  pattern.lastIndex = start;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return undefined;
  const alone = found.replace(/,\w[\w.-]{0,60}=.*$/s, '').trimEnd();
  // A reference such as `${TOKEN}` ends in its bracket.
  const value = /^(?:\$[({]|\{\{)/.test(alone) ? alone : alone.replace(/[,)\]}>.]{1,8}$/, '');
  return value === '' ? undefined : { start, end: start + value.length, firm: how.firm };
}
