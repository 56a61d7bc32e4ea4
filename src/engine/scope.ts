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
  const { run, context, parameters } = index.plan;
  return {
    name: run.name,
    namespace: run.namespace,
    workflowName: '',
    publishVersion: '',
    stepName: step.item === undefined ? step.name : `${writtenPath(step.name)}-${step.item}`,
    stepSessionID: id,
    spanID: `${state.nonce}.${id}`,
    ...(step.section === undefined ? {} : { outcome: state.outcome ?? '' }),
    ...(step.parent === undefined
      ? {}
      : { stepGroupName: index.byPath.get(step.parent)?.name ?? step.parent }),
    ...context,
    ...(parameters === undefined ? {} : { parameters: parameters.values }),
  };
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
    if (reads?.has(other.name) === false) continue;
    const otherState = state.steps[other.path];
    if (otherState !== undefined) status[other.name] = stepFacts(other, otherState);
  }
  return { status, inputs, context, parameter: step.properties };
}

function stepFacts(step: PlannedStep, state: StepState): JsonObject {
  const { phase, reason, message, firstMs, lastMs } = state;
  return {
    id: state.id,
    name: step.name,
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
