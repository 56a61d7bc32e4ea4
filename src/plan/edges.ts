import type { ConditionReads } from './check-condition.ts';
import type { InputSource } from './check-inputs.ts';
import { resolveRequires } from './check-requires.ts';
import type { DraftStep } from './draft-step.ts';
import type { StepIndex } from './step-index.ts';
import { resolveDependsOn } from './step-index.ts';

export interface Edges {
  /** `dependsOn` alone. */
  readonly dependsOn: readonly DraftStep[];
  /** The gates that it requires itself; those of its group come on top. */
  readonly requires: readonly DraftStep[];
  /** Everything that must have finished before the step starts, but for the order of a list. */
  readonly after: readonly DraftStep[];
  /** Steps whose status the `if` reads; undefined: it may read any. */
  readonly conditionReads: readonly DraftStep[] | undefined;
  /** The `if` reads the item of a list that the step is done for. */
  readonly readsItem: boolean;
}

const remedy = 'the order is StepByStep; move that step up, or use the mode DAG';

/** What a step waits for. What it could never wait for is reported and left out. */
export function edgesOf(
  step: DraftStep,
  index: StepIndex,
  sources: readonly InputSource[],
  reads: ConditionReads,
): Edges {
  const dependsOn = resolveDependsOn(step, index).flatMap(({ step: other, at }) => {
    if (!isLater(other, step)) return [other];
    step.reader.fault(
      'LaterStep',
      ['dependsOn', at],
      `step "${step.name}" depends on ${other === step ? 'itself' : `"${other.name}", which runs after it: ${remedy}`}`,
    );
    return [];
  });
  const requires = resolveRequires(step, index).flatMap(({ gate, at }) => {
    if (!isLater(gate, step)) return [gate];
    step.reader.fault(
      'LaterStep',
      ['requires', at],
      `step "${step.name}" requires ${gate === step ? 'itself' : `the gate "${gate.name}", which runs after it: ${remedy}`}`,
    );
    return [];
  });
  const inputs = sources.filter(({ input, producer, output }) => {
    if (!isLater(producer, step)) return true;
    step.reader.fault(
      'LaterStep',
      [...input.at, 'from'],
      `the output "${output}" comes from step "${producer.name}", which ${producer === step ? 'is this step itself' : `runs after this one: ${remedy}`}`,
    );
    return false;
  });
  const statuses = reads.steps.filter((other) => {
    const isOwnGroup = step.parent === other;
    const isOwnSubStep = other.parent === step && step.siblingMode !== 'DAG';
    if (!isLater(other, step) && !isOwnGroup && !isOwnSubStep) return step.siblingMode === 'DAG';
    // Waiting for it would never end. KubeVela runs it, so it is allowed, but it is hardly meant.
    step.reader.faults.warn(
      'LaterStatus',
      step.reader.place('if'),
      `the \`if\` reads the status of "${other.name}", which has not finished when it is evaluated: its phase is pending or running then`,
    );
    return false;
  });
  const after = [...dependsOn, ...requires, ...inputs.map(({ producer }) => producer), ...statuses];
  return {
    dependsOn: [...new Set(dependsOn)],
    requires: [...new Set(requires)],
    after: [...new Set(after)],
    conditionReads: reads.isAll ? reads.steps : undefined,
    readsItem: reads.readsItem,
  };
}

/** Whether a list in StepByStep order holds `other` after `step`, directly or through their groups; or it is the same step there. */
function isLater(other: DraftStep, step: DraftStep): boolean {
  const [a, b] = [lineage(other), lineage(step)];
  const depth = a.findIndex((each, at) => each !== b[at]);
  const [left, right] = depth < 0 ? [undefined, b[a.length]] : [a[depth], b[depth]];
  // One is the other, or belongs to it.
  if (left === undefined || right === undefined) return left === right && step.siblingMode === 'StepByStep';
  return left.siblingMode === 'StepByStep' && left.position > right.position;
}

/** The groups and calls that a step belongs to, outermost first, and itself. */
export function lineage(step: DraftStep): readonly DraftStep[] {
  return step.parent === undefined ? [step] : [...lineage(step.parent), step];
}
