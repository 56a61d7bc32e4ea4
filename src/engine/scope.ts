import type { JsonObject } from '../api/json.ts';
import { writtenPath } from '../api/step-path.ts';
import type { StepState } from './state.ts';
import type { ConditionScope } from '../expr/expression.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { itemScope, resolveInput } from './inputs.ts';
import type { PlanIndex } from './plan-index.ts';
import type { RunState } from './state.ts';

/** The `context` of a step; `spec.context` overrides built-in keys, as in KubeVela. */
export function contextOf(index: PlanIndex, state: RunState, step: PlannedStep): JsonObject {
  const id = state.steps[step.path]?.id ?? '';
  const { run, context } = index.plan;
  return {
    name: run.name,
    namespace: run.namespace,
    workflowName: '',
    publishVersion: '',
    stepName: objectName(step),
    stepSessionID: id,
    spanID: `${state.nonce}.${id}`,
    ...(step.section === undefined ? {} : { outcome: state.outcome ?? '' }),
    ...(step.parent === step.space
      ? {}
      : { stepGroupName: objectName(index.byPath.get(step.parent ?? '') ?? step) }),
    ...context,
    ...parametersIn(index, state, step.space),
  };
}

/** Step types name objects after a step: the name has neither brackets nor slashes. */
function objectName({ name, item }: PlannedStep): string {
  const whole = name.replaceAll('/', '-');
  return item === undefined ? whole : `${writtenPath(whole)}-${item}`;
}

/** `parameters` of a `context`: those of the run, or of the Workflow that the step at `space` calls. None: what the run says. */
function parametersIn(
  { plan, byPath }: PlanIndex,
  { steps }: RunState,
  space: string | undefined,
): { readonly parameters?: JsonObject } {
  if (space === undefined) return plan.parameters === undefined ? {} : { parameters: plan.parameters.values };
  if (byPath.get(space)?.call?.parameterSchema === undefined) return {};
  return { parameters: steps[space]?.parameters ?? {} };
}

/** What the `if:` of a step sees. An input without a value is left out, so that an expression that reads it fails. */
export function conditionScope(index: PlanIndex, state: RunState, step: PlannedStep): ConditionScope {
  const context = contextOf(index, state, step);
  const inputs: Record<string, NonNullable<ReturnType<typeof resolveInput>> | null> =
    step.item === undefined ? {} : { ...itemScope(state, step) };
  for (const { from } of step.inputs) {
    const value = resolveInput(index, state, step, context, from);
    if (value !== undefined) inputs[from] = value;
  }
  const status: Record<string, JsonObject> = {};
  // An expression is evaluated together with all that it might see: what it does not name only costs time.
  const reads = step.conditionReads === undefined ? undefined : new Set(step.conditionReads);
  for (const other of index.plan.steps) {
    const name = other.ownName ?? other.name;
    if (other.space !== step.space || reads?.has(name) === false) continue;
    const otherState = state.steps[other.path];
    if (otherState !== undefined) status[name] = stepFacts(other, otherState);
  }
  return { status, inputs, context, parameter: step.properties };
}

function stepFacts(step: PlannedStep, state: StepState): JsonObject {
  const { phase, reason, message, firstMs, lastMs } = state;
  return {
    id: state.id,
    name: step.ownName ?? step.name,
    type: step.type,
    phase,
    message: message ?? '',
    reason: reason ?? '',
    firstExecuteTime: firstMs === undefined ? '' : new Date(firstMs).toISOString(),
    lastExecuteTime: lastMs === undefined ? '' : new Date(lastMs).toISOString(),
    failed: phase === 'failed',
    succeeded: phase === 'succeeded',
    skipped: phase === 'skipped',
    timeout: reason === 'Timeout',
    failedAfterRetries: reason === 'FailedAfterRetries',
    terminate: reason === 'Terminate',
  };
}
