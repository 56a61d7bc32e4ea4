import type { FieldPath } from '../yaml/source-document.ts';
import type { DraftStep } from './draft-step.ts';
import type { Edges } from './edges.ts';
import type { PlannedExpression, PlannedStep } from './plan.ts';

/** A checked step as the engine takes it. What its group requires binds it, too. */
export function freezeStep(step: DraftStep, edges: Edges | undefined, ofGroup?: Edges): PlannedStep {
  const { condition } = step;
  return {
    path: step.path,
    name: step.name,
    type: step.type,
    kind: step.isGroup ? 'group' : 'template',
    ...(step.section === undefined ? {} : { section: step.section }),
    parent: step.parent?.path,
    siblingMode: step.siblingMode,
    condition: condition === undefined ? undefined : expressionAt(step, ['if'], condition),
    conditionReads: edges?.conditionReads?.map(({ name }) => name),
    after: pathsOf(edges?.after ?? []),
    dependsOn: pathsOf(edges?.dependsOn ?? []),
    inputs: step.inputs.map(({ from, parameterKey }) =>
      parameterKey === undefined ? { from } : { from, parameterKey },
    ),
    outputs: step.outputs.map(({ name, valueFrom, schema, sensitive, index }) => ({
      name,
      valueFrom: expressionAt(step, ['outputs', index, 'valueFrom'], valueFrom),
      schema,
      sensitive,
    })),
    properties: step.properties,
    timeoutMs: step.timeoutMs,
    retry: step.retry,
    isGate: step.stepType?.isGate === true,
    requires: pathsOf(new Set([...(ofGroup?.requires ?? []), ...(edges?.requires ?? [])])),
    place: step.reader.place(),
  };
}

function pathsOf(steps: Iterable<DraftStep>): readonly string[] {
  return [...steps].map(({ path }) => path);
}

function expressionAt(step: DraftStep, path: FieldPath, text: string): PlannedExpression {
  const { document, path: at } = step.reader;
  return { text, place: document.locateInScalar([...at, ...path], 1, 1) };
}
