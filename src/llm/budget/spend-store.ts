/** What was or may be spent. */
export interface Spend {
  readonly calls: number;
  readonly tokens: number;
  readonly microDollars: number;
}

/** Undefined: no limit of that kind. */
export type SpendLimits = Partial<Spend>;

/** Spending that is counted together, such as that of one run or of one day. */
export interface SpendAccount {
  /** Stable: `run/<uid>`, `day/2026-01-31`, `namespace/<name>/2026-01-31`. */
  readonly key: string;
  readonly limits: SpendLimits;
}

export type ReserveResult =
  | { readonly kind: 'reserved' }
  /** Nothing was reserved: this account would pass its limit. */
  | { readonly kind: 'over'; readonly key: string; readonly what: keyof Spend; readonly spent: number };

/**
 * Keeps what accounts have spent. What is reserved counts as spent until it is settled, so that a crash between the two
 * leaves too much counted and never too little.
 */
export interface SpendStore {
  /**
   * All accounts or none, in one step: of two callers at once only those get through for whom there is room. What is
   * reserved under an id is not reserved again under it.
   */
  reserve(id: string, amount: Spend, accounts: readonly SpendAccount[]): Promise<ReserveResult>;
  /** Replaces a reservation by what was spent, also when that is more. Of an unknown or settled id nothing changes. */
  settle(id: string, spent: Spend): Promise<void>;
  /** What an account has spent and reserved. */
  spent(key: string): Promise<Spend>;
}

export const nothingSpent: Spend = { calls: 0, tokens: 0, microDollars: 0 };

export function addSpend(one: Spend, two: Spend): Spend {
  return {
    calls: one.calls + two.calls,
    tokens: one.tokens + two.tokens,
    microDollars: one.microDollars + two.microDollars,
  };
}

/** The first kind of spending that passes its limit. */
export function overLimit(spend: Spend, limits: SpendLimits): keyof Spend | undefined {
  const kinds = ['calls', 'tokens', 'microDollars'] as const;
  // Written so that a limit that is no number lets nothing through.
  return kinds.find((kind) => limits[kind] !== undefined && !(spend[kind] <= limits[kind]));
}
