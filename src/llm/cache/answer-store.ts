import type { CacheStore } from './answer-cache.ts';

/** An answer that is kept, without the answer. */
export interface KeptAnswer {
  readonly key: string;
  /** Which model said it, for people; undefined where that was not told. */
  readonly label: string | undefined;
  /** Wall time in ms. */
  readonly storedAtMs: number;
  readonly expiresAtMs: number;
  /** Of the answer as JSON in UTF-8. */
  readonly bytes: number;
}

/** A cache that can be looked into and emptied. */
export interface AnswerStore extends CacheStore {
  /** Newest first, those that have expired included. */
  list(): Promise<readonly KeptAnswer[]>;
  /** Forgets the answers that were stored up to this time; says how many. */
  purge(upToMs: number): Promise<number>;
}
