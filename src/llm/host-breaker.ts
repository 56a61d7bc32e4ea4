import { SluiceError } from '../api/errors.ts';

const failuresToOpen = 5;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** How a call that was let through ended; `unknown` when it tells nothing of the host, as an abandoned one. */
export type CallEnd = 'answered' | 'failed' | 'unknown';

/**
 * Leaves a host alone that failed several times in a row; after a pause one call tries it for all, and an answer closes the
 * breaker again. Apart from the one of clusters because what counts is different: there one failure to connect says
 * all, here a busy or refusing model is an answer, and single failures are what retries are for.
 */
export class HostBreaker {
  readonly #now: () => number;
  readonly #hosts = new Map<string, { failures: number; untilMs: number; isTried: boolean; last: string }>();

  /** `now` is monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Lets a call through and returns what must be told how it ended, once, and of a failure in a few words. Throws SluiceError
   * `transient` ModelHostResting while the host is left alone.
   */
  enter(host: string): (end: CallEnd, words?: string) => void {
    const state = this.#hosts.get(host);
    const nowMs = this.#now();
    const isTry = state !== undefined && state.failures >= failuresToOpen;
    if (isTry && (state.isTried || nowMs < state.untilMs)) {
      const waitMs = Math.max(state.untilMs - nowMs, firstPauseMs);
      throw new SluiceError(
        'transient',
        'ModelHostResting',
        `${host} failed ${state.failures} times in a row and is left alone, at last: ${state.last}`,
        {
          retryAfterMs: waitMs,
          hint: 'it is tried again by itself after a pause',
        },
      );
    }
    if (isTry) state.isTried = true;
    return (end, words = 'no answer') => this.#ended(host, end, { isTry, words });
  }

  #ended(host: string, end: CallEnd, { isTry, words }: { isTry: boolean; words: string }): void {
    if (end === 'answered') {
      this.#hosts.delete(host);
      return;
    }
    const state = this.#hosts.get(host) ?? { failures: 0, untilMs: 0, isTried: false, last: '' };
    if (isTry) state.isTried = false;
    if (end === 'unknown') return;
    state.failures += 1;
    state.last = words;
    const beyond = Math.max(0, state.failures - failuresToOpen);
    state.untilMs = this.#now() + Math.min(firstPauseMs * 2 ** beyond, longestPauseMs);
    this.#hosts.set(host, state);
  }
}
