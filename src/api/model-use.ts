/** What a step spent on models. */
export interface ModelUse {
  /** Requests that were sent, repeats included. */
  readonly calls: number;
  /** Answers that came from the cache, or from the call of somebody else. */
  readonly cached: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Millionths of a dollar; null where the price of a model that was called is not known. */
  readonly microDollars: number | null;
}

export const noUse: ModelUse = { calls: 0, cached: 0, inputTokens: 0, outputTokens: 0, microDollars: 0 };

export function addUse(one: ModelUse, two: ModelUse): ModelUse {
  const isPriced = one.microDollars !== null && two.microDollars !== null;
  return {
    calls: one.calls + two.calls,
    cached: one.cached + two.cached,
    inputTokens: one.inputTokens + two.inputTokens,
    outputTokens: one.outputTokens + two.outputTokens,
    microDollars: isPriced ? (one.microDollars ?? 0) + (two.microDollars ?? 0) : null,
  };
}
