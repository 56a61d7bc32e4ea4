import type { PlannedLoop, PlannedStep } from '../plan/plan.ts';
import { conditionScope } from './scope.ts';
import type { Draft } from './draft.ts';
import { groupEnd } from './group.ts';
import { loopEnd } from './loop.ts';
import { defaultSkip } from './skip-rule.ts';
import { endingOf, enterNextSection } from './sections.ts';
import { isDone, type StepState } from './state.ts';

/** Starts every step whose turn has come, and ends every group whose sub-steps have. */
export function schedule(draft: Draft): void {
  // One end can let another step begin or skip at once, also one that stands earlier in the file.
  for (let changed = true; changed;) {
    changed = scheduleSiblings(draft, draft.index.sections[draft.state.handling?.section ?? 'steps']);
    for (const path of draft.index.children.keys()) {
      if (draft.step(path).stage.kind !== 'group') continue;
      // A list that was fixed a moment ago has items that the index did not know when this round began.
      const subSteps = draft.index.children.get(path) ?? [];
      const { loop } = draft.planned(path);
      const hasBegun =
        loop === undefined ? scheduleSiblings(draft, subSteps) : scheduleItems(draft, loop, subSteps);
      if (hasBegun) changed = true;
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

/** Begins the items whose turn has come, in the order of the list; after a failure it may be that none has. */
function scheduleItems(draft: Draft, loop: PlannedLoop, items: readonly PlannedStep[]): boolean {
  let changed = false;
  for (const item of items) {
    if (draft.step(item.path).stage.kind !== 'waiting') continue;
    const states = items.map(({ path }) => draft.step(path));
    const failed = items.find(({ path }) => hasFailed(draft.step(path)));
    const underWay = states.filter(({ stage }) => stage.kind !== 'waiting' && stage.kind !== 'done');
    if (loop.failFast && failed !== undefined) skip(draft, item, `${failed.name} failed`);
    else if (underWay.length < loop.maxParallel && mayBegin(draft, item)) consider(draft, item);
    else continue;
    changed = true;
  }
  return changed;
}

/** For good: what is tried again shows as failed, too. */
function hasFailed({ stage, phase }: StepState): boolean {
  return stage.kind === 'outputs'
    ? stage.end.phase === 'failed'
    : stage.kind === 'done' && phase === 'failed';
}

function endGroup(draft: Draft, path: string, subSteps: readonly PlannedStep[]): boolean {
  const { stage } = draft.step(path);
  const isLoop = draft.planned(path).loop !== undefined;
  const end = isLoop ? loopEnd(draft, subSteps) : groupEnd(subSteps.map((step) => draft.step(step.path)));
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
