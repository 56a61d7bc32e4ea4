import { setTimeout as sleep } from 'node:timers/promises';
import { isLocked } from './store-error.ts';

/**
 * Calls `attempt` until it does anything but fail on another connection's lock, or `patienceMs` have passed. The waits
 * leave the event loop free, unlike SQLite's own busy handler, which sleeps in it.
 */
export async function retryWhileLocked<T>(attempt: () => T, patienceMs: number): Promise<T> {
  const delays = waits(patienceMs);
  for (;;) {
    const tried = tryOnce(attempt, delays);
    if (tried.isDone) return tried.value;
    await sleep(tried.delayMs);
  }
}

/** The same for callers that cannot wait: it blocks the process. */
export function blockWhileLocked<T>(attempt: () => T, patienceMs: number): T {
  const delays = waits(patienceMs);
  for (;;) {
    const tried = tryOnce(attempt, delays);
    if (tried.isDone) return tried.value;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, tried.delayMs);
  }
}

type Tried<T> =
  | { readonly isDone: true; readonly value: T }
  | { readonly isDone: false; readonly delayMs: number };

function tryOnce<T>(attempt: () => T, delays: Iterator<number>): Tried<T> {
  try {
    return { isDone: true, value: attempt() };
  } catch (thrown) {
    const delay = isLocked(thrown) ? delays.next() : undefined;
    if (delay === undefined || delay.done === true) throw thrown;
    return { isDone: false, delayMs: delay.value };
  }
}

function* waits(patienceMs: number): Generator<number> {
  const startedAt = performance.now();
  for (let delayMs = 2; performance.now() - startedAt < patienceMs; delayMs = Math.min(delayMs * 2, 40))
    yield delayMs;
}
