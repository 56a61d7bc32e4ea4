import { isObject } from '../api/json.ts';
import { routeModel, type ModelEnvironment } from '../ops/model-route.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions } from '../store/port.ts';
import type { StepType } from '../step-types/step-type.ts';

/** The shorter deadline counts; a model step whose run names no model gets the operator's. */
export function finishPlan(
  plan: Plan,
  options: Pick<RunOptions, 'model' | 'timeoutMs'>,
  stepTypes: ReadonlyMap<string, StepType>,
): Plan {
  const deadlines = [plan.timeoutMs, options.timeoutMs].filter((ms) => ms !== undefined);
  const steps = plan.steps.map((step) => {
    const type = stepTypes.get(step.type);
    const takesModel =
      type?.callsModel === true &&
      isObject(type.parameterSchema['properties']) &&
      Object.hasOwn(type.parameterSchema['properties'], 'model');
    const isFilled = step.inputs.some(({ parameterKey }) => parameterKey === 'model');
    if (options.model === undefined || !takesModel || isFilled || step.properties['model'] !== undefined)
      return step;
    return { ...step, properties: { ...step.properties, model: options.model } };
  });
  return { ...plan, steps, timeoutMs: deadlines.length === 0 ? undefined : Math.min(...deadlines) };
}

/** Whether a step without a key and an address of its own can reach a model. */
export function modelAvailability(
  env: ModelEnvironment,
  offlineAllowed: boolean,
): 'available' | { missing: string } {
  const decision = routeModel({
    env,
    offlineAllowed,
    offlineUrl: 'http://127.0.0.1/v1',
    stepAuthorization: undefined,
  });
  return decision.kind === 'route' ? 'available' : { missing: `${decision.message}: ${decision.hint}` };
}
