import { parseDuration } from '../../api/duration.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { Mode } from '../../api/workflow.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../cluster/json-reading.ts';
import { defaultHandlersMs, type HandlerSection } from '../../plan/plan.ts';

/** A step as the spec of a run declares it, read without a check: another engine may have accepted what ours would not. */
export interface DeclaredStep {
  /** `deploy`, or `group/deploy` for a sub-step. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  /** The handlers that it is one of. */
  readonly section?: HandlerSection;
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

/** The steps of a run in their order, handlers last. `workflow` is the one that its `workflowRef` names, where it is known. */
export function declaredSteps(run: KubeObject, workflow?: KubeObject): readonly DeclaredStep[] {
  const source = sourceOf(run, workflow);
  const mode = isObject(valueAt(run, 'spec', 'mode'))
    ? objectAt(run, 'spec', 'mode')
    : objectAt(workflow, 'mode');
  const order = modeOf(mode['steps'], 'StepByStep');
  const subOrder = modeOf(mode['subSteps'], 'DAG');
  const written = writtenSteps(source);
  const makers = outputMakers(written);
  return written.map(({ step, fallback, section }) => {
    const name = textAt(step, 'name') || fallback;
    const own = modeOf(step['mode'], subOrder);
    const ofSection = section === undefined ? {} : { section };
    const subSteps = objectsAt(step, 'subSteps').map((sub, at) => {
      const subName = textAt(sub, 'name') || `${fallback}-${at}`;
      return readStep(
        sub,
        { ...ofSection, name: subName, path: `${name}/${subName}`, siblingMode: own, subSteps: [] },
        makers,
      );
    });
    const siblingMode = section === undefined ? order : 'StepByStep';
    return readStep(step, { ...ofSection, name, path: name, siblingMode, subSteps }, makers);
  });
}

/** What a section of handlers may take, in ms; undefined for a run without handlers. */
export function declaredHandlersMs(run: KubeObject, workflow?: KubeObject): number | undefined {
  const source = sourceOf(run, workflow);
  const hasHandlers = objectsAt(source, 'onFailure').length + objectsAt(source, 'finally').length > 0;
  return hasHandlers
    ? (parseDuration(textAt(source, 'handlers', 'timeout')) ?? defaultHandlersMs)
    : undefined;
}

/** The object that has the steps. */
function sourceOf(run: KubeObject, workflow: KubeObject | undefined): unknown {
  const isInline = isObject(valueAt(run, 'spec', 'workflowSpec'));
  return isInline ? objectAt(run, 'spec', 'workflowSpec') : workflow;
}

interface WrittenStep {
  readonly step: JsonObject;
  /** Its name where it gives none. */
  readonly fallback: string;
  readonly section: HandlerSection | undefined;
}

function writtenSteps(source: unknown): readonly WrittenStep[] {
  const of = (section: HandlerSection): readonly WrittenStep[] =>
    objectsAt(source, section).map((step, index) => ({ step, fallback: `${section}-${index}`, section }));
  const steps = objectsAt(source, 'steps').map((step, index) => ({
    step,
    fallback: `step-${index}`,
    section: undefined,
  }));
  return [...steps, ...of('onFailure'), ...of('finally')];
}

function readStep(
  step: JsonObject,
  position: Pick<DeclaredStep, 'name' | 'path' | 'section' | 'siblingMode' | 'subSteps'>,
  makers: ReadonlyMap<string, string>,
): DeclaredStep {
  const named = (field: 'dependsOn' | 'requires'): readonly unknown[] => {
    const names = step[field];
    return Array.isArray(names) ? names : [];
  };
  const read = [
    ...objectsAt(step, 'inputs').map((input) => textAt(input, 'from')),
    textAt(step, 'forEach', 'from'),
  ];
  const sources = read.map((from) => makers.get(outputName(from)));
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
function outputMakers(steps: readonly WrittenStep[]): ReadonlyMap<string, string> {
  const makers = new Map<string, string>();
  const note = (step: JsonObject, name: string): void => {
    for (const output of objectsAt(step, 'outputs')) makers.set(textAt(output, 'name'), name);
  };
  for (const { step, fallback } of steps) {
    note(step, textAt(step, 'name') || fallback);
    objectsAt(step, 'subSteps').forEach((sub, at) => note(sub, textAt(sub, 'name') || `${fallback}-${at}`));
  }
  return makers;
}

function outputName(from: string): string {
  return /^[^.[]*/.exec(from)?.[0] ?? '';
}

function modeOf(value: unknown, fallback: Mode): Mode {
  return value === 'DAG' || value === 'StepByStep' ? value : fallback;
}
