import type { Check, Counts } from '../verdict.ts';
import { isEvaluated } from './combine.ts';

/** Numbers of a verdict's checks. Muted ones, and those for information, are counted in `total`, and muted ones apart. */
export function countsOf(checks: readonly Check[]): Counts {
  const counted = checks.filter((check) => check.weight > 0 && check.muted === null);
  const having = (result: Check['result']): number =>
    counted.filter((check) => check.result === result).length;
  return {
    total: checks.length,
    evaluated: counted.filter(isEvaluated).length,
    passed: having('pass'),
    warned: having('warn'),
    failed: having('fail'),
    missing: having('missing'),
    unknown: having('unknown'),
    errors: having('error'),
    muted: checks.filter(({ muted }) => muted !== null).length,
  };
}
