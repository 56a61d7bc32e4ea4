import { itemPath } from '../api/step-path.ts';
import type { Plan, PlannedLoop, PlannedStep } from './plan.ts';

/**
 * The plan with a sub-step for each item of the lists that are known: an item is then a step as any other, with times, retries
 * and effects of its own. `countOf` says how many items the list of a step has; 0 as long as it is not known.
 */
export function unroll(plan: Plan, countOf: (path: string) => number): Plan {
  if (plan.steps.every(({ loop }) => loop === undefined)) return plan;
  const steps = plan.steps.flatMap((step) => {
    const { loop } = step;
    if (loop === undefined) return [step];
    return [step, ...Array.from({ length: countOf(step.path) }, (_, item) => ofItem(step, loop, item))];
  });
  return { ...plan, steps };
}

function ofItem({ loop: _loop, ...step }: PlannedStep, { each }: PlannedLoop, item: number): PlannedStep {
  return {
    ...step,
    ...each,
    path: itemPath(step.path, item),
    name: itemPath(step.name, item),
    ...(step.ownName === undefined ? {} : { ownName: itemPath(step.ownName, item) }),
    kind: 'template',
    parent: step.path,
    siblingMode: 'DAG',
    // The step itself has waited for all of these.
    after: [],
    dependsOn: [],
    item,
  };
}
