import { setTimeout as sleep } from 'node:timers/promises';
import { isLocked } from './store-error.ts';

/**
 * Calls `attempt` until it does anything but fail on another connection's lock, or `patienceMs` have passed. The waits
 * leave the event loop free, unlike SQLite's own busy handler, which sleeps in it.
 */
export async function retryWhileLocked<T>(attempt: () => T, patienceMs: number): Promise<T> {
  const startedAt = performance.now();
  for (let delayMs = 2; ; delayMs = Math.min(delayMs * 2, 40)) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isLocked(thrown) || performance.now() - startedAt > patienceMs) throw thrown;
    }
    await sleep(delayMs);
  }
}
