/**
 * Offsets into `raw`, the source of a scalar from its first character (quote, `|` or `>` included), one for each
 * character of its value. Undefined when the two do not line up.
 */
export function scalarOffsets(raw: string, value: string): readonly number[] | undefined {
  const first = raw[0];
  if (first === '|' || first === '>') return blockOffsets(raw, value);
  const offsets = flowOffsets(raw, first === '"' ? 'double' : first === "'" ? 'single' : 'plain');
  return offsets.length === value.length ? offsets : undefined;
}

/** Each line of the source, without its indentation, is found again in the value, in order. */
function blockOffsets(raw: string, value: string): readonly number[] | undefined {
  const offsets: number[] = [];
  const indent = blockIndent(raw, value);
  let at = raw.indexOf('\n') + 1;
  if (at === 0) return value === '' ? [] : undefined;
  while (at < raw.length) {
    const newline = raw.indexOf('\n', at);
    const end = newline === -1 ? raw.length : newline;
    const content = raw.slice(Math.min(at + indent, end), end).replace(/\r$/, '');
    if (content !== '') {
      while (!value.startsWith(content, offsets.length)) {
        const between = value[offsets.length];
        // What clipping removed at the end of the block has no place in the value.
        if (between !== ' ' && between !== '\n')
          return content.trim() === '' ? fill(offsets, value, at) : undefined;
        offsets.push(at - 1);
      }
      for (let column = 0; column < content.length; column++) offsets.push(at + indent + column);
    }
    at = end + 1;
  }
  return fill(offsets, value, raw.length);
}

function fill(offsets: number[], value: string, offset: number): readonly number[] {
  while (offsets.length < value.length) offsets.push(offset);
  return offsets;
}

/** The first line with text has the indentation of the block, and what the value keeps of it is text. */
function blockIndent(raw: string, value: string): number {
  const inSource = /\n( *)[^ \r\n]/.exec(raw)?.[1]?.length ?? 0;
  const inValue = /(?:^|\n)( *)[^ \n]/.exec(value)?.[1]?.length ?? 0;
  return Math.max(0, inSource - inValue);
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function flowOffsets(raw: string, style: 'plain' | 'single' | 'double'): readonly number[] {
  const offsets: number[] = [];
  // Characters before this count are no foldable white space: an escaped space stays at the end of a line.
  let kept = 0;
  const end = style === 'plain' ? raw.length : raw.length - 1;
  let at = style === 'plain' ? 0 : 1;
  while (at < end) {
    const character = raw[at];
    if (style === 'single' && character === "'") {
      offsets.push(at);
      at += 2;
    } else if (style === 'double' && character === '\\') {
      at = pushEscape(raw, at, offsets);
      kept = offsets.length;
    } else if (character === '\n' || (character === '\r' && raw[at + 1] === '\n')) {
      while (offsets.length > kept && /[ \t]/.test(raw[offsets.at(-1) ?? 0] ?? '')) offsets.pop();
      at = pushFold(raw, at, offsets, 1);
    } else {
      offsets.push(at);
      at++;
    }
  }
  return offsets;
}

/** An escape stands for one character, or two UTF-16 units past U+FFFF; an escaped line break for none. */
function pushEscape(raw: string, at: number, offsets: number[]): number {
  const next = raw[at + 1] ?? '';
  if (next === '\n' || next === '\r') return pushFold(raw, at + 1, offsets, 0);
  const length = escapeLengths[next] ?? 2;
  offsets.push(at);
  if (next === 'U' && Number.parseInt(raw.slice(at + 2, at + 10), 16) > 0xffff) offsets.push(at);
  return at + length;
}

/** One line break becomes a space (or nothing), each further one a line feed. Returns the offset of the next text. */
function pushFold(raw: string, at: number, offsets: number[], spaces: 0 | 1): number {
  const breaks: number[] = [];
  let next = at;
  for (; /[ \t\r\n]/.test(raw[next] ?? ''); next++) if (raw[next] === '\n') breaks.push(next);
  if (breaks.length === 1 && spaces === 1) offsets.push(at);
  else offsets.push(...breaks.slice(1));
  return next;
}
