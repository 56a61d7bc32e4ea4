import { stringifyJson, type JsonObject } from '../api/json.ts';
import { SluiceError } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { objectsAt, textAt, valueAt } from '../cluster/json-reading.ts';
import { handlerSections } from '../plan/read-handlers.ts';

/** Whether the run has what must not be dropped without a word: a step that requires a gate, or handlers. */
export function mustBeKept(run: KubeObject): boolean {
  return stepsOf(run).some(({ requires }) => requires !== '') || handlersOf(run).length > 0;
}

/**
 * Throws SluiceError `invalid`/`GatesNotKept` when a server has not kept each `requires` of the run as it was sent: a CRD
 * that does not know the field prunes it, and the step would run whatever its gates decide. Throws `HandlersNotKept` when
 * it has not kept the handlers, which would never run.
 */
export function checkKept(sent: KubeObject, kept: KubeObject): void {
  const dropped = handlersOf(sent).filter((section) => !handlersOf(kept).includes(section));
  if (dropped.length > 0)
    throw new SluiceError(
      'invalid',
      'HandlersNotKept',
      `the cluster drops \`${dropped.join('` and `')}\`: its CRD of WorkflowRuns does not know the field, and these steps would never run`,
      { hint },
    );
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
    { hint },
  );
}

const hint = 'Install the CRDs of this version (sluice install --apply); nothing was created.';

/** The sections of handlers that the run has. */
function handlersOf(run: KubeObject): readonly string[] {
  return handlerSections.filter((section) => objectsAt(run, 'spec', 'workflowSpec', section).length > 0);
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
  return ['steps', ...handlerSections].flatMap((section) => {
    const prefix = section === 'steps' ? 'step' : section;
    return objectsAt(run, 'spec', 'workflowSpec', section).flatMap((step, index) => [
      read(step, `${prefix}-${index}`),
      ...objectsAt(step, 'subSteps').map((sub, at) => read(sub, `${prefix}-${index}-${at}`)),
    ]);
  });
}
