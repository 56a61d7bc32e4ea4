import type { RunState } from '../engine/state.ts';
import type { GroupTurn } from '../engine/events.ts';
import type { Concurrency } from '../plan/plan.ts';
import type { RunLine } from '../store/port.ts';

/** A run that asks to be let into its concurrency group. */
export interface Asking {
  readonly concurrency: Concurrency;
  readonly queue: NonNullable<RunState['queue']>;
  /** Who is before it, the one at work first. */
  readonly ahead: RunLine;
}

/** What the run is told. A run that was let in before, by a process that is gone, is refused nothing any more. */
export function turnOf({ concurrency, queue, ahead }: Asking): GroupTurn {
  const [first] = ahead;
  if (first === undefined) return { kind: 'entered' };
  const { group, policy, maxQueue } = concurrency;
  const holder = first.ref.name;
  // Whoever waits already keeps its place.
  if (queue.hasBegun === true || queue.holder !== undefined) return { kind: 'waits', holder };
  if (policy === 'reject')
    return { kind: 'refused', message: `group ${group} is taken by run ${holder}, and its policy is reject` };
  const waiting = ahead.length - 1;
  if (maxQueue !== undefined && waiting >= maxQueue)
    return {
      kind: 'refused',
      message: `group ${group} is taken by run ${holder}, and as many as ${maxQueue} wait already`,
    };
  return { kind: 'waits', holder };
}
