import { isSluiceError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import type { Clusters } from '../cluster/port.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import type { StepType } from '../step-types/step-type.ts';

/**
 * Asks the default cluster for the run's namespace where a step is going to use it that waits for no gate: a cluster that is out of
 * reach is trouble of the surroundings, told before anything runs. What it answers, also that it is forbidden to ask, does not
 * matter. Throws SluiceError `environment`.
 */
export async function reachDefaultCluster(
  { run, steps }: Plan,
  stepTypes: ReadonlyMap<string, StepType>,
  clusters: Clusters,
): Promise<void> {
  if (clusters.kind === 'memory' || !steps.some((step) => usesDefault(step, stepTypes.get(step.type))))
    return;
  try {
    const cluster = await clusters.get('');
    await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: run.namespace });
  } catch (error) {
    if (isSluiceError(error) && error.kind === 'environment') throw error;
  }
}

/** Whose cluster an input fills in is known only when it runs. */
function usesDefault({ requires, properties, inputs }: PlannedStep, stepType: StepType | undefined): boolean {
  const parameters = stepType?.parameterSchema['properties'];
  if (requires.length > 0 || !isObject(parameters) || parameters['cluster'] === undefined) return false;
  const { cluster } = properties;
  return (
    (cluster === undefined || cluster === '') &&
    !inputs.some(({ parameterKey }) => parameterKey === 'cluster')
  );
}
