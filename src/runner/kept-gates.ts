import { stringifyJson, type JsonObject } from '../api/json.ts';
import { SluiceError } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { objectsAt, textAt, valueAt } from '../cluster/json-reading.ts';

/** Whether a step of the run requires a gate. */
export function hasRequiredGates(run: KubeObject): boolean {
  return stepsOf(run).some(({ requires }) => requires !== '');
}

/**
 * Throws SluiceError `invalid`/`GatesNotKept` when a server has not kept each `requires` of the run as it was sent: a CRD
 * that does not know the field prunes it, and the step would run whatever its gates decide.
 */
export function mustKeepGates(sent: KubeObject, kept: KubeObject): void {
  const after = stepsOf(kept);
  const lost = stepsOf(sent).filter(
    ({ requires }, at) => requires !== '' && after[at]?.requires !== requires,
  );
  if (lost.length === 0) return;
  const names = lost.map(({ name }) => name).join(', ');
  throw new SluiceError(
    'invalid',
    'GatesNotKept',
    `the cluster drops \`requires\` of ${names}: its CRD of WorkflowRuns does not know the field, and what stands behind the gates would run whatever they decide`,
    { hint: 'Install the CRDs of this version (sluice install --apply); nothing was created.' },
  );
}

/** Steps and sub-steps in order; `requires` as JSON, empty where there is none. */
function stepsOf(run: KubeObject): readonly { readonly name: string; readonly requires: string }[] {
  const read = (step: JsonObject, fallback: string): { name: string; requires: string } => {
    const requires = valueAt(step, 'requires');
    return {
      name: textAt(step, 'name') || fallback,
      requires: Array.isArray(requires) && requires.length > 0 ? stringifyJson(requires) : '',
    };
  };
  return objectsAt(run, 'spec', 'workflowSpec', 'steps').flatMap((step, index) => [
    read(step, `step-${index}`),
    ...objectsAt(step, 'subSteps').map((sub, at) => read(sub, `step-${index}-${at}`)),
  ]);
}
