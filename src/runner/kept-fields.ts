import { isObject, stringifyJson, type JsonObject } from '../api/json.ts';
import { SluiceError } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { objectsAt, textAt, valueAt } from '../cluster/json-reading.ts';
import { handlerSections } from '../plan/read-handlers.ts';

/** Whether the run has what must not be dropped without a word: a step that requires a gate or has a list, handlers, a group, parameters. */
export function mustBeKept(run: KubeObject): boolean {
  const hasSuch = stepsOf(run).some(({ requires, forEach }) => requires !== '' || forEach !== '');
  return hasSuch || handlersOf(run).length > 0 || hasGroup(run) || parametersOf(run) !== '';
}

/**
 * Throws SluiceError `invalid`/`GatesNotKept` when a server has not kept each `requires` of the run as it was sent: a CRD
 * that does not know the field prunes it, and the step would run whatever its gates decide. Throws `HandlersNotKept` when
 * it has not kept the handlers, which would never run, and `ListsNotKept` when it has not kept each `forEach`. Throws
 * `ConcurrencyNotKept` when it has not kept the group, which would lock nothing, and `ParametersNotKept` when it has not kept
 * the parameters, whose defaults would count.
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
  if (hasGroup(sent) && !hasGroup(kept))
    throw new SluiceError(
      'invalid',
      'ConcurrencyNotKept',
      'the cluster drops `concurrency`: its CRD of WorkflowRuns does not know the field, and the run would not wait for others of its group',
      { hint },
    );
  if (parametersOf(sent) !== parametersOf(kept))
    throw new SluiceError(
      'invalid',
      'ParametersNotKept',
      'the cluster drops `parameters`: its CRD of WorkflowRuns does not know the field, and the Workflow would run with its defaults',
      { hint },
    );
  const once = lostOf('forEach', sent, kept);
  if (once !== '')
    throw new SluiceError(
      'invalid',
      'ListsNotKept',
      `the cluster drops \`forEach\` of ${once}: its CRD of WorkflowRuns does not know the field, and what is to be done for each item would be done once`,
      { hint },
    );
  const names = lostOf('requires', sent, kept);
  if (names === '') return;
  throw new SluiceError(
    'invalid',
    'GatesNotKept',
    `the cluster drops \`requires\` of ${names}: its CRD of WorkflowRuns does not know the field, and what stands behind the gates would run whatever they decide`,
    { hint },
  );
}

const hint = 'Install the CRDs of this version (sluice install --apply); nothing was created.';

/** Names of the steps whose field is not what was sent; '' when there are none. */
function lostOf(field: 'requires' | 'forEach', sent: KubeObject, kept: KubeObject): string {
  const after = stepsOf(kept);
  const lost = stepsOf(sent).filter((step, at) => step[field] !== '' && after[at]?.[field] !== step[field]);
  return lost.map(({ name }) => name).join(', ');
}

function hasGroup(run: KubeObject): boolean {
  return textAt(run, 'spec', 'concurrency', 'group') !== '';
}

/** Names of the parameters that the run gives, in one order. */
function parametersOf(run: KubeObject): string {
  const given = valueAt(run, 'spec', 'parameters');
  return isObject(given) ? Object.keys(given).toSorted().join() : '';
}

/** The sections of handlers that the run has. */
function handlersOf(run: KubeObject): readonly string[] {
  return handlerSections.filter((section) => objectsAt(run, 'spec', 'workflowSpec', section).length > 0);
}

interface CheckedStep {
  readonly name: string;
  /** As JSON; empty where there is none. */
  readonly requires: string;
  /** Its fields, in one order; empty where there is none. */
  readonly forEach: string;
}

/** Steps and sub-steps in order. */
function stepsOf(run: KubeObject): readonly CheckedStep[] {
  const read = (step: JsonObject, fallback: string): CheckedStep => {
    const requires = valueAt(step, 'requires');
    const forEach = valueAt(step, 'forEach');
    return {
      name: textAt(step, 'name') || fallback,
      requires: Array.isArray(requires) && requires.length > 0 ? stringifyJson(requires) : '',
      forEach: isObject(forEach) ? Object.keys(forEach).toSorted().join() : '',
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
