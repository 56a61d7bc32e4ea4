const failure =
  /\b(?:error|exception|fatal|panic|fail(?:ed|ure)?|killed|oom|traceback|segmentation fault|refused|denied|cannot|unable)\b|Exception|Error:/i;

const before = 20;
const afterFailure = 30;
const atEnd = 25;
/** A line of a log may be a whole document. */
const longestLine = 4_000;

/** The lines round the last failure that a log speaks of, and its end; says how many lines are left out. */
export function logTail(log: string): string {
  const lines = log
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(cutLine);
  const at = firstOfLastFailure(lines);
  const end = Math.max(0, lines.length - atEnd);
  if (at < 0) return join(lines, [[end, lines.length]]);
  const window: Range = [Math.max(0, at - before), Math.min(lines.length, at + afterFailure)];
  return join(lines, window[1] >= end ? [[window[0], lines.length]] : [window, [end, lines.length]]);
}

type Range = readonly [from: number, to: number];

/** A failure often takes several lines, one beside the other; the first of them says most. */
function firstOfLastFailure(lines: readonly string[]): number {
  let at = lines.findLastIndex((line) => failure.test(line));
  for (let index = at - 1; index >= 0 && at - index <= 10; index -= 1)
    if (failure.test(lines[index] ?? '')) at = index;
  return at;
}

function join(lines: readonly string[], ranges: readonly Range[]): string {
  const parts: string[] = [];
  let shown = 0;
  for (const [from, to] of ranges) {
    if (from > shown) parts.push(`[${from - shown} ${from - shown === 1 ? 'line' : 'lines'} left out]`);
    parts.push(...lines.slice(from, to));
    shown = to;
  }
  return parts.join('\n');
}

function cutLine(line: string): string {
  if (line.length <= longestLine) return line;
  return `${line.slice(0, longestLine / 2).toWellFormed()} [${line.length - longestLine} characters left out] ${line.slice(-longestLine / 2).toWellFormed()}`;
}
