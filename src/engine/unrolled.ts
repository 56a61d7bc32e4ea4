import type { Plan } from '../plan/plan.ts';
import { unroll } from '../plan/unroll.ts';
import type { RunState } from './state.ts';

/** The plan with the items that the run has come to know: what its state has a step for. */
export function unrolled(plan: Plan, { steps }: Pick<RunState, 'steps'>): Plan {
  return unroll(plan, (path) => steps[path]?.loop?.count ?? 0);
}
