import type { Draft } from './draft.ts';
import { finalPhase } from './sections.ts';
import { isDone } from './state.ts';

/** Sets the run's phase from its steps; ends the run when all have ended. */
export function settleRun(draft: Draft): void {
  const steps = draft.index.plan.steps.map(({ path }) => draft.step(path));
  if (steps.every(isDone)) {
    if (draft.state.endedAtMs === undefined) {
      draft.setRun({ phase: finalPhase(draft), endedAtMs: draft.nowMs, suspended: false });
    }
    return;
  }
  // It has begun nothing, or goes on when it is let in again.
  if (draft.state.queue !== undefined) return;
  const isSuspended = steps.some(
    (step) => step.stage.kind === 'suspended' || (step.held === true && !isDone(step)),
  );
  const isWorking = steps.some(
    ({ stage, held }) => held !== true && !['waiting', 'suspended', 'group', 'done'].includes(stage.kind),
  );
  const phase = draft.state.suspended || (isSuspended && !isWorking) ? 'suspending' : 'executing';
  if (draft.state.phase !== phase) draft.setRun({ phase });
}
