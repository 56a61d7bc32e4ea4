import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import { isDone, type StepEnd } from './state.ts';
import { resumeStep } from './turn.ts';

/** What a person asks of the run. A command that was taken before is not taken again. */
export function onCommand(draft: Draft, event: Extract<Event, { kind: 'command' }>): void {
  if (event.seq <= draft.state.commandSeq) return;
  draft.setRun({ commandSeq: event.seq });
  switch (event.command) {
    case 'suspend':
      if (event.step === undefined) draft.setRun({ suspended: true });
      else hold(draft, event.step);
      return;
    case 'resume':
      resume(draft, event.step);
      return;
    case 'terminate':
      draft.setRun({ terminated: 'operator', suspended: false });
      endOpenSteps(draft, { phase: 'failed', reason: 'Terminate', message: 'terminated on request' });
  }
}

/** Ends every step that has begun and is open, sub-steps before their group. */
export function endOpenSteps(draft: Draft, end: StepEnd): void {
  for (const { path } of draft.index.plan.steps.toReversed()) {
    const { stage } = draft.step(path);
    if (stage.kind === 'waiting' || stage.kind === 'condition' || stage.kind === 'done') continue;
    if (stage.kind === 'outputs') continue;
    // A group ends with the last of its sub-steps, whose outputs may still be under way.
    if (stage.kind === 'group') draft.setStep(path, { stage: { kind: 'group', end } });
    else draft.end(path, end);
  }
}

function hold(draft: Draft, step: string): void {
  const planned = draft.index.plan.steps.find(({ path, name }) => path === step || name === step);
  if (planned !== undefined && !isDone(draft.step(planned.path))) draft.setStep(planned.path, { held: true });
}

/** Without a step: the run, and every step that is suspended. */
function resume(draft: Draft, only: string | undefined): void {
  if (only === undefined) draft.setRun({ suspended: false });
  for (const { path, name } of draft.index.plan.steps) {
    if (only !== undefined && only !== path && only !== name) continue;
    const { held: _held, ...step } = draft.step(path);
    const wasHeld = draft.step(path).held === true;
    if (wasHeld) draft.replaceStep(path, step);
    if (step.stage.kind === 'suspended') resumeStep(draft, path);
  }
  // What was held back in the middle of its template is asked again.
  for (const { path } of draft.index.plan.steps) {
    if (draft.step(path).stage.kind === 'turn') draft.askTemplate(path);
  }
}
