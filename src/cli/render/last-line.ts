import type { RunView, StepView } from '../../engine/view.ts';
import type { RunResult } from '../../runner/session.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { fitWidth } from '../terminal/display-width.ts';
import { elapsed } from './elapsed.ts';
import { allSteps } from './plain-lines.ts';

export interface LastLineOptions {
  /** Nothing is required of this run: then a gate that did not open is named. */
  readonly namesGates: boolean;
  /** How to go on with a run that is left. */
  readonly resumeCommand: string;
  /** How to look at a run that goes on without us. */
  readonly statusCommand?: string;
}

/** The one sentence a run ends with. */
export function lastLine({ view, end }: RunResult, options: LastLineOptions): string {
  const { namesGates, resumeCommand, statusCommand = '' } = options;
  const run = `workflowrun ${view.namespace}/${view.name}`;
  if (end === 'stopped') return `${run} was stopped and can go on: ${resumeCommand}`;
  if (end === 'left') return `${run} goes on and is ${view.phase}; look at it: ${statusCommand}`;
  if (end === 'waiting') return `${run} waits for a person${whereHeld(view)}; go on with: ${resumeCommand}`;
  const took = elapsed(view.startedAtMs, view.endedAtMs, view.endedAtMs ?? view.startedAtMs);
  const gates = namesGates ? gatedSteps(view).map((step) => fate(step)) : [];
  const why = [failureText(view), unmetText(view), ...gates].filter((text) => text !== '');
  return `${run} ${view.phase} in ${took}${why.length === 0 ? '' : `: ${why.join('; ')}`}`;
}

/** Steps skipped by an `if:` that reads an input. */
export function gatedSteps(view: RunView): readonly StepView[] {
  return allSteps(view.steps).filter(({ isGated }) => isGated);
}

/** The step that made the run fail: the first failed one, the sub-step rather than its group. */
export function decisiveStep(view: RunView): StepView | undefined {
  const failed = allSteps(view.steps).filter(({ phase }) => phase === 'failed');
  return failed.find(({ subSteps }) => subSteps.every(({ phase }) => phase !== 'failed')) ?? failed[0];
}

function failureText(view: RunView): string {
  if (view.phase === 'succeeded') return '';
  if (view.isRefused === true) return cleanLine(view.message ?? 'it was refused');
  const step = decisiveStep(view);
  const told = step === undefined ? '' : fate(step);
  if (!view.isOverdue) return told;
  const limit =
    view.deadlineAtMs === undefined
      ? ''
      : ` of ${elapsed(view.startedAtMs, view.deadlineAtMs, view.deadlineAtMs)}`;
  return `its deadline${limit} passed${told === '' ? '' : `; ${told}`}`;
}

function unmetText(view: RunView): string {
  const steps = allSteps(view.steps);
  const unmet = view.unmet.map((path) => {
    const step = steps.find((candidate) => candidate.path === path);
    return step === undefined ? path : fate(step);
  });
  return unmet.length === 0 ? '' : `required but not passed: ${unmet.join('; ')}`;
}

const longestMessage = 200;

/** `apply failed (Timeout): …`, `apply-production was skipped: inputs["score"] > 60 is false`. */
function fate(step: StepView): string {
  const told = step.message === undefined ? '' : cleanLine(step.message).replace(/^if: /, '');
  const message = fitWidth(told, longestMessage, '...');
  const verb =
    step.phase === 'skipped' ? 'was skipped' : step.phase === 'pending' ? 'never began' : step.phase;
  const reason = step.phase === 'failed' && step.reason !== undefined ? ` (${step.reason})` : '';
  return `${step.path} ${verb}${reason}${message === '' ? '' : `: ${message}`}`;
}

function whereHeld(view: RunView): string {
  const held = allSteps(view.steps).filter(({ waiting }) => waiting?.kind === 'person');
  return held.length === 0 ? '' : ` at ${held.map(({ path }) => path).join(', ')}`;
}
