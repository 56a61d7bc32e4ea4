import type { Outcome } from '../outcome.ts';

/** A check as the score sees it. */
export interface Weighed {
  readonly outcome: Outcome;
  readonly weight: number;
}

/**
 * Points and weights as integers. A pass is worth its weight, a warning half of it, everything else nothing; points are kept
 * doubled, so that no half and no division ever rounds a gate open.
 */
export interface Points {
  readonly doubled: number;
  readonly weight: number;
}

export function pointsOf(checks: readonly Weighed[]): Points {
  let [doubled, weight] = [0, 0];
  for (const check of checks) {
    weight += check.weight;
    if (check.outcome === 'pass') doubled += 2 * check.weight;
    if (check.outcome === 'warn') doubled += check.weight;
  }
  return { doubled, weight };
}

/** Whether the score is at least a whole number of percent. The only place that decides equality; false over no weight. */
export function reaches({ doubled, weight }: Points, percent: number): boolean {
  return weight > 0 && 100 * doubled >= 2 * percent * weight;
}

/** The score for people: cut, not rounded, after two digits. Null over no weight. */
export function shownScore({ doubled, weight }: Points): number | null {
  return weight > 0 ? Math.floor((10_000 * doubled) / (2 * weight)) / 100 : null;
}
