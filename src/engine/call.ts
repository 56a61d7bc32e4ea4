import type { Json, JsonObject } from '../api/json.ts';
import { isObject } from '../api/json.ts';
import type { PlannedCall, PlannedStep } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import { fillInputs, resolveIn } from './inputs.ts';
import { contextOf } from './scope.ts';
import { faultText } from './turn.ts';

/** Begins a step that calls a Workflow: with the parameters, once they are known to be right. */
export function beginCall(draft: Draft, step: PlannedStep, { parameterSchema }: PlannedCall): void {
  const { path } = step;
  const filled = fillInputs(draft.index, draft.state, step, contextOf(draft.index, draft.state, step));
  if (!filled.ok) {
    draft.end(path, { phase: 'failed', reason: 'Input', message: filled.message });
    return;
  }
  draft.setPhase(path, 'running');
  if (parameterSchema === undefined) draft.setStep(path, { stage: { kind: 'group' } });
  else {
    draft.setStep(path, { stage: { kind: 'parameters' } });
    askParameters(draft, step);
  }
}

/** Asks for the parameters of a step in stage `parameters`. What they come from does not change any more. */
export function askParameters(draft: Draft, step: PlannedStep): void {
  const { parameterSchema } = step.call ?? {};
  const { parameter } = draft.templateInput(step);
  if (parameterSchema === undefined) return;
  const value = parameter['parameters'];
  draft.effects.push({
    kind: 'evaluate-parameters',
    step: step.path,
    schema: parameterSchema,
    value: value === undefined || value === null ? {} : value,
  });
}

/** R8: the steps of the Workflow see these values, whatever they came from, until the call ends. */
export function onParameters(
  draft: Draft,
  { step: path, result }: Extract<Event, { kind: 'parameters' }>,
): void {
  if (draft.step(path).stage.kind !== 'parameters') return;
  if (result.ok && isObject(result.value)) {
    draft.setStep(path, { stage: { kind: 'group' }, parameters: result.value });
    return;
  }
  const message = result.ok ? 'parameters are no map' : faultText(result.faults);
  draft.end(path, { phase: 'failed', reason: 'Input', message });
}

/** What the Workflow gives, by name; null for what has no value. */
export function callOutputs(
  { index, state }: Draft,
  step: PlannedStep,
  { outputs }: PlannedCall,
): JsonObject {
  const { path } = step;
  // As a step of the Workflow that stands in no group.
  const scope = { context: contextOf(index, state, { ...step, space: path, parent: path }) };
  const values = outputs.map(({ name, from }): [string, Json] => [
    name,
    resolveIn(index, state, path, scope, from) ?? null,
  ]);
  return Object.fromEntries(values);
}
