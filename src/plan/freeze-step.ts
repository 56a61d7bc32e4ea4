import type { FieldPath } from '../yaml/source-document.ts';
import type { DraftCall, DraftStep } from './draft-step.ts';
import { lineage, type Edges } from './edges.ts';
import type { PlannedCall, PlannedExpression, PlannedStep } from './plan.ts';

/** A checked step as the engine takes it. What its groups and callers require binds it, too. */
export function freezeStep(step: DraftStep, all: ReadonlyMap<DraftStep, Edges>): PlannedStep {
  const { loop, call } = step;
  const { caller } = step.space;
  const edges = all.get(step);
  const condition = step.condition === undefined ? undefined : expressionAt(step, ['if'], step.condition);
  const conditionReads = edges?.conditionReads?.map(({ name }) => name);
  // An `if` that reads the item is asked for each; any other once, and what it lets through is let through as a whole.
  const letsAll = condition && { ...condition, text: 'always' };
  const isAskedEach = edges?.readsItem === true;
  return {
    path: step.path,
    name: caller === undefined ? step.name : step.path,
    ...(caller === undefined ? {} : { space: caller.path, ownName: step.name }),
    type: step.type,
    kind: step.isGroup || loop !== undefined ? 'group' : 'template',
    ...(step.section === undefined ? {} : { section: step.section }),
    parent: step.parent?.path,
    siblingMode: step.siblingMode,
    condition: loop !== undefined && isAskedEach ? letsAll : condition,
    conditionReads,
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
    timeoutMs: loop === undefined ? step.timeoutMs : undefined,
    retry: step.retry,
    isGate: step.stepType?.isGate === true,
    requires: pathsOf(new Set(lineage(step).flatMap((each) => all.get(each)?.requires ?? []))),
    place: step.reader.place(),
    ...(call === undefined ? {} : { call: frozenCall(call) }),
    ...(loop === undefined
      ? {}
      : {
          loop: {
            ...(loop.items === undefined ? {} : { items: loop.items }),
            ...(loop.from === undefined ? {} : { from: loop.from }),
            maxParallel: loop.maxParallel,
            failFast: loop.failFast,
            minItems: loop.minItems,
            each: {
              condition: isAskedEach ? condition : letsAll,
              conditionReads,
              timeoutMs: step.timeoutMs,
            },
          },
        }),
  };
}

function frozenCall({ workflow, parameterSchema, outputs }: DraftCall): PlannedCall {
  return {
    workflow,
    ...(parameterSchema === undefined ? {} : { parameterSchema }),
    outputs: outputs.map(({ name, from }) => ({ name, from })),
  };
}

function pathsOf(steps: Iterable<DraftStep>): readonly string[] {
  return [...steps].map(({ path }) => path);
}

function expressionAt(step: DraftStep, path: FieldPath, text: string): PlannedExpression {
  const { document, path: at } = step.reader;
  return { text, place: document.locateInScalar([...at, ...path], 1, 1) };
}
