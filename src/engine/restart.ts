import type { Plan, PlannedStep } from '../plan/plan.ts';
import { indexPlan } from './plan-index.ts';
import { freshStep, initialState, type RunState } from './state.ts';

export type Restarted =
  | { readonly ok: true; readonly state: RunState }
  | { readonly ok: false; readonly message: string };

/**
 * A finished run's state to begin again with, under a new nonce. From a step: that step, which must have failed, and all
 * later steps (in a DAG: all that depend on it) begin anew without their outputs; the others keep what they have.
 */
export function restartState(
  plan: Plan,
  state: RunState,
  start: { readonly nonce: string; readonly nowMs: number; readonly newId: () => string },
  fromStep?: string,
): Restarted {
  const fresh = initialState(plan, start);
  const seq = { commandSeq: state.commandSeq };
  if (fromStep === undefined) return { ok: true, state: { ...fresh, ...seq } };
  const target = plan.steps.find(({ path, name }) => path === fromStep || name === fromStep);
  if (target === undefined) return { ok: false, message: `failed step ${fromStep} not found` };
  if (state.steps[target.path]?.phase !== 'failed') {
    return {
      ok: false,
      message: `can not restart from a non-failed step: ${fromStep} is ${state.steps[target.path]?.phase}`,
    };
  }
  const again = affected(plan, target);
  const steps = Object.fromEntries(
    plan.steps.map(({ path }) => {
      const old = state.steps[path] ?? freshStep(start.newId());
      return [path, again.has(path) ? freshStep(old.id) : old];
    }),
  );
  const outputs = Object.fromEntries(
    Object.entries(state.outputs).filter(([, output]) => !again.has(output.step)),
  );
  return { ok: true, state: { ...fresh, ...seq, steps, outputs } };
}

/** The target, what comes after it, the group it is in, and the sub-steps of every group among them. */
function affected(plan: Plan, target: PlannedStep): ReadonlySet<string> {
  const index = indexPlan(plan, new Map());
  const again = new Set([target.path]);
  if (target.parent !== undefined) again.add(target.parent);
  for (let grew = true; grew;) {
    const before = again.size;
    for (const step of plan.steps) if (follows(step, plan, index.needs, again)) again.add(step.path);
    grew = again.size > before;
  }
  return again;
}

function follows(
  step: PlannedStep,
  plan: Plan,
  needs: ReadonlyMap<string, readonly string[]>,
  again: ReadonlySet<string>,
): boolean {
  // A sub-step of a group that begins anew does so too, unless it stands before the target in that group.
  const isInside = step.parent !== undefined && again.has(step.parent);
  const depends = [...step.after, ...(needs.get(step.path) ?? [])].some((path) => again.has(path));
  if (depends) return true;
  const siblings = plan.steps.filter((other) => other.parent === step.parent);
  const hasSiblingAgain = siblings.some((other) => again.has(other.path));
  if (step.siblingMode === 'StepByStep' && hasSiblingAgain) {
    return siblings.slice(0, siblings.indexOf(step)).some((other) => again.has(other.path));
  }
  return isInside && !hasSiblingAgain;
}
