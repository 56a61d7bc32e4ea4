import { isWorse, worstOf, type Outcome } from '../outcome.ts';
import type { Check, DecidedBy } from '../verdict.ts';
import { pointsOf, reaches, type Points } from './score.ts';

export interface Combined {
  readonly outcome: Outcome;
  readonly decidedBy: DecidedBy;
  readonly points: Points;
}

export interface Thresholds {
  readonly pass: number;
  readonly warn?: number;
  readonly minCoverage: number;
}

/** The checks that decide: neither for information nor muted. */
export function isCounted(check: Check): boolean {
  return check.weight > 0 && check.muted === null;
}

/**
 * One outcome of many checks, the worst of three looks at them: keys, which veto; coverage; and the score. `decidedBy` is the
 * first of the three that came to the outcome.
 */
export function combine(checks: readonly Check[], thresholds: Thresholds): Combined {
  const counted = checks.filter(isCounted);
  const points = pointsOf(counted);
  const looks: readonly (readonly [DecidedBy, Outcome])[] = [
    ['key', worstOf(counted.filter(({ key }) => key).map(({ outcome }) => outcome))],
    ['coverage', coverage(counted, points.weight, thresholds.minCoverage)],
    ['score', scoreOutcome(counted, points, thresholds)],
  ];
  const outcome = worstOf(looks.map(([, each]) => each));
  const first = looks.find(([, each]) => each === outcome && outcome !== 'pass');
  return { outcome, decidedBy: first?.[0] ?? 'score', points };
}

function coverage(counted: readonly Check[], weight: number, minCoverage: number): Outcome {
  const evaluated = counted.filter(isEvaluated).reduce((sum, check) => sum + check.weight, 0);
  if (evaluated > 0 && 100 * evaluated >= minCoverage * weight) return 'pass';
  return counted.some(({ outcome }) => outcome === 'error') || counted.length === 0
    ? 'error'
    : 'inconclusive';
}

/**
 * Where the undecided checks could still tip it, the score is as undecided as they are: it fails only when even their points
 * would not be enough, and passes only without them.
 */
function scoreOutcome(counted: readonly Check[], points: Points, { pass, warn }: Thresholds): Outcome {
  if (points.weight === 0) return 'error';
  if (reaches(points, pass)) return 'pass';
  const undecided = counted.filter(({ outcome }) => isWorse(outcome, 'warn') && outcome !== 'fail');
  const open = undecided.reduce((sum, check) => sum + check.weight, 0);
  const best = { doubled: points.doubled + 2 * open, weight: points.weight };
  if (!reaches(best, warn ?? pass)) return failOrWarn(counted, points, warn);
  if (open > 0) return worstOf(undecided.map(({ outcome }) => outcome));
  return failOrWarn(counted, points, warn);
}

/** Without a band of the score, a gate in which nothing is worse than a warning warns. */
function failOrWarn(counted: readonly Check[], points: Points, warn: number | undefined): Outcome {
  const isWarn =
    warn === undefined ? counted.every(({ outcome }) => !isWorse(outcome, 'warn')) : reaches(points, warn);
  return isWarn ? 'warn' : 'fail';
}

export function isEvaluated({ result }: Check): boolean {
  return result === 'pass' || result === 'warn' || result === 'fail';
}
