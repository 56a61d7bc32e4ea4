import { SluiceError } from '../../api/errors.ts';

/** Calls back once after `ms`, unless what it returns is called first. */
export type After = (ms: number, callback: () => void) => () => void;

export const afterTimeout: After = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** A wait that can be cut short. A wake-up that comes while nobody waits counts for the next wait. */
export class Pause {
  readonly #after: After;
  #isWoken = false;
  #end: (() => void) | undefined;

  constructor(after: After) {
    this.#after = after;
  }

  /** `Infinity` waits for `wake` alone. */
  async wait(ms: number): Promise<void> {
    if (!this.#isWoken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#end = resolve;
      const cancel = ms === Infinity ? undefined : this.#after(ms, resolve);
      await promise;
      cancel?.();
      this.#end = undefined;
    }
    this.#isWoken = false;
  }

  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }
}

/**
 * What `promise` brings, or SluiceError `transient` once `ms` have passed: what comes later is dropped. It holds also where
 * something hangs before the request is sent, such as the program that brings the credentials.
 */
export async function within<T>(promise: Promise<T>, ms: number, doing: string, after: After): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = after(ms, () =>
    reject(
      new SluiceError('transient', 'LeaseTimeout', `There was no answer in ${Math.ceil(ms)} ms to ${doing}.`),
    ),
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
