/** How many requests about one run are sent: a burst, then one in a while. */
export interface AllowanceLimits {
  /** Default 25. */
  readonly burst: number;
  /** Of the burst, how many are kept for what matters most. Default 5. */
  readonly reserved: number;
  /** One more comes back after this time. Default 30 s. */
  readonly refillMs: number;
  /** Runs that are remembered; the one not heard of for longest is forgotten. Default 2,000. */
  readonly runs: number;
}

export const allowanceLimits: AllowanceLimits = { burst: 25, reserved: 5, refillMs: 30_000, runs: 2000 };

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}

/** A token bucket for each run. */
export class EventAllowance {
  readonly #limits: AllowanceLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
  }

  /** Whether one more may be sent about the run; if so, it is counted. */
  take(uid: string, nowMs: number, isImportant: boolean): boolean {
    const { burst, reserved, refillMs, runs } = this.#limits;
    const { left, atMs } = this.#buckets.get(uid) ?? { left: burst, atMs: nowMs };
    const refilled = Math.min(burst, left + Math.max(0, nowMs - atMs) / refillMs);
    const isAllowed = refilled >= (isImportant ? 1 : reserved + 1);
    this.#buckets.delete(uid);
    this.#buckets.set(uid, { left: isAllowed ? refilled - 1 : refilled, atMs: nowMs });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > runs && oldest !== undefined) this.#buckets.delete(oldest);
    return isAllowed;
  }
}
