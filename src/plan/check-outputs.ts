import { parseFieldPath } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import type { Parsed } from '../expr/expression.ts';
import { oneOf } from '../step-types/expression/json-kind.ts';
import { areApart, kindsOf } from '../step-types/schema/json-types.ts';
import type { InputSource } from './check-inputs.ts';
import type { DraftOutput, DraftStep } from './draft-step.ts';
import { cueNames, placeOfReference, reportExpressionFaults, type ParsedExpressions } from './expressions.ts';
import { propertyNames, schemaAt } from './schema-walk.ts';
import type { StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

/** Checks every `valueFrom` of a step. */
export async function checkOutputs(step: DraftStep, expressions: ParsedExpressions): Promise<void> {
  for (const output of step.outputs) {
    const parsed = await expressions.parse(output.valueFrom);
    const path = ['outputs', output.index, 'valueFrom'];
    if (parsed.ok) checkReferences(step, path, parsed);
    else reportExpressionFaults(step, path, parsed.faults);
  }
}

function checkReferences(
  step: DraftStep,
  path: readonly (string | number)[],
  parsed: Extract<Parsed, { ok: true }>,
): void {
  const visible = visibleNames(step);
  if (visible === undefined) return;
  const imported = new Set(parsed.imports.map((name) => name.split('/').at(-1)?.split(':').at(-1)));
  for (const reference of parsed.references) {
    if (step.reader.faults.isFull) return;
    const [root = ''] = reference.segments;
    if (visible.includes(root) || imported.has(root) || cueNames.has(root)) continue;
    const at = placeOfReference(step, path, reference);
    const what = step.isGroup ? 'a group' : `the step type ${step.type}`;
    step.reader.faults.add(
      'UnknownResult',
      at,
      `${what} has no result "${root}"; a \`valueFrom\` sees ${visible.join(', ')}`,
      didYouMean(root, visible),
    );
  }
}

/** Undefined when it cannot be known. */
function visibleNames(step: DraftStep): readonly string[] | undefined {
  if (step.isGroup) return ['context', 'parameter'];
  const schema = step.stepType?.resultSchema;
  if (schema === undefined || schemaAt(schema, ['\u0000'], true).kind !== 'none') return undefined;
  return [...propertyNames(schema), 'context', 'parameter'];
}

/** Reports outputs that nothing takes, and outputs whose type the parameter they go to refuses. */
export async function checkHandOver(
  index: StepIndex,
  sources: ReadonlyMap<DraftStep, readonly InputSource[]>,
  expressions: ParsedExpressions,
): Promise<void> {
  const used = new Set<string>();
  const hasUnknownInput = index.steps[0]?.reader.faults.has('UnknownInput') === true;
  for (const [step, inputs] of sources) {
    for (const source of inputs) {
      used.add(source.output);
      await checkType(step, source, index, expressions);
    }
  }
  // A misspelt input is told already; the output it meant would only be told a second time.
  if (hasUnknownInput) return;
  for (const [name, { step, output }] of index.outputs) {
    if (!used.has(name))
      step.reader.faults.warn(
        'UnusedOutput',
        step.reader.place('outputs', output.index, 'name'),
        `no step takes the output "${name}"`,
      );
  }
}

async function checkType(
  step: DraftStep,
  source: InputSource,
  index: StepIndex,
  expressions: ParsedExpressions,
): Promise<void> {
  const { stepType, reader } = step;
  const { target, index: at } = source.input;
  const output = index.outputs.get(source.output)?.output;
  if (stepType === undefined || step.isGroup || target === undefined || output === undefined) return;
  const given = await givenSchema(source, output, expressions);
  const wanted = schemaAt(stepType.parameterSchema, target, true);
  if (given === undefined || wanted.kind !== 'some' || !areApart(given, wanted.schema)) return;
  const [got, need] = [given, wanted.schema].map((schema) => oneOf([...(kindsOf(schema) ?? [])]));
  const key = source.input.parameterKey ?? '';
  const remedy = `convert it in the \`valueFrom\` of step "${source.producer.name}"`;
  reader.fault(
    'TypeMismatch',
    ['inputs', at, 'from'],
    `"${source.input.from}" is ${got}, but the parameter "${key}" of ${step.type} takes ${need}; ${remedy}`,
  );
}

/** From the schema that the output declares, else from what the step type says of a plain path such as `output.value`. */
async function givenSchema(
  source: InputSource,
  output: DraftOutput,
  expressions: ParsedExpressions,
): Promise<JsonObject | undefined> {
  const rest = parseFieldPath(`x${source.rest}`)?.slice(1) ?? [];
  const [schema, path] =
    output.schema === undefined ? await resultPath(source, output, expressions) : [output.schema, []];
  if (schema === undefined) return undefined;
  const found = schemaAt(schema, [...path, ...rest], false);
  return found.kind === 'some' ? found.schema : undefined;
}

async function resultPath(
  source: InputSource,
  output: DraftOutput,
  expressions: ParsedExpressions,
): Promise<readonly [JsonObject | undefined, readonly (string | number)[]]> {
  const text = output.valueFrom.trim();
  const path = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d{1,6}\])*$/.test(text)
    ? parseFieldPath(text)
    : undefined;
  const parsed = path === undefined ? undefined : await expressions.parse(output.valueFrom);
  return parsed?.ok === true && path !== undefined
    ? [source.producer.stepType?.resultSchema, path]
    : [undefined, []];
}
