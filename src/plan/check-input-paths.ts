import type { JsonObject } from '../api/json.ts';
import type { InputSource } from './check-inputs.ts';
import type { DraftStep } from './draft-step.ts';
import { placeOfReference, type ParsedExpressions } from './expressions.ts';
import { typeOfInput } from './output-type.ts';
import { pathsOf, propertyNames, schemaAt } from './schema-walk.ts';
import type { StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

/** Reports paths into outputs that cannot be there: in `from`, and in what an `if` reads of `inputs`. */
export async function checkInputPaths(
  step: DraftStep,
  inputs: readonly InputSource[],
  index: StepIndex,
  expressions: ParsedExpressions,
): Promise<void> {
  const types = new Map<string, JsonObject>();
  for (const source of inputs) {
    const output = index.outputs.get(source.output)?.output;
    if (output === undefined) continue;
    const found = await typeOfInput(source, output, expressions);
    if (found.kind === 'some') types.set(source.input.from, found.schema);
    if (found.kind === 'none')
      step.reader.fault(
        'UnknownInput',
        [...source.input.at, 'from'],
        `the output "${source.output}" of step "${source.producer.name}" has no "${source.rest.replace(/^\./, '')}"`,
      );
  }
  if (types.size > 0) await checkConditionPaths(step, types, expressions);
}

async function checkConditionPaths(
  step: DraftStep,
  types: ReadonlyMap<string, JsonObject>,
  expressions: ParsedExpressions,
): Promise<void> {
  if (step.condition === undefined || step.condition === 'always') return;
  const parsed = await expressions.parse(step.condition);
  if (!parsed.ok) return;
  for (const reference of parsed.references) {
    const [root, name = '', ...rest] = reference.segments;
    const schema = root === 'inputs' ? types.get(name) : undefined;
    if (schema === undefined || step.reader.faults.isFull) continue;
    if (pathsOf(rest).some((path) => schemaAt(schema, path, false).kind !== 'none')) continue;
    const at = placeOfReference(step, ['if'], reference);
    const message = `the input "${name}" has no "${rest.join('.')}"`;
    step.reader.faults.add('UnknownInput', at, message, didYouMean(rest[0] ?? '', propertyNames(schema)));
  }
}
