import { lookUp, parseFieldPath, writeAt } from '../api/field-path.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import { namesItem } from '../plan/item-names.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { outputKey } from './output-key.ts';
import { outputNameOf, type PlanIndex } from './plan-index.ts';
import type { RunState } from './state.ts';
import { valueAt } from './variables.ts';

export type Filled =
  | { readonly ok: true; readonly parameter: JsonObject }
  | { readonly ok: false; readonly message: string };

/** The value that `from` names: an output, or a path into `context` or `parameter`. Undefined when there is none. */
export function resolveInput(
  index: PlanIndex,
  state: RunState,
  step: PlannedStep,
  context: JsonObject,
  from: string,
): Json | undefined {
  if (step.item !== undefined && namesItem(from)) {
    const scope = itemScope(state, step);
    return lookUp(scope, parseFieldPath(from) ?? ['']);
  }
  return resolveIn(index, state, step.space, { context, parameter: step.properties }, from);
}

/** The same of the workflow that the step at `space` calls, for who sees a scope of its own. */
export function resolveIn(
  index: PlanIndex,
  state: RunState,
  space: string | undefined,
  scope: JsonObject,
  from: string,
): Json | undefined {
  const name = outputNameOf(from, index.outputNames(space));
  if (name !== undefined) return valueAt(state.outputs[outputKey(space, name)], name, from);
  const path = parseFieldPath(from);
  return path === undefined ? undefined : lookUp(scope, path);
}

/** `item` and `index` of a step that is about one item of a list. */
export function itemScope(state: RunState, { parent = '', item = 0 }: PlannedStep): JsonObject {
  return { item: state.steps[parent]?.loop?.items?.[item] ?? null, index: item };
}

/** The step's parameter: its properties with every input written over them. */
export function fillInputs(
  index: PlanIndex,
  state: RunState,
  step: PlannedStep,
  context: JsonObject,
): Filled {
  let parameter: Json = step.properties;
  for (const { from, parameterKey } of step.inputs) {
    if (parameterKey === undefined || parameterKey === '') continue;
    const value = resolveInput(index, state, step, context, from);
    if (value === undefined)
      return { ok: false, message: `input "${from}" has no value: nothing stands at that path` };
    const path = parseFieldPath(parameterKey);
    if (path === undefined) return { ok: false, message: `parameterKey "${parameterKey}" is no path` };
    parameter = writeAt(parameter, path, value);
  }
  return { ok: true, parameter: isObject(parameter) ? parameter : {} };
}
