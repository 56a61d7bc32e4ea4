import { aggregate } from '../aggregate.ts';
import type { Comparison } from '../policy/policy.ts';
import type { PastRun } from './gate-input.ts';

export interface Baseline {
  readonly runs: readonly string[];
  readonly value: number;
}

/** What makes earlier runs comparable. */
export interface Comparable {
  readonly gate: string;
  readonly policyDigest: string;
  readonly windowMs: number | null;
  readonly nowMs: number;
}

/**
 * The value to compare with: from runs of the same gate, policy and window length that passed and were not marked invalid.
 * The warn band stays out, so that no release becomes the measure of the next by being bearable.
 */
export function baselineOf(
  id: string,
  comparison: Comparison,
  history: readonly PastRun[],
  own: Comparable,
): Baseline | undefined {
  const runs = history
    .filter(
      (run) =>
        run.outcome === 'pass' &&
        run.invalid === undefined &&
        run.gate === own.gate &&
        run.policyDigest === own.policyDigest &&
        run.windowMs === own.windowMs &&
        run.atMs < own.nowMs &&
        Object.hasOwn(run.values, id) &&
        Number.isFinite(run.values[id]),
    )
    .toSorted((a, b) => b.atMs - a.atMs || (a.ref < b.ref ? -1 : 1))
    .slice(0, comparison.with === 'lastPassed' ? 1 : comparison.count);
  const value = aggregate(
    runs.map((run) => run.values[id] ?? Number.NaN),
    comparison.aggregate,
  );
  return value === undefined ? undefined : { runs: runs.map(({ ref }) => ref), value };
}
