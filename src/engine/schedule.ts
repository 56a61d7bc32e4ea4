import type { PlannedStep } from '../plan/plan.ts';
import { conditionScope } from './scope.ts';
import type { Draft } from './draft.ts';
import { groupEnd } from './group.ts';
import { defaultSkip } from './skip-rule.ts';
import { endingOf, enterNextSection } from './sections.ts';
import { isDone } from './state.ts';

/** Starts every step whose turn has come, and ends every group whose sub-steps have. */
export function schedule(draft: Draft): void {
  // One end can let another step begin or skip at once, also one that stands earlier in the file.
  for (let changed = true; changed;) {
    changed = scheduleSiblings(draft, draft.index.sections[draft.state.handling?.section ?? 'steps']);
    for (const [path, subSteps] of draft.index.children) {
      if (draft.step(path).stage.kind !== 'group') continue;
      if (scheduleSiblings(draft, subSteps)) changed = true;
      if (endGroup(draft, path, subSteps)) changed = true;
    }
    if (enterNextSection(draft)) changed = true;
  }
}

function scheduleSiblings(draft: Draft, siblings: readonly PlannedStep[]): boolean {
  let changed = false;
  for (const step of siblings) {
    const { stage } = draft.step(step.path);
    if (stage.kind === 'waiting' && mayBegin(draft, step)) {
      consider(draft, step);
      changed = true;
    }
    if (step.siblingMode === 'StepByStep' && !isDone(draft.step(step.path))) break;
  }
  return changed;
}

function endGroup(draft: Draft, path: string, subSteps: readonly PlannedStep[]): boolean {
  const { stage } = draft.step(path);
  const end = groupEnd(subSteps.map((step) => draft.step(step.path)));
  if (stage.kind !== 'group' || end === undefined) return false;
  draft.end(path, stage.end ?? end);
  return true;
}

function mayBegin(draft: Draft, step: PlannedStep): boolean {
  return !draft.isHeld(step.path) && step.after.every((path) => isDone(draft.step(path)));
}

/** Decides whether a step runs: by its `if:`, or by the default rule. */
function consider(draft: Draft, step: PlannedStep): void {
  const ending = endingOf(draft);
  if (ending !== undefined && !(ending.sparesConditions && step.condition !== undefined)) {
    skip(draft, step, ending.message);
  } else if (step.condition === undefined) {
    const why = defaultSkip(draft, step);
    if (why === undefined) draft.begin(step);
    else skip(draft, step, why);
  } else if (step.condition.text === 'always') {
    draft.begin(step);
  } else {
    draft.setStep(step.path, { stage: { kind: 'condition' } });
    askCondition(draft, step);
  }
}

/** Asks for the `if:` of a step in stage `condition`. */
export function askCondition(draft: Draft, step: PlannedStep): void {
  if (step.condition === undefined) return;
  draft.effects.push({
    kind: 'evaluate-condition',
    step: step.path,
    expression: step.condition,
    scope: conditionScope(draft.index, draft.state, step),
  });
}

/** Skips a step; a group takes its sub-steps with it. */
export function skip(draft: Draft, step: PlannedStep, message: string): void {
  draft.end(step.path, { phase: 'skipped', reason: 'Skip', message });
}
