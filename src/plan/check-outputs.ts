import { lookUp } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import type { Parsed, Reference } from '../expr/expression.ts';
import { checkInputType } from './check-input-type.ts';
import { checkInputPaths } from './check-input-paths.ts';
import type { InputSource } from './check-inputs.ts';
import { hasContext, unknownContext } from './context-names.ts';
import type { Place } from '../api/place.ts';
import type { DraftStep } from './draft-step.ts';
import { cueNames, placeOfReference, reportExpressionFaults, type ParsedExpressions } from './expressions.ts';
import { typeOfInput } from './output-type.ts';
import { pathsOf, propertyNames, schemaAt } from './schema-walk.ts';
import type { StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

type Path = readonly (string | number)[];

/** Checks every `valueFrom` of a step. */
export async function checkOutputs(
  step: DraftStep,
  runContext: JsonObject | undefined,
  expressions: ParsedExpressions,
): Promise<void> {
  for (const output of step.outputs) {
    const parsed = await expressions.parse(output.valueFrom);
    const path = ['outputs', output.index, 'valueFrom'];
    if (parsed.ok) checkReferences(step, path, runContext, parsed);
    else reportExpressionFaults(step, path, parsed.faults);
  }
}

function checkReferences(
  step: DraftStep,
  path: Path,
  runContext: JsonObject | undefined,
  parsed: Extract<Parsed, { ok: true }>,
): void {
  const imported = new Set(parsed.imports.map((name) => name.split('/').at(-1)?.split(':').at(-1)));
  for (const reference of parsed.references) {
    if (step.reader.faults.isFull) return;
    const [root = ''] = reference.segments;
    if (imported.has(root) || cueNames.has(root)) continue;
    const at = placeOfReference(step, path, reference);
    if (root === 'context') checkContext(step, at, runContext, reference);
    else if (root === 'parameter') checkParameter(step, at, reference);
    else checkResult(step, at, reference);
  }
}

function checkContext(
  step: DraftStep,
  at: Place,
  runContext: JsonObject | undefined,
  { segments }: Reference,
): void {
  const isThere = pathsOf(segments.slice(1)).some(
    (path) => path.length === 0 || hasContext(path, runContext, step),
  );
  if (isThere) return;
  const { why, ...meant } = unknownContext(segments.slice(1), runContext, step);
  step.reader.faults.add('UnknownContext', at, `there is no "${segments.join('.')}": ${why}`, meant);
}

/** What a step is given, what an input will fill, and what its type declares. */
function checkParameter(step: DraftStep, at: Place, { segments }: Reference): void {
  const schema = step.stepType?.parameterSchema;
  if (isPlainGroup(step) || schema === undefined || segments.length < 2) return;
  const isFilled = step.inputs.some(({ target }) => target !== undefined && target[0] === segments[1]);
  const isThere = pathsOf(segments.slice(1)).some(
    (path) => lookUp(step.properties, path) !== undefined || schemaAt(schema, path, true).kind !== 'none',
  );
  if (isFilled || isThere) return;
  step.reader.faults.add(
    'UnknownParameterPath',
    at,
    `the step type ${step.type} has no "${segments.join('.')}"`,
    didYouMean(segments[1] ?? '', propertyNames(schema)),
  );
}

function checkResult(step: DraftStep, at: Place, { segments }: Reference): void {
  const schema = isPlainGroup(step) ? noResult : step.stepType?.resultSchema;
  if (schema === undefined) return;
  const depth = segments.findIndex((_segment, last) => !isReadable(schema, segments.slice(0, last + 1)));
  if (depth < 0) return;
  const siblings = namesAt(schema, segments.slice(0, depth));
  const visible = depth === 0 ? [...siblings, 'context', 'parameter'] : siblings;
  const what = isPlainGroup(step) ? 'a group' : `the step type ${step.type}`;
  const sees = depth === 0 ? 'a `valueFrom`' : `"${segments.slice(0, depth).join('.')}"`;
  const has = depth === 0 ? 'sees' : 'has';
  step.reader.faults.add(
    'UnknownResult',
    at,
    `${what} has no result "${segments.slice(0, depth + 1).join('.')}"${visible.length === 0 ? '' : `; ${sees} ${has} ${visible.join(', ')}`}`,
    didYouMean(segments[depth] ?? '', visible),
  );
}

function isPlainGroup({ isGroup, stepType }: DraftStep): boolean {
  return isGroup && stepType?.kind !== 'call';
}

const noResult: JsonObject = { type: 'object', additionalProperties: false };

function isReadable(schema: JsonObject, segments: readonly string[]): boolean {
  return pathsOf(segments).some((path) => schemaAt(schema, path, false).kind !== 'none');
}

/** Hidden fields and definitions can be read, but nobody is to be pointed at them. */
function namesAt(schema: JsonObject, segments: readonly string[]): readonly string[] {
  const found = schemaAt(schema, segments, false);
  const names = found.kind === 'some' ? propertyNames(found.schema) : [];
  return names.filter((name) => !/^[_#$]/.test(name));
}

/** Reports outputs that nothing takes and that are not `given` to a caller, and outputs whose type the parameter they go to refuses. */
export async function checkHandOver(
  index: StepIndex,
  sources: ReadonlyMap<DraftStep, readonly InputSource[]>,
  given: ReadonlySet<string>,
  expressions: ParsedExpressions,
): Promise<void> {
  const used = new Set(given);
  const hasUnknownInput = index.steps[0]?.reader.faults.has('UnknownInput') === true;
  for (const [step, inputs] of sources) {
    for (const source of inputs) {
      used.add(source.output);
      await checkType(step, source, index, expressions);
    }
    await checkInputPaths(step, inputs, index, expressions);
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
  const output = index.outputs.get(source.output)?.output;
  if (output === undefined || step.stepType?.kind === 'group') return;
  const found = await typeOfInput(source, output, expressions);
  const given = found.kind === 'some' ? found.schema : undefined;
  const remedy = `convert it in the \`valueFrom\` of step "${source.producer.name}"`;
  checkInputType(step, source.input, given, remedy);
}
