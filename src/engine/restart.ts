import type { HandlerSection, Plan, PlannedStep } from '../plan/plan.ts';
import { writtenPath } from '../api/step-path.ts';
import { unrolled } from './unrolled.ts';
import { indexPlan, type PlanIndex } from './plan-index.ts';
import { freshStep, initialState, type RunState } from './state.ts';

export type Restarted =
  | { readonly ok: true; readonly state: RunState }
  | { readonly ok: false; readonly message: string };

/**
 * A finished run's state to begin again with, under a new nonce. From a step: that step, which must have failed, and all
 * later steps (in a DAG: all that depend on it) begin anew without their outputs; the others keep what they have, but for
 * the gates that those steps require: their verdicts are given anew, and what depends on them runs again.
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
  const ofItem = cannotRestartFromItem(fromStep);
  if (ofItem !== undefined) return { ok: false, message: ofItem };
  if (target === undefined) return { ok: false, message: `failed step ${fromStep} not found` };
  if (state.steps[target.path]?.phase !== 'failed') {
    return {
      ok: false,
      message: `can not restart from a non-failed step: ${fromStep} is ${state.steps[target.path]?.phase}`,
    };
  }
  if (target.section !== undefined) {
    return { ok: false, message: cannotRestartFrom(fromStep, target.section) };
  }
  const again = affected(plan, target);
  const steps = Object.fromEntries(
    unrolled(plan, state).steps.flatMap(({ path, parent = '', item }) => {
      const old = state.steps[path] ?? freshStep(start.newId());
      // The list is fixed anew, too.
      if (item !== undefined && again.has(parent)) return [];
      return [[path, again.has(path) ? freshStep(old.id) : old]];
    }),
  );
  const outputs = Object.fromEntries(
    Object.entries(state.outputs).filter(([, output]) => !again.has(output.step)),
  );
  return { ok: true, state: { ...fresh, ...seq, steps, outputs } };
}

/** Undefined when it is no item of a list. */
export function cannotRestartFromItem(step: string): string | undefined {
  const written = writtenPath(step);
  if (written === step) return undefined;
  return `can not restart from ${step}: restart from step ${written}, whose items then all run again`;
}

/** Handlers are about what the steps came to, which a run that begins with them would not know. */
export function cannotRestartFrom(step: string, section: HandlerSection): string {
  return `can not restart from ${step}: it is a step of \`${section}\`; restart the run, or from a step before`;
}

/** The target, what comes after it, the gates that those require, and the sub-steps of every group among them. */
function affected(plan: Plan, target: PlannedStep): ReadonlySet<string> {
  const index = indexPlan(plan, new Map());
  const again: Again = { steps: new Set(), gates: new Set(), entered: new Set() };
  beginAnew(index, again, again.steps, target);
  // Handlers are about what the steps come to.
  for (const { path, section } of plan.steps) if (section !== undefined) again.steps.add(path);
  for (let before = -1; before !== again.steps.size + again.gates.size;) {
    before = again.steps.size + again.gates.size;
    for (const step of plan.steps) {
      if (follows(step, plan, index.needs, again)) {
        again.steps.add(step.path);
        again.entered.delete(step.path);
      }
      if (!isAgain(again, step.path)) continue;
      for (const path of step.requires) {
        const gate = index.byPath.get(path);
        if (gate !== undefined) beginAnew(index, again, again.gates, gate);
      }
    }
  }
  return new Set([...again.steps, ...again.gates]);
}

interface Again {
  readonly steps: Set<string>;
  /** Gates, and their groups, that begin anew for their verdict alone: what merely stands after them in a list does not. */
  readonly gates: Set<string>;
  /** Groups and calls of which some steps begin anew, while those before them keep what they have. */
  readonly entered: Set<string>;
}

function isAgain({ steps, gates }: Again, path: string): boolean {
  return steps.has(path) || gates.has(path);
}

/** The step, and whatever it belongs to. */
function beginAnew(index: PlanIndex, again: Again, paths: Set<string>, { path, parent }: PlannedStep): void {
  paths.add(path);
  for (let at = parent; at !== undefined; at = index.byPath.get(at)?.parent) {
    paths.add(at);
    again.entered.add(at);
  }
}

function follows(
  step: PlannedStep,
  plan: Plan,
  needs: ReadonlyMap<string, readonly string[]>,
  again: Again,
): boolean {
  const depends = [...step.after, ...(needs.get(step.path) ?? [])].some((path) => isAgain(again, path));
  if (depends) return true;
  const siblings = plan.steps.filter((other) => other.parent === step.parent);
  if (step.siblingMode === 'StepByStep' && siblings.some(({ path }) => again.steps.has(path))) {
    return siblings.slice(0, siblings.indexOf(step)).some(({ path }) => again.steps.has(path));
  }
  return step.parent !== undefined && isAgain(again, step.parent) && !again.entered.has(step.parent);
}
