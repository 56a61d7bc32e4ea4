import type { RunView, StepView } from '../../engine/view.ts';
import type { LogRecord } from '../../store/port.ts';
import { cleanText } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { wrapText } from '../terminal/wrap-text.ts';
import { elapsed } from './elapsed.ts';
import { paintPhase, phaseSymbol } from './phase-symbol.ts';
import { allSteps } from './plain-lines.ts';
import { sectionHeading } from './section-heading.ts';
import { reasonText } from './step-detail.ts';
import { useLines, verdictLines } from './step-notes.ts';

export interface SummaryOptions {
  readonly style: Style;
  readonly columns: number;
}

/** What came of each step: phase, reason, message, and below it what the step said, such as a model's answer. */
export function runSummary(
  view: RunView,
  logs: readonly LogRecord[],
  { style, columns }: SummaryOptions,
): string {
  const byStep = Map.groupBy(logs, ({ step }) => step);
  const steps = allSteps(view.steps);
  const blocks = steps.map((step, at) => {
    const heading = sectionHeading(step, steps[at - 1]);
    const block = stepBlock(step, byStep.get(step.path) ?? [], style, columns);
    return heading === undefined ? block : `${style.dim(`${heading}:`)}\n${block}`;
  });
  return blocks.join('').trimEnd();
}

function stepBlock(step: StepView, logs: readonly LogRecord[], style: Style, columns: number): string {
  const indent = '  '.repeat(step.path.split('/').length - 1);
  const reason = reasonText(step);
  const took = step.endedAtMs === undefined ? '' : elapsed(step.startedAtMs, step.endedAtMs, step.endedAtMs);
  const head = [
    `${indent}${phaseSymbol(step.phase, style)} ${style.bold(step.name)}`,
    paintPhase(step.phase, reason === '' ? step.phase : `${step.phase} (${reason})`, style),
    took === '' || step.phase === 'skipped' ? '' : style.dim(took),
  ].filter((part) => part !== '');
  const message = step.message === undefined ? [] : body(step.message, indent, columns);
  const note = (line: string): readonly string[] =>
    body(line, indent, columns).map((each) => style.dim(each));
  const verdict = verdictLines(step).flatMap(note);
  const use = useLines(step).flatMap(note);
  const said = logs.flatMap(({ kind, text }) =>
    kind === 'notice'
      ? body(text, indent, columns).map((line) => style.dim(line))
      : ['', ...body(text, indent, columns), ''],
  );
  const isFollowedByBlank = logs.some(({ kind }) => kind === 'log');
  const lines = [head.join('  '), ...message, ...verdict, ...said, ...use]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
  return `${lines.trimEnd()}\n${isFollowedByBlank ? '\n' : ''}`;
}

function body(text: string, indent: string, columns: number): readonly string[] {
  const lead = `${indent}    `;
  return wrapText(cleanText(text).trim(), columns - lead.length).map((line) => (lead + line).trimEnd());
}
