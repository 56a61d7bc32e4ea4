import type { RunView, StepView } from '../../engine/view.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { elapsed } from './elapsed.ts';
import { stepDetail } from './step-detail.ts';

/** What was last said of each step, by path; of the run itself under ''. */
export type Said = ReadonlyMap<string, string>;

/**
 * The lines for what changed since the last view, one a step: time since the start of the run, path, phase, detail. A
 * new wait, such as for a retry or a person, counts as a change; a message that ticks does not.
 */
export function plainLines(
  view: RunView,
  said: Said,
  nowMs: number,
): { readonly lines: readonly string[]; readonly said: Said } {
  const next = new Map(said);
  const lines: string[] = [];
  if (view.message !== undefined && view.endedAtMs === undefined && said.get('') !== view.message) {
    next.set('', view.message);
    lines.push(`${elapsed(view.startedAtMs, undefined, nowMs).padStart(7)}  ${cleanLine(view.message)}`);
  }
  for (const step of allSteps(view.steps)) {
    const before = said.get(step.path);
    const mark = markOf(step, before);
    if (step.phase === 'pending' || before === mark) continue;
    next.set(step.path, mark);
    const time = elapsed(view.startedAtMs, step.endedAtMs, nowMs).padStart(7);
    const detail = stepDetail(step, nowMs);
    const kind = step.section === undefined ? step.type : `${step.type}, ${step.section}`;
    lines.push(`${time}  ${step.path} (${kind}) ${step.phase}${detail === '' ? '' : `: ${detail}`}`);
  }
  return { lines, said: next };
}

export function allSteps(steps: readonly StepView[]): readonly StepView[] {
  return steps.flatMap((step) => [step, ...allSteps(step.subSteps)]);
}

function markOf({ phase, waiting }: StepView, before: string | undefined): string {
  switch (waiting?.kind) {
    case 'retry':
      return `${phase} retry ${waiting.atMs}`;
    case 'object':
    case 'person':
      return `${phase} ${waiting.kind}`;
    case 'steps':
    case undefined:
      // A step that looks again at what it waits for still waits for it.
      return before === `${phase} object` ? before : phase;
  }
}

/** What need not be said any more: the steps that had ended when the run was left. */
export function alreadySaid(view: RunView): Said {
  const ended = allSteps(view.steps).filter(({ endedAtMs }) => endedAtMs !== undefined);
  return new Map(ended.map((step) => [step.path, markOf(step, undefined)]));
}
