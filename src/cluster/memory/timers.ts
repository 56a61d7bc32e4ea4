import type { Schedule } from './watch-object.ts';

/** Longer waits are split: a timer cannot wait longer. */
const longestWaitMs = 2 ** 31 - 1;

/** Timers of this process against the clock `now`. */
export function openTimers(now: () => number): Schedule {
  return (atMs, callback) => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      const leftMs = atMs - now();
      // One more millisecond: a timer may fire a fraction of one too early.
      timer = setTimeout(leftMs > 0 ? wait : callback, Math.max(0, Math.min(leftMs + 1, longestWaitMs)));
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  };
}
