import { addUse, noUse, type ModelUse } from '../../api/model-use.ts';
import type { VerdictSummary } from '../../api/step-notes.ts';
import type { RunView, StepView } from '../../engine/view.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { timeText } from './elapsed.ts';
import { allSteps } from './plain-lines.ts';

/** What gates and models have to say of a step, a line each: the verdict with its reasons, and what was spent. */
export function noteLines(step: StepView): readonly string[] {
  return [...verdictLines(step), ...useLines(step)];
}

/** The verdict of a gate, with the reasons that the step's message does not tell; nothing for another step. */
export function verdictLines({ notes, message = '' }: StepView): readonly string[] {
  if (notes?.verdict === undefined) return [];
  const untold = notes.verdict.reasons.filter((reason) => !message.includes(reason));
  return [verdictLine({ ...notes.verdict, reasons: untold })];
}

/** What a step spent on models; nothing when it asked none. */
export function useLines({ notes }: StepView): readonly string[] {
  return notes?.models === undefined ? [] : [`model: ${useText(notes.models)}`];
}

/** What all steps of a run spent on models; undefined when none asked one. */
export function useOfRun({ steps }: RunView): ModelUse | undefined {
  const uses = allSteps(steps).flatMap(({ notes }) => notes?.models ?? []);
  return uses.length === 0 ? undefined : uses.reduce(addUse, noUse);
}

/** `3 calls (1 cached), 2,140 tokens, $0.0031` */
export function useText({ calls, cached, inputTokens, outputTokens, microDollars }: ModelUse): string {
  const all = calls + cached;
  const hits = cached === 0 ? '' : ` (${counted(cached)} cached)`;
  const tokens = inputTokens + outputTokens;
  return [
    `${counted(all)} ${all === 1 ? 'call' : 'calls'}${hits}`,
    `${counted(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
    microDollars === null ? 'cost unknown' : dollars(microDollars),
  ].join(', ');
}

function verdictLine(verdict: VerdictSummary): string {
  const { outcome, score, threshold, mode, open, expires, override, reasons } = verdict;
  const facts = [
    outcome,
    ...(score === null ? [] : [`score ${counted(score)} of ${counted(threshold)}`]),
    ...(mode === 'observe' ? ['only observed'] : []),
    ...(override === null ? [] : [`opened by ${cleanLine(override.by)}`]),
    ...(open ? [`open until ${timeText(override?.expires ?? expires ?? 'nobody knows')}`] : []),
  ];
  const told = reasons.map((reason) => cleanLine(reason)).join('; ');
  return `verdict: ${facts.join(', ')}${told === '' ? '' : `: ${told}`}`;
}

/** Small amounts are what a step costs: a ten-thousandth of a dollar counts, and less than that is not nothing. */
function dollars(microDollars: number): string {
  if (microDollars > 0 && microDollars < 100) return 'less than $0.0001';
  const digits = microDollars === 0 || microDollars >= 1_000_000 ? 2 : 4;
  return `$${(microDollars / 1e6).toFixed(digits)}`;
}

function counted(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
