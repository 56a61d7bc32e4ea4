import { parseFieldPath } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import { oneOf } from '../step-types/expression/json-kind.ts';
import { areApart, kindsOf } from '../step-types/schema/json-types.ts';
import type { DraftInput, DraftStep } from './draft-step.ts';
import { schemaAt } from './schema-walk.ts';
import { splitFrom, type StepIndex } from './step-index.ts';

/** Reports an input of a type that the parameter it goes to, or `forEach`, refuses. `given` undefined: it is not known. */
export function checkInputType(
  { stepType, reader, type }: DraftStep,
  { at, from, target, parameterKey = '' }: DraftInput,
  given: JsonObject | undefined,
  remedy: string,
): void {
  if (given === undefined) return;
  const report = (takes: string): void =>
    reader.fault('TypeMismatch', [...at, 'from'], `"${from}" is ${wordsOf(given)}, but ${takes}`);
  if (at[0] === 'forEach' && areApart(given, { type: 'array' })) report('`forEach` takes a list');
  if (stepType === undefined || target === undefined) return;
  const wanted = schemaAt(stepType.parameterSchema, target, true);
  if (wanted.kind === 'some' && areApart(given, wanted.schema))
    report(`the parameter "${parameterKey}" of ${type} takes ${wordsOf(wanted.schema)}; ${remedy}`);
}

/** Reports inputs that are parameters of the Workflow, of a type that the step refuses. */
export function checkParameterTypes(step: DraftStep, index: StepIndex): void {
  const { parameterSchema } = step.space;
  if (parameterSchema === undefined || step.stepType?.kind === 'group') return;
  for (const input of step.inputs) {
    const [root, key, ...path] = parseFieldPath(input.from) ?? [];
    if (root !== 'context' || key !== 'parameters' || splitFrom(input.from, index) !== undefined) continue;
    const found = schemaAt(parameterSchema, path, true);
    const given = found.kind === 'some' ? found.schema : undefined;
    checkInputType(step, input, given, 'declare it so in the `parameters` of the Workflow');
  }
}

function wordsOf(schema: JsonObject): string {
  return oneOf([...(kindsOf(schema) ?? [])]);
}
