import type { Outcome } from '../outcome.ts';
import type { Objective } from '../policy/policy.ts';
import type { CheckResult } from '../verdict.ts';
import type { Baseline } from './baseline.ts';
import type { Measurement } from './gate-input.ts';
import { judgeSample, type SampleResult } from './judge-value.ts';

/** What the samples so far come to. */
export interface ObjectiveResult {
  readonly result: CheckResult;
  readonly outcome: Outcome;
  /** Of the sample that decided, else of the last that had one. */
  readonly value: number | string | boolean | null;
  readonly message: string;
  /** No further sample would change it. */
  readonly isSettled: boolean;
}

interface Tally {
  used: number;
  failures: number;
  missing: number;
  warnings: number;
  undecided: number;
  streak: number;
  errorsInARow: number;
  last: SampleResult | undefined;
  worst: SampleResult | undefined;
}

/**
 * Goes through the samples in their order. Errors use up none of `count`; the first failure above `failureLimit`, or the first
 * error above `errorLimit` in a row, ends it, and so does a streak of `consecutiveSuccess`. Too few samples are a missing value.
 */
export function judgeObjective(
  objective: Objective,
  measurement: Measurement | undefined,
  baseline: Baseline | undefined,
  fromMs: number | undefined,
): ObjectiveResult {
  const { count, failureLimit, errorLimit, consecutiveSuccess } = objective.samples;
  const tally: Tally = {
    used: 0,
    failures: 0,
    missing: 0,
    warnings: 0,
    undecided: 0,
    streak: 0,
    errorsInARow: 0,
    last: undefined,
    worst: undefined,
  };
  for (const sample of measurement?.samples ?? []) {
    const judged = judgeSample(objective, sample, baseline, fromMs);
    add(tally, judged, objective.onMissing);
    if (tally.errorsInARow > errorLimit) return ended('error', 'error', judged, errorText(tally, judged));
    if (tally.failures > failureLimit) return failed(tally, judged);
    if (consecutiveSuccess !== undefined && tally.streak >= consecutiveSuccess)
      return ended('pass', 'pass', judged, `${tally.streak} passes in a row; ${judged.message}`);
    if (tally.used === count) return atCount(objective, tally, judged);
  }
  return tooFew(objective, tally);
}

function add(tally: Tally, judged: SampleResult, onMissing: Objective['onMissing']): void {
  if (judged.result === 'error') {
    tally.errorsInARow += 1;
    tally.streak = 0;
    tally.last ??= judged;
    return;
  }
  tally.errorsInARow = 0;
  tally.used += 1;
  tally.last = judged;
  tally.streak = judged.result === 'pass' ? tally.streak + 1 : 0;
  if (judged.result !== 'pass') tally.worst = judged;
  switch (judged.result) {
    case 'pass':
      break;
    case 'warn':
      tally.warnings += 1;
      break;
    case 'fail':
      tally.failures += 1;
      break;
    case 'missing':
      tally.missing += 1;
      if (onMissing === 'fail') tally.failures += 1;
      else tally.undecided += 1;
      break;
    case 'inconclusive':
      tally.undecided += 1;
  }
}

/** A failure over the limit; it is one of missing data only where nothing else was ever seen to fail. */
function failed(tally: Tally, judged: SampleResult): ObjectiveResult {
  const isMissing = tally.missing > 0 && tally.failures === tally.missing;
  const text =
    tally.failures > 1 || tally.used > 1
      ? `${tally.failures} of ${tally.used} measurements failed; ${judged.message}`
      : judged.message;
  return ended(isMissing ? 'missing' : 'fail', 'fail', judged, text);
}

function atCount(objective: Objective, tally: Tally, judged: SampleResult): ObjectiveResult {
  if (objective.samples.consecutiveSuccess !== undefined)
    return ended(
      'unknown',
      'inconclusive',
      judged,
      `${tally.used} measurements, and never ${objective.samples.consecutiveSuccess} passes in a row`,
    );
  if (tally.undecided > 0) {
    const shown = tally.worst ?? judged;
    const result = tally.missing === tally.undecided ? 'missing' : 'unknown';
    return ended(result, 'inconclusive', shown, shown.message);
  }
  if (tally.warnings > 0)
    return ended('warn', 'warn', tally.worst ?? judged, (tally.worst ?? judged).message);
  const allowed = tally.failures > 0 ? `${tally.failures} of ${tally.used} failed, which is allowed; ` : '';
  return ended('pass', 'pass', judged, `${allowed}${judged.message}`);
}

/** Nothing decided yet. What stands then is never good: no value, and after an error the error. */
function tooFew(objective: Objective, tally: Tally): ObjectiveResult {
  const counted = `${tally.used} of ${objective.samples.count} measurements`;
  const last = tally.last;
  if (tally.errorsInARow > 0 && last !== undefined)
    return {
      result: 'error',
      outcome: 'error',
      value: last.value,
      message: `${counted}; ${last.message}`,
      isSettled: false,
    };
  return {
    result: 'missing',
    outcome: objective.onMissing === 'fail' ? 'fail' : 'inconclusive',
    value: last?.value ?? null,
    message: tally.used === 0 ? 'it was not measured' : `only ${counted}`,
    isSettled: false,
  };
}

function errorText(tally: Tally, judged: SampleResult): string {
  return tally.errorsInARow > 1 ? `${tally.errorsInARow} errors in a row; ${judged.message}` : judged.message;
}

function ended(
  result: CheckResult,
  outcome: Outcome,
  { value }: SampleResult,
  message: string,
): ObjectiveResult {
  return { result, outcome, value, message, isSettled: true };
}
