import type { PastRun } from './evaluate/gate-input.ts';
import type { Override, Verdict } from './verdict.ts';

/** A verdict as it is kept for audit, and for later runs to compare themselves with. */
export interface StoredVerdict {
  /** Derived from the idempotency key of the op that gave it: a repeat after a crash writes the same entry. */
  readonly id: string;
  readonly namespace: string;
  readonly run: string;
  /** Path of the step. */
  readonly step: string;
  readonly storedAtMs: number;
  readonly verdict: Verdict;
  /** Digest of all that an identical judgement would depend on; null: it may not be used again. */
  readonly cacheKey: string | null;
}

export interface VerdictQuery {
  readonly namespace: string;
  readonly gate?: string;
  readonly run?: string;
  readonly limit: number;
}

/** Where verdicts are kept. They outlive their runs. Nothing in them is secret: evidence is masked before it is quoted. */
export interface VerdictStore {
  put(entry: StoredVerdict): Promise<void>;
  get(namespace: string, id: string): Promise<StoredVerdict | undefined>;
  /** Newest first. */
  list(query: VerdictQuery): Promise<readonly StoredVerdict[]>;
  /** Earlier runs of a gate under one policy, newest first, those marked invalid included. */
  history(namespace: string, gate: string, policyDigest: string, limit: number): Promise<readonly PastRun[]>;
  /** The newest decided verdict of this key that has not expired; overrides are not carried over. */
  reuse(namespace: string, cacheKey: string, nowMs: number): Promise<StoredVerdict | undefined>;
  /** Opens a verdict in a person's name, once; undefined when there is no such verdict. */
  override(namespace: string, id: string, override: Override): Promise<StoredVerdict | undefined>;
  /** Says that a verdict is no measure for later ones. */
  invalidate(
    namespace: string,
    id: string,
    why: { readonly by: string; readonly why: string },
  ): Promise<boolean>;
}
