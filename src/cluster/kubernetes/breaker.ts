import { SluiceError } from '../../api/errors.ts';

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** Longer than connecting takes: a try that told nothing by then is taken for lost. */
const longestTryMs = 15_000;

/**
 * Keeps calls from a server that is not there: after a failure nobody asks it for a while, then one call tries it for all.
 * Calls meanwhile fail at once with what was seen last.
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #open: { readonly fault: SluiceError; readonly untilMs: number; readonly isTried: boolean } | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws the last fault while the server is left alone. Whoever passes tells `seen` how it ended. */
  pass(): void {
    if (this.#open === undefined) return;
    const { fault, untilMs } = this.#open;
    const nowMs = this.#now();
    if (nowMs >= untilMs) {
      this.#open = { fault, untilMs: nowMs + longestTryMs, isTried: true };
      return;
    }
    throw new SluiceError(fault.kind, fault.code, fault.message, {
      cause: fault,
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    });
  }

  seen(end: 'answer' | SluiceError): void {
    if (end === 'answer') {
      this.reset();
      return;
    }
    const isAway = end.code === 'ClusterUnreachable' || end.code === 'ClusterTimeout';
    // A try that ended in another way has told nothing; calls from before the server was known to be away tell nothing new.
    if (this.#open === undefined ? !isAway : !this.#open.isTried) return;
    this.#failures++;
    const pauseMs = Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
    this.#open = {
      fault: isAway ? end : (this.#open?.fault ?? end),
      untilMs: this.#now() + pauseMs,
      isTried: false,
    };
  }

  /** As if nothing had been seen. */
  reset(): void {
    this.#failures = 0;
    this.#open = undefined;
  }
}
