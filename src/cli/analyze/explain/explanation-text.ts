import { markdownText } from '../../../gate/export/markdown-text.ts';
import { cleanLine, cleanText } from '../../terminal/clean-text.ts';
import type { Style } from '../../terminal/style.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import type { Explanation } from './explanation.ts';

/** More of an answer helps nobody who is on call. */
const mostLines = 80;

/** Who explains, and what: lines below those of the incident. Wrapped where the width of the terminal is known. */
export function explanationLines(
  explanation: Explanation,
  style: Style,
  columns: number | undefined,
): readonly string[] {
  const { suspicion } = explanation;
  const lines = textLines(explanation).flatMap((line) =>
    columns === undefined ? [line] : wrapText(line, columns - 4),
  );
  const more = lines.length - mostLines;
  return [
    `  ${style.dim(cleanLine(headOf(explanation)))}`,
    ...(suspicion === undefined ? [] : [`    ${style.yellow(cleanLine(warningOf(suspicion)))}`]),
    ...lines.slice(0, mostLines).map((line) => `    ${line}`.trimEnd()),
    ...(more > 0 ? [`    ${style.dim(`… ${more} more lines`)}`] : []),
  ];
}

/** `explained by big at models.example`, or by the rules and why. */
export function headOf({ model, whyNot }: Explanation): string {
  if (model !== undefined) return `explained by ${model.model} at ${model.server}:`;
  return `by the rules, without a model (${whyNot?.text ?? ''}):`;
}

function warningOf(suspicion: NonNullable<Explanation['suspicion']>): string {
  const places = suspicion.map(({ evidenceRef, pattern }) => `${pattern} in ${evidenceRef}`);
  return `text in the evidence tries to steer the model (${[...new Set(places)].slice(0, 3).join(', ')}): do not trust this`;
}

/** What is longer, Markdown would have cut. */
const widestLine = 160;

/** The same as Markdown, quoted line by line: what a model wrote is no Markdown of ours. */
export function explanationMarkdown(explanation: Explanation): readonly string[] {
  const { suspicion } = explanation;
  const lines = textLines(explanation).flatMap((line) => wrapText(line, widestLine));
  return [
    ...(suspicion === undefined ? [] : [markdownText(warningOf(suspicion)), '']),
    ...lines.map((line) => `> ${markdownText(line)}`.trimEnd()),
  ];
}

/** Clean, and without empty lines at the ends or two in a row. */
function textLines({ text }: Pick<Explanation, 'text'>): readonly string[] {
  return cleanText(text)
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
    .split('\n');
}
