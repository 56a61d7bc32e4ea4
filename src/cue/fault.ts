import type { ExprFault } from '../expr/expression.ts';
import type { CueProblem } from './protocol.ts';

/** Problems of the module as faults; `source` names the text that they point into. */
export function toFaults(problems: readonly CueProblem[], source: string): readonly ExprFault[] {
  return problems.map((problem) => ({
    kind: problem.kind,
    message: problem.message,
    ...(problem.path === undefined ? {} : { path: problem.path }),
    ...(problem.at === undefined ? {} : { at: { ...problem.at, source: placeName(problem, source) } }),
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  }));
}

/** An expression over a template may fail inside the template. */
function placeName(problem: CueProblem, source: string): string {
  return problem.at?.source === 'expr' ? 'expression' : source;
}
