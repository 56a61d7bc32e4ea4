import type { Cell } from './screen.ts';

/** What the screen showed from `atMs` on. */
export interface Frame {
  readonly atMs: number;
  readonly rows: readonly (readonly Cell[])[];
}

const cell = { width: 8, height: 18 };
const margin = 16;
/** The last frame stands this long before the picture begins again. */
const restMs = 8000;

/** A terminal window of its own dark colours, so that it reads alike on a light and on a dark page. */
export function renderSvg(frames: readonly Frame[], columns: number, title: string): string {
  const rowCount = Math.max(...frames.map(({ rows }) => rows.length));
  const width = columns * cell.width + 2 * margin;
  const height = rowCount * cell.height + 2 * margin;
  const totalMs = (frames.at(-1)?.atMs ?? 0) + restMs;
  const groups = frames.map(
    ({ rows }, index) => `<g class="f" id="f${index}">\n${rows.map(rowText).join('')}</g>\n`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e6edf3 }
.b { font-weight: bold } .d { fill: #9198a1 } .red { fill: #ff7b72 } .green { fill: #56d364 } .yellow { fill: #e3b341 } .cyan { fill: #76e3ea }
.f { visibility: hidden } #f${frames.length - 1} { visibility: visible }
${frames.map((frame, index) => keyframes(frame.atMs, frames[index + 1]?.atMs, index, totalMs)).join('')}@media (prefers-reduced-motion: reduce) { .f { animation: none !important } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#3d444d"/>
${groups.join('')}</svg>
`;
}

function keyframes(fromMs: number, toMs: number | undefined, index: number, totalMs: number): string {
  const percent = (ms: number): string => `${((100 * ms) / totalMs).toFixed(2)}%`;
  const hidden = toMs === undefined ? '' : ` ${percent(toMs)} { visibility: hidden }`;
  const before = fromMs === 0 ? '' : '0% { visibility: hidden } ';
  return `@keyframes k${index} { ${before}${percent(fromMs)} { visibility: visible }${hidden} }
#f${index} { animation: k${index} ${totalMs}ms step-end infinite }
`;
}

function rowText(row: readonly Cell[], index: number): string {
  if (row.every(({ text }) => text === ' ')) return '';
  const y = margin + index * cell.height + 13;
  return `<text x="${margin}" y="${y}">${spansOf(row).join('')}</text>\n`;
}

/** Words that look the same and stand a space apart in one span, each span at its own column: fonts differ in width. */
function spansOf(row: readonly Cell[]): readonly string[] {
  const spans: { looks: string; column: number; text: string }[] = [];
  for (const [column, each] of row.entries()) {
    if (each.text === ' ') continue;
    const looks = classesOf(each);
    const last = spans.at(-1);
    const gap = last === undefined ? 2 : column - last.column - last.text.length;
    const isAscii = each.text.charCodeAt(0) <= 0x7f && (last?.text.charCodeAt(0) ?? 0) <= 0x7f;
    if (last !== undefined && last.looks === looks && gap <= 1 && isAscii)
      last.text += ' '.repeat(gap) + each.text;
    else spans.push({ looks, column, text: each.text });
  }
  return spans.map(({ looks, column, text }) => {
    const fit = text.length > 1 ? ` textLength="${text.length * cell.width}"` : '';
    const name = looks === '' ? '' : ` class="${looks}"`;
    return `<tspan x="${margin + column * cell.width}"${fit}${name}>${escape(text)}</tspan>`;
  });
}

function classesOf({ color, isBold, isDim }: Cell): string {
  return [isBold ? 'b' : '', isDim ? 'd' : '', color].filter((name) => name !== '').join(' ');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
