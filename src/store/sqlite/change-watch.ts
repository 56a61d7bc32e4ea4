import type { Database } from './database.ts';

/** Well under the 100 ms that the port promises, and two dozen statements of 10 µs a second. */
const pollMs = 75;

/**
 * Tells listeners of commits: our own at once, other processes' by asking SQLite for its data version, which a commit of
 * another connection changes. Asks nothing while nobody listens, and keeps no process alive.
 */
export class ChangeWatch {
  readonly #db: Database;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #seen: unknown;

  constructor(db: Database) {
    this.#db = db;
    db.onCommit(() => {
      this.#notify();
    });
  }

  add(callback: () => void, signal: AbortSignal): void {
    if (signal.aborted || this.#db.isClosed) return;
    // Wrapped: the same function may be registered twice, each with its own signal.
    const listener = (): void => {
      callback();
    };
    this.#listeners.add(listener);
    signal.addEventListener(
      'abort',
      () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) this.stop();
      },
      { once: true },
    );
    this.#start();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#seen = this.#db.dataVersion();
    this.#timer = setInterval(() => {
      this.#poll();
    }, pollMs);
    this.#timer.unref();
  }

  #poll(): void {
    const current = this.#db.dataVersion();
    // Undefined: it could not be read just now. The next call that matters says why.
    if (current === undefined || current === this.#seen) return;
    this.#seen = current;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
