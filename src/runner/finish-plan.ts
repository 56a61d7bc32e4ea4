import { isSluiceError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import { chooseServer, type ModelSurroundings } from '../llm/settings/choose-server.ts';
import type { PlanDependencies } from '../plan/compile-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions } from '../store/port.ts';
import type { StepType } from '../step-types/step-type.ts';

/** The shorter deadline counts; a model step that names neither model nor server gets the operator's model. */
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
    const { model, server } = step.properties;
    if (options.model === undefined || !takesModel || isFilled || model !== undefined || server !== undefined)
      return step;
    return { ...step, properties: { ...step.properties, model: options.model } };
  });
  return { ...plan, steps, timeoutMs: deadlines.length === 0 ? undefined : Math.min(...deadlines) };
}

/** Whether a step without a key and an address of its own can reach a model; if not, the servers that it may name. */
export function modelAvailability(surroundings: ModelSurroundings): NonNullable<PlanDependencies['model']> {
  try {
    chooseServer({}, surroundings);
    return 'available';
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const servers = surroundings.settings.servers.map(({ name }) => name);
    return { missing: `${error.message}${error.hint === undefined ? '' : `: ${error.hint}`}`, servers };
  }
}
