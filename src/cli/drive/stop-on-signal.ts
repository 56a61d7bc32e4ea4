import type { CliIo, StopSignal } from '../io.ts';
import { exitCodes } from '../exit-code.ts';

export interface StopOnSignal {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Which one it was. */
  received(): StopSignal | undefined;
  /** From now on signals have their usual effect. */
  release(): void;
}

/** The first signal asks the work to stop cleanly and calls `onFirst`; the second ends the process at once. */
export function stopOnSignal(io: CliIo, onFirst: () => void): StopOnSignal {
  const controller = new AbortController();
  let first: StopSignal | undefined;
  const release = io.onSignal((signal) => {
    if (first !== undefined) {
      io.exit(exitCodes[signal]);
      return;
    }
    first = signal;
    onFirst();
    controller.abort();
  });
  return { signal: controller.signal, received: () => first, release };
}
