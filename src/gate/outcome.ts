/** What a gate, or one check of it, came to. Only `pass` opens by itself. */
export type Outcome = 'pass' | 'warn' | 'inconclusive' | 'error' | 'fail';

/** From best to worst: a sure no is worse than not having been able to look. */
const badness: readonly Outcome[] = ['pass', 'warn', 'inconclusive', 'error', 'fail'];

export function isWorse(a: Outcome, b: Outcome): boolean {
  return badness.indexOf(a) > badness.indexOf(b);
}

/** The worst of a set; `pass` of none, so callers refuse empty sets first. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>((worst, each) => (isWorse(each, worst) ? each : worst), 'pass');
}
