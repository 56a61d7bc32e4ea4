import type { OpRegistry } from '../api/op-spec.ts';
import type { HandlerSection, Plan, PlannedStep } from '../plan/plan.ts';
import { outputKey } from './output-key.ts';
import type { RunState } from './state.ts';
import { unrolled } from './unrolled.ts';

/** The plan with its look-ups made once. */
export interface PlanIndex {
  readonly plan: Plan;
  readonly ops: OpRegistry;
  readonly byPath: ReadonlyMap<string, PlannedStep>;
  /** Steps and groups, without the sub-steps. */
  readonly sections: Readonly<Record<'steps' | HandlerSection, readonly PlannedStep[]>>;
  readonly hasHandlers: boolean;
  readonly children: ReadonlyMap<string, readonly PlannedStep[]>;
  /** Names of the outputs of the run, or of the Workflow that the step at `space` calls, longest first: a name may contain dots, so `a.b` is tried before `a`. */
  outputNames(space: string | undefined): readonly string[];
  /** For the default skip rule: dependsOn, and in a DAG also required gates and the steps whose outputs are read. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

/** The index of the plan with the items that a state has come to know. */
export type IndexFor = (state: Pick<RunState, 'steps'>) => PlanIndex;

/** Indexes are made anew only when the list of a step was fixed since. */
export function openIndexes(plan: Plan, ops: OpRegistry): IndexFor {
  const loops = plan.steps.filter(({ loop }) => loop !== undefined);
  let known = loops.map(() => '').join();
  let index = indexPlan(plan, ops);
  return (state) => {
    const counts = loops.map(({ path }) => state.steps[path]?.loop?.count ?? '').join();
    if (loops.length > 0 && counts !== known) {
      index = indexPlan(unrolled(plan, state), ops);
      known = counts;
    }
    return index;
  };
}

export function indexPlan(plan: Plan, ops: OpRegistry): PlanIndex {
  const producers = new Map<string, string>();
  const names = new Map<string | undefined, string[]>();
  for (const { path, space, outputs, item } of plan.steps)
    for (const { name } of item === undefined ? outputs : []) {
      producers.set(outputKey(space, name), path);
      names.set(space, [...(names.get(space) ?? []), name]);
    }
  for (const each of names.values()) each.sort((a, b) => b.length - a.length);
  const outputNames = (space: string | undefined): readonly string[] => names.get(space) ?? [];
  const index: PlanIndex = {
    plan,
    ops,
    byPath: new Map(plan.steps.map((step) => [step.path, step])),
    sections: {
      steps: topLevel(plan, undefined),
      onFailure: topLevel(plan, 'onFailure'),
      finally: topLevel(plan, 'finally'),
    },
    hasHandlers: plan.steps.some(({ section }) => section !== undefined),
    children: childrenOf(plan),
    outputNames,
    needs: new Map(plan.steps.map((step) => [step.path, needsOf(step, outputNames(step.space), producers)])),
  };
  return index;
}

function topLevel(plan: Plan, wanted: HandlerSection | undefined): readonly PlannedStep[] {
  return plan.steps.filter(({ parent, section }) => parent === undefined && section === wanted);
}

/** Every group has an entry, one without sub-steps too. */
function childrenOf(plan: Plan): ReadonlyMap<string, readonly PlannedStep[]> {
  const groups = plan.steps.filter((step) => step.kind === 'group');
  return new Map(groups.map(({ path }) => [path, plan.steps.filter((step) => step.parent === path)]));
}

function needsOf(
  step: PlannedStep,
  names: readonly string[],
  producers: ReadonlyMap<string, string>,
): readonly string[] {
  // What its step needed counted when that began.
  if (step.item !== undefined) return [];
  if (step.siblingMode !== 'DAG') return step.dependsOn;
  const read = step.inputs.flatMap(({ from }) => {
    const name = outputNameOf(from, names);
    const producer = name === undefined ? undefined : producers.get(outputKey(step.space, name));
    return producer === undefined ? [] : [producer];
  });
  return [...new Set([...step.dependsOn, ...step.requires, ...read])];
}

/** The output that a `from` begins with, or undefined when it names none. `names` are sorted longest first. */
export function outputNameOf(from: string, names: readonly string[]): string | undefined {
  return names.find(
    (name) =>
      from === name || (from.startsWith(name) && (from[name.length] === '.' || from[name.length] === '[')),
  );
}
