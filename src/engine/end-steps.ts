import type { Draft } from './draft.ts';
import type { StepEnd } from './state.ts';

/** Ends every step that has begun and is open, sub-steps before their group. */
export function endOpenSteps(draft: Draft, end: StepEnd): void {
  // A step that is held before it began would keep the run open.
  for (const { path } of draft.index.plan.steps) release(draft, path);
  for (const { path } of draft.index.plan.steps.toReversed()) {
    const { stage } = draft.step(path);
    if (stage.kind === 'waiting' || stage.kind === 'condition' || stage.kind === 'done') continue;
    if (stage.kind === 'outputs') continue;
    // A group ends with the last of its sub-steps, whose outputs may still be under way.
    if (stage.kind === 'group') draft.setStep(path, { stage: { kind: 'group', end } });
    else draft.end(path, end);
  }
}

/** A person no longer holds the step. */
export function release(draft: Draft, path: string): void {
  const { held, ...step } = draft.step(path);
  if (held === true && step.stage.kind !== 'done') draft.replaceStep(path, step);
}
