import { createCuePool, type CuePool } from './pool.ts';

export interface CuePoolOptions {
  /** Processor time of one call; past it the call ends as a `runaway` fault. 2,000 by default. */
  readonly deadlineMs?: number;
  /** A worker without work is released after this long; 30,000 by default. */
  readonly idleMs?: number;
}

/** The threads alone, for who wants them to start before the rest of the program is there. */
export function openCuePool(options: CuePoolOptions = {}): CuePool {
  return createCuePool({
    // src/cue/ and dist/cli/ are equally far from it.
    module: new URL('../../cue/cue.wasm.zst', import.meta.url).href,
    deadlineMs: options.deadlineMs ?? 2000,
    idleMs: options.idleMs ?? 30_000,
    recycleBytes: 192 * 1024 * 1024,
    patienceMs: 100,
  });
}
