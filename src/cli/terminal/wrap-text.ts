import { displayWidth, takeWidth } from './display-width.ts';

/**
 * Lines of at most `columns`, broken at spaces; words longer than a line are cut. A line keeps its own indentation, also
 * where it goes on, and what looks like a table or code (two spaces inside) is still only broken where it must be.
 */
export function wrapText(text: string, columns: number): readonly string[] {
  const room = Math.max(10, columns);
  return text.split('\n').flatMap((line) => wrapLine(line.trimEnd(), room));
}

function wrapLine(line: string, columns: number): readonly string[] {
  if (displayWidth(line) <= columns) return [line];
  const indent = hangingIndent(line, columns);
  const lines: string[] = [];
  let rest = line;
  let prefix = '';
  while (displayWidth(prefix + rest) > columns) {
    const cut = cutAt(rest, columns - prefix.length, lines.length === 0);
    lines.push(prefix + rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
    prefix = indent;
  }
  if (rest !== '') lines.push(prefix + rest);
  return lines;
}

/** A list item goes on under its text, not under its bullet. */
function hangingIndent(line: string, columns: number): string {
  const lead = /^\s*(?:(?:[-*•]|\d{1,3}[.)])\s+)?/.exec(line)?.[0] ?? '';
  return ' '.repeat(lead.length > columns / 2 ? 0 : lead.length);
}

function cutAt(text: string, columns: number, isFirst: boolean): number {
  const fitting = takeWidth(text, columns);
  const start = isFirst ? text.length - text.trimStart().length : 0;
  if (text[fitting.length] === ' ') return fitting.length;
  const space = fitting.lastIndexOf(' ');
  return space > start ? space : Math.max(1, fitting.length);
}
