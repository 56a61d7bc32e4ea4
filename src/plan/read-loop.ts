import { stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import { fieldNames } from '../api/schema/schema-parts.ts';
import { forEachSchema } from '../api/schema/step-schema.ts';
import type { StepType } from '../step-types/step-type.ts';
import type { DraftLoop } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import { maxItems } from './plan.ts';

const known = fieldNames(forEachSchema);
const sources = ['items', 'from', 'matrix'];
const maxAtOnce = 20;

/** The `forEach` of a step, without its `from`, which is an input as any other. */
export function readLoop(
  step: FieldReader,
  { stepType, isSubStep }: { readonly stepType: StepType | undefined; readonly isSubStep: boolean },
): DraftLoop | undefined {
  const reader = step.child('forEach');
  if (reader === undefined) return undefined;
  reader.checkFields(known);
  const misplaced = whyNot(step, stepType, isSubStep);
  if (misplaced !== undefined) {
    step.faults.add('BadLoop', step.document.locate([...step.path, 'forEach'], 'key'), misplaced);
    return undefined;
  }
  const given = sources.filter((source) => reader.has(source));
  if (given.length !== 1) {
    const found =
      given.length === 0 ? 'it has none' : `it has ${given.map((each) => `\`${each}\``).join(' and ')}`;
    return reader.fault(
      'BadLoop',
      [],
      `\`forEach\` needs one of \`items\`, \`from\` and \`matrix\`: ${found}`,
    );
  }
  const from = reader.has('from') ? reader.requiredText('from', 'name an output that is a list') : undefined;
  const items = readItems(reader);
  if (!reader.has('matrix')) for (const field of ['include', 'exclude']) needsMatrix(reader, field);
  const minItems = reader.integer('minItems', 0, maxItems, 'BadLoop') ?? 0;
  if (items !== undefined && items.length < minItems)
    reader.fault(
      'BadLoop',
      ['minItems'],
      `the list has fewer items (${items.length}) than \`minItems\` (${minItems})`,
    );
  return {
    from,
    items,
    maxParallel: reader.integer('maxParallel', 1, maxAtOnce, 'BadLoop') ?? 1,
    failFast: reader.flag('failFast') ?? true,
    minItems,
  };
}

/** Why a step cannot be done once for each item. */
function whyNot(step: FieldReader, stepType: StepType | undefined, isSubStep: boolean): string | undefined {
  if (isSubStep)
    return 'a sub-step cannot have `forEach`: status has two levels, and the items would be a third; take the step out of the group';
  if (stepType?.kind === 'call')
    return 'a step that calls a Workflow cannot have `forEach`: the sub-steps of each item would be a level of status that there is not; loop inside the Workflow';
  if (stepType?.kind === 'group' || (stepType === undefined && step.has('subSteps')))
    return 'a group cannot have `forEach`: status has two levels, and the sub-steps of each item would be a third; give `forEach` to single steps';
  if (stepType?.isGate === true)
    return 'a gate cannot have `forEach`: who requires it needs one verdict, not one for each item; judge all of them in one gate, or write a gate for each';
  return undefined;
}

function needsMatrix(reader: FieldReader, field: string): void {
  if (reader.has(field)) reader.fault('BadLoop', [field], `\`${field}\` needs a \`matrix\``);
}

function readItems(reader: FieldReader): readonly Json[] | undefined {
  const items = reader.has('matrix') ? readMatrix(reader) : reader.list('items');
  const field = reader.has('matrix') ? 'matrix' : 'items';
  if (items === undefined || items.length <= maxItems) return items;
  return reader.fault('BadLoop', [field], `there are ${items.length} items; at most ${maxItems} are allowed`);
}

/** Every combination of one value of each list, the last list fastest; without those of `exclude`, and then those of `include`. */
function readMatrix(reader: FieldReader): readonly JsonObject[] | undefined {
  const lists = readLists(reader);
  if (lists === undefined) return undefined;
  const size = lists.reduce((product, [, values]) => product * values.length, 1);
  if (size > maxItems)
    return reader.fault(
      'BadLoop',
      ['matrix'],
      `the matrix has ${size} combinations; at most ${maxItems} are allowed`,
    );
  let items: readonly JsonObject[] = [{}];
  for (const [name, values] of lists)
    items = items.flatMap((item) => values.map((value) => ({ ...item, [name]: value })));
  const names = lists.map(([name]) => name);
  const excluded = readCombinations(reader, 'exclude', names);
  const included = readCombinations(reader, 'include', names);
  const kept = items.filter((item) => !excluded.some((each) => isPartOf(each, item)));
  if (kept.length + included.length > 0) return [...kept, ...included];
  return reader.fault('BadLoop', ['exclude'], '`exclude` leaves no combination of the matrix');
}

function readLists(reader: FieldReader): readonly (readonly [string, readonly Json[]])[] | undefined {
  const matrix = reader.child('matrix');
  if (matrix === undefined) return undefined;
  const names = Object.keys(matrix.value);
  if (names.length === 0)
    return reader.fault('BadLoop', ['matrix'], '`matrix` is empty; give it named lists');
  const lists = names.map((name) => [name, matrix.list(name) ?? []] as const);
  const empty = lists.find(([, values]) => values.length === 0);
  if (empty === undefined) return lists;
  // What is no list at all has been reported.
  if (matrix.list(empty[0])?.length === 0)
    matrix.fault('BadLoop', [empty[0]], `the list "${empty[0]}" is empty, so that there is no combination`);
  return undefined;
}

/** `exclude` names some of the lists in each item, `include` all of them: every item of the list then has the same fields. */
function readCombinations(
  reader: FieldReader,
  field: 'exclude' | 'include',
  names: readonly string[],
): readonly JsonObject[] {
  const given = reader.list(field)?.length ?? 0;
  if (given > maxItems) {
    reader.fault('BadLoop', [field], `\`${field}\` has ${given} items; at most ${maxItems} are allowed`);
    return [];
  }
  return reader.children(field).map(({ value }, at) => {
    const unknown = Object.keys(value).find((name) => !names.includes(name));
    const missing = names.find((name) => !Object.hasOwn(value, name));
    if (unknown !== undefined)
      reader.fault(
        'BadLoop',
        [field, at, unknown],
        `the matrix has no list "${unknown}"; it has ${names.join(', ')}`,
      );
    else if (Object.keys(value).length === 0)
      reader.fault('BadLoop', [field, at], `an item of \`${field}\` is empty`);
    else if (field === 'include' && missing !== undefined)
      reader.fault(
        'BadLoop',
        [field, at],
        `an item of \`include\` needs a value for each list of the matrix; "${missing}" is missing`,
      );
    return value;
  });
}

function isPartOf(part: JsonObject, item: JsonObject): boolean {
  return Object.entries(part).every(
    ([name, value]) => stringifyJson(value) === stringifyJson(item[name] ?? null),
  );
}
