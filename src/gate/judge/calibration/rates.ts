/** A share with its Wilson interval at 95 %; all from 0 to 1. */
export interface Rate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const z = 1.959964;

/** Nothing is known of none: 0 to 1. */
export function rateOf(hits: number, n: number): Rate {
  if (n === 0) return { value: 0, low: 0, high: 1 };
  const share = hits / n;
  const scale = 1 + (z * z) / n;
  const middle = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return {
    value: rounded(share),
    low: rounded(Math.max(0, middle - half)),
    high: rounded(Math.min(1, middle + half)),
  };
}

/**
 * The true share of good changes among those judged, from the share that passed: a judge that errs passes some bad ones and
 * refuses some good ones. For many verdicts, not for one. Undefined where the judge is no better than a coin.
 */
export function correctedRate(passed: number, sensitivity: number, specificity: number): number | undefined {
  const power = sensitivity + specificity - 1;
  if (!(power > 0)) return undefined;
  return rounded(Math.min(1, Math.max(0, (passed + specificity - 1) / power)));
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
