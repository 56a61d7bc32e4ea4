import type { Concurrency } from '../plan/plan.ts';
import type { RunRef, RunStore } from '../store/port.ts';
import { turnOf } from './group-turns.ts';
import type { RunLoop } from './run-loop.ts';
import { serially } from './serially.ts';

/** A process that died tells nobody. */
const lookEveryMs = 1000;

export interface TurnPorts {
  readonly store: RunStore;
  /** Asks a run of the group to make room. */
  readonly replace: (id: string, ref: RunRef) => Promise<void>;
}

/** Asks for the turn of a run in its concurrency group until it is let in or over, or the signal aborts. */
export function askForTurn(
  loop: RunLoop,
  id: string,
  concurrency: Concurrency,
  { store, replace }: TurnPorts,
  signal: AbortSignal,
): void {
  const asked = new Set<string>();
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const look = serially(async () => {
    if (until.aborted) return;
    if (loop.state.queue === undefined) {
      done.abort();
      return;
    }
    // A store that cannot be read shows when the run is saved.
    const ahead = await store.enterGroup(id, concurrency.group).catch(() => undefined);
    const { queue } = loop.state;
    if (ahead === undefined || queue === undefined || until.aborted) return;
    loop.feed({ kind: 'group', turn: turnOf({ concurrency, queue, ahead }) });
    if (concurrency.policy !== 'replace') return;
    for (const other of ahead.filter((each) => !asked.has(each.id))) {
      asked.add(other.id);
      replace(other.id, other.ref).catch(() => asked.delete(other.id));
    }
  });
  const timer = setInterval(look, lookEveryMs);
  until.addEventListener('abort', () => clearInterval(timer), { once: true });
  store.onChange(look, until);
  look();
}
