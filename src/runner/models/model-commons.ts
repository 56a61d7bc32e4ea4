import { setTimeout as wait } from 'node:timers/promises';
import type { SpendStore } from '../../llm/budget/spend-store.ts';
import { openAnswerCache, type AnswerCache, type CacheStore } from '../../llm/cache/answer-cache.ts';
import { HostBreaker } from '../../llm/host-breaker.ts';
import type { ModelSettings } from '../../llm/settings/model-settings.ts';

/** What all runs of a process share when they ask models. */
export interface ModelCommons {
  /** Cheap: asked for at each call, since the operator may change them. */
  readonly settings: () => Promise<ModelSettings>;
  readonly spending: SpendStore;
  /** One for all, so that of equal questions at a time only one is asked. */
  readonly answers: AnswerCache;
  readonly breaker: HostBreaker;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotonic ms. */
  readonly monotonicNow: () => number;
  readonly random: () => number;
}

export interface ModelCommonsOptions {
  readonly settings: () => Promise<ModelSettings>;
  readonly spending: SpendStore;
  readonly answers: CacheStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between attempts; waits by default. */
  readonly pause?: ModelCommons['pause'];
}

/** Opened once in the life of a process. */
export function openModelCommons(options: ModelCommonsOptions): ModelCommons {
  const monotonicNow = (): number => performance.now();
  return {
    settings: options.settings,
    spending: options.spending,
    answers: openAnswerCache(options.answers, options.now),
    breaker: new HostBreaker(monotonicNow),
    pause: options.pause ?? ((ms, signal) => wait(ms, undefined, { signal })),
    monotonicNow,
    random: Math.random,
  };
}
