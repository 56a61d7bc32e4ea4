import type { Draft } from './draft.ts';
import { endOpenSteps, release } from './end-steps.ts';
import type { Event } from './events.ts';
import { endSection } from './sections.ts';
import { endWaiting } from './queue.ts';
import { isDone } from './state.ts';
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
      terminate(draft);
      return;
    case 'replace':
      // Its handlers run on: whoever wants its place waits for them.
      if (draft.state.terminated === undefined && draft.state.outcome === undefined)
        terminate(draft, 'another run of its group took its place');
  }
}

/** Ends what is at work: the steps, or the handlers. */
function terminate(draft: Draft, message = 'terminated on request'): void {
  if (endWaiting(draft)) return;
  if (draft.state.handling !== undefined) {
    endSection(draft, 'operator');
    return;
  }
  // What the steps have come to stays; handlers that a suspended run held back begin.
  const why = draft.state.outcome === undefined ? { terminated: 'operator' as const } : {};
  draft.setRun({ ...why, suspended: false });
  endOpenSteps(draft, { phase: 'failed', reason: 'Terminate', message });
}

function hold(draft: Draft, step: string): void {
  const planned = draft.index.plan.steps.find(({ path, name }) => path === step || name === step);
  if (planned === undefined) return;
  const items = planned.loop === undefined ? [] : (draft.index.children.get(planned.path) ?? []);
  for (const { path } of [planned, ...items])
    if (!isDone(draft.step(path))) draft.setStep(path, { held: true });
}

/** Without a step: the run, and every step that is suspended. */
function resume(draft: Draft, only: string | undefined): void {
  if (only === undefined) draft.setRun({ suspended: false });
  for (const { path, name, parent, item } of draft.index.plan.steps) {
    const isItsItem = item !== undefined && parent === only;
    if (only !== undefined && only !== path && only !== name && !isItsItem) continue;
    release(draft, path);
    if (draft.step(path).stage.kind === 'suspended') resumeStep(draft, path);
  }
  // What was held back in the middle of its template is asked again.
  for (const { path } of draft.index.plan.steps) {
    if (draft.step(path).stage.kind === 'turn') draft.askTemplate(path);
  }
}
