import { displayWidth, padWidth } from './display-width.ts';
import { wrapText } from './wrap-text.ts';

/** Columns three spaces apart, as kubectl prints them; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = widthsOf(rows);
  return rows.map((row) => tableLine(row, widths)).join('');
}

const narrowest = 12;

/** The same in at most so many columns, if it can be: the widest columns are made narrower and their cells wrapped. */
export function wrappedTable(rows: readonly (readonly string[])[], columns: number): string {
  const widths = [...widthsOf(rows)];
  const gaps = Math.max(0, widths.length - 1) * 3;
  while (widths.reduce((sum, width) => sum + width, gaps) > columns) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return rows.map((row) => wrappedRow(row, widths)).join('');
}

function wrappedRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, index) => wrapText(cell, widths[index] ?? 0));
  const height = Math.max(...cells.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ''));
  return lines.map((line) => tableLine(line, widths)).join('');
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell))));
  }
  return widths;
}

function tableLine(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, index) =>
    index === row.length - 1 ? cell : padWidth(cell, (widths[index] ?? 0) + 3),
  );
  return `${padded.join('').trimEnd()}\n`;
}
