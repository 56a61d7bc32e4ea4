import type { RunRef, RunStore } from '../store/port.ts';
import type { RunReading } from './backend.ts';

/** Whether a process drives a run changes without a change of the store. */
const lookAgainMs = 1000;

/** A stored run as it is and as it changes. */
export async function* watchRun(
  store: RunStore,
  ref: RunRef,
  read: (ref: RunRef) => Promise<RunReading>,
  signal: AbortSignal,
): AsyncGenerator<RunReading> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let change = Promise.withResolvers<void>();
  const wake = (): void => change.resolve();
  store.onChange(wake, ended);
  ended.addEventListener('abort', wake, { once: true });
  // The store's own timer keeps no process alive.
  const alive = setInterval(wake, lookAgainMs);
  try {
    while (!ended.aborted) {
      change = Promise.withResolvers<void>();
      if ((await store.get(ref)) === undefined) return;
      yield await read(ref);
      await change.promise;
    }
  } finally {
    clearInterval(alive);
    stop.abort();
  }
}
