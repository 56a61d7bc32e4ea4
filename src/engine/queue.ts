import type { Draft } from './draft.ts';
import type { Effect, Event } from './events.ts';
import { onRecover } from './recover.ts';
import type { RunState } from './state.ts';

/*
 * A run with a concurrency group.
 * G1  It begins nothing before it was let in; every process that takes it up asks anew before it goes on with anything.
 * G2  A run that ends before it was ever let in runs no step and no handler.
 */

/** Takes the run out of its group until whoever knows the group lets it in again. */
export function onTakenUp(draft: Draft): void {
  const { queue } = draft.state;
  const hasBegun = queue === undefined || queue.hasBegun === true;
  // G1
  draft.setRun({ queue: hasBegun ? { hasBegun } : {} });
}

/** G1. A run that waits takes no answers: whatever was asked for is asked for again when it is let in. */
export function isHeard(event: Event, { queue }: RunState): boolean {
  return queue === undefined || ['start', 'recover', 'time', 'command', 'group'].includes(event.kind);
}

/** G1. What a command asks for while the run waits stands in the state, and is asked for when it is let in. */
export function whileQueued(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter(({ kind }) => kind === 'cancel');
}

/** What those who know the group say: the run may go on, it waits, or it never begins. */
export function onGroup(draft: Draft, { turn }: Extract<Event, { kind: 'group' }>): void {
  const { queue } = draft.state;
  if (queue === undefined) return;
  switch (turn.kind) {
    case 'waits':
      draft.setRun({ queue: { ...queue, holder: turn.holder } });
      return;
    case 'entered':
      draft.leaveQueue();
      // Its time counts from here: it could do nothing before.
      if (queue.hasBegun === true) onRecover(draft);
      else draft.setRun({ startedAtMs: draft.nowMs });
      return;
    case 'refused':
      endUnbegun(draft, 'rejected', turn.message);
  }
}

/** G2. Ends a run that waits for its first turn; false when it does not. */
export function endWaiting(draft: Draft): boolean {
  if (draft.state.queue === undefined || draft.state.queue.hasBegun === true) return false;
  endUnbegun(draft, 'operator', 'the run was terminated before it began');
  return true;
}

function endUnbegun(draft: Draft, terminated: 'operator' | 'rejected', message: string): void {
  draft.leaveQueue();
  draft.setRun({ terminated, message, suspended: false });
  for (const steps of Object.values(draft.index.sections))
    for (const { path } of steps) draft.end(path, { phase: 'skipped', reason: 'Skip', message });
}

/** Whom the run waits for, in words; undefined when it waits for nobody. */
export function queueText(
  holder: string | undefined,
  concurrency: { readonly group: string } | undefined,
): string | undefined {
  return holder === undefined || concurrency === undefined
    ? undefined
    : `waits for run ${holder} in group ${concurrency.group}`;
}
