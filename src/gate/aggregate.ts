/** How many numbers become one. Percentiles are nearest-rank: always one of the numbers, never between two. */
export type Aggregate = 'avg' | 'p50' | 'p90' | 'p95' | 'max' | 'min' | 'sum';

export const aggregates: readonly Aggregate[] = ['avg', 'p50', 'p90', 'p95', 'max', 'min', 'sum'];

/** Undefined for no numbers, for one that is not finite, and where the result would not be finite. */
export function aggregate(values: readonly number[], how: Aggregate): number | undefined {
  if (values.length === 0 || !values.every(Number.isFinite)) return undefined;
  const result = combine(
    values.toSorted((a, b) => a - b),
    how,
  );
  return Number.isFinite(result) ? result : undefined;
}

function combine(sorted: readonly number[], how: Aggregate): number {
  switch (how) {
    case 'avg':
      return sum(sorted) / sorted.length;
    case 'sum':
      return sum(sorted);
    case 'min':
      return sorted[0] ?? Number.NaN;
    case 'max':
      return sorted.at(-1) ?? Number.NaN;
    case 'p50':
      return percentile(sorted, 50);
    case 'p90':
      return percentile(sorted, 90);
    case 'p95':
      return percentile(sorted, 95);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] ?? Number.NaN;
}
