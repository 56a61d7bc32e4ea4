import { parseDuration } from '../../api/duration.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { Mode } from '../../api/workflow.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../cluster/json-reading.ts';

/** A step as the spec of a run declares it, read without a check: another engine may have accepted what ours would not. */
export interface DeclaredStep {
  /** `deploy`, or `group/deploy` for a sub-step. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  /** '' without one. */
  readonly condition: string;
  readonly timeoutMs: number | undefined;
  /** Names of the steps that it waits for: `dependsOn`, `requires`, and those whose outputs it takes. */
  readonly needs: readonly string[];
  /** How its siblings are ordered. */
  readonly siblingMode: Mode;
  readonly properties: JsonObject;
  readonly subSteps: readonly DeclaredStep[];
}

/** The steps of a run in their order. `workflow` is the one that its `workflowRef` names, where it is known. */
export function declaredSteps(run: KubeObject, workflow?: KubeObject): readonly DeclaredStep[] {
  const isInline = isObject(valueAt(run, 'spec', 'workflowSpec'));
  const steps = isInline ? objectsAt(run, 'spec', 'workflowSpec', 'steps') : objectsAt(workflow, 'steps');
  const mode = isObject(valueAt(run, 'spec', 'mode'))
    ? objectAt(run, 'spec', 'mode')
    : objectAt(workflow, 'mode');
  const order = modeOf(mode['steps'], 'StepByStep');
  const subOrder = modeOf(mode['subSteps'], 'DAG');
  const makers = outputMakers(steps);
  return steps.map((step, index) => {
    const name = textAt(step, 'name') || `step-${index}`;
    const own = modeOf(step['mode'], subOrder);
    const subSteps = objectsAt(step, 'subSteps').map((sub, at) => {
      const subName = textAt(sub, 'name') || `step-${index}-${at}`;
      return readStep(
        sub,
        { name: subName, path: `${name}/${subName}`, siblingMode: own, subSteps: [] },
        makers,
      );
    });
    return readStep(step, { name, path: name, siblingMode: order, subSteps }, makers);
  });
}

function readStep(
  step: JsonObject,
  position: Pick<DeclaredStep, 'name' | 'path' | 'siblingMode' | 'subSteps'>,
  makers: ReadonlyMap<string, string>,
): DeclaredStep {
  const named = (field: 'dependsOn' | 'requires'): readonly unknown[] => {
    const names = step[field];
    return Array.isArray(names) ? names : [];
  };
  const sources = objectsAt(step, 'inputs').map((input) => makers.get(outputName(textAt(input, 'from'))));
  const needs = [...named('dependsOn'), ...named('requires'), ...sources].filter(
    (name): name is string => typeof name === 'string' && name !== position.name,
  );
  return {
    ...position,
    type: textAt(step, 'type'),
    condition: textAt(step, 'if'),
    timeoutMs: parseDuration(textAt(step, 'timeout')),
    needs: [...new Set(needs)],
    properties: objectAt(step, 'properties'),
  };
}

/** Which step makes the output of a name. */
function outputMakers(steps: readonly JsonObject[]): ReadonlyMap<string, string> {
  const makers = new Map<string, string>();
  const note = (step: JsonObject, name: string): void => {
    for (const output of objectsAt(step, 'outputs')) makers.set(textAt(output, 'name'), name);
  };
  steps.forEach((step, index) => {
    note(step, textAt(step, 'name') || `step-${index}`);
    objectsAt(step, 'subSteps').forEach((sub, at) => note(sub, textAt(sub, 'name') || `step-${index}-${at}`));
  });
  return makers;
}

function outputName(from: string): string {
  return /^[^.[]*/.exec(from)?.[0] ?? '';
}

function modeOf(value: unknown, fallback: Mode): Mode {
  return value === 'DAG' || value === 'StepByStep' ? value : fallback;
}
