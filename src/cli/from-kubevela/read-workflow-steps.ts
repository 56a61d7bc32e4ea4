import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { Mode } from '../../api/workflow.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';

/** A step of a WorkflowRun or Workflow as it is written, whatever is wrong with it. */
export interface WrittenStep {
  readonly document: SourceDocument;
  readonly path: FieldPath;
  readonly name: string;
  readonly type: string;
  readonly value: JsonObject;
  /** How it stands to its siblings. */
  readonly mode: Mode;
  readonly siblings: readonly JsonObject[];
}

/** The steps and sub-steps of a document; none of one that is no workflow. */
export function readWorkflowSteps(document: SourceDocument): readonly WrittenStep[] {
  const root = objectOf(document.value);
  const spec = objectOf(root['spec']);
  const isRun = root['kind'] === 'WorkflowRun';
  if (!isRun && root['kind'] !== 'Workflow') return [];
  const mode = objectOf((isRun ? spec : root)['mode']);
  const steps = isRun ? objectOf(spec['workflowSpec'])['steps'] : root['steps'];
  const path = isRun ? ['spec', 'workflowSpec', 'steps'] : ['steps'];
  const top = stepsAt(document, path, steps, mode['steps'] === 'DAG' ? 'DAG' : 'StepByStep');
  return top.flatMap((step) => {
    const own = step.value['mode'] ?? mode['subSteps'];
    const subMode = own === 'StepByStep' ? 'StepByStep' : 'DAG';
    return [step, ...stepsAt(document, [...step.path, 'subSteps'], step.value['subSteps'], subMode)];
  });
}

function stepsAt(
  document: SourceDocument,
  path: FieldPath,
  list: Json | undefined,
  mode: Mode,
): readonly WrittenStep[] {
  const siblings = objectsOf(list);
  return siblings.map((value, index) => ({
    document,
    path: [...path, index],
    name: textOf(value['name']),
    type: textOf(value['type']),
    value,
    mode,
    siblings,
  }));
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** What of a list is objects; an index stays that of the list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
