import { lookUp } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import type { Place } from '../api/place.ts';
import type { Reference } from '../expr/expression.ts';
import { hasContext, unknownContext } from './context-names.ts';
import type { DraftStep } from './draft-step.ts';
import { cueNames, placeOfReference, reportExpressionFaults, type ParsedExpressions } from './expressions.ts';
import { itemNames, namesItem } from './item-names.ts';
import { ends, type StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

const scopeNames = ['status', 'inputs', 'context', 'parameter'];

const statusFields =
  'id name type phase message reason firstExecuteTime lastExecuteTime failed succeeded skipped timeout failedAfterRetries terminate'.split(
    ' ',
  );

/** What an `if` reads of the status of steps. */
export interface ConditionReads {
  /** Steps that it names. */
  readonly steps: readonly DraftStep[];
  /** It reads no others: `status` never stands without a name. */
  readonly isAll: boolean;
  /** It reads the item that a step with `forEach` is at, or its position. */
  readonly readsItem: boolean;
}

const readsNothing: ConditionReads = { steps: [], isAll: true, readsItem: false };

/** Checks the `if` of a step. */
export async function checkCondition(
  step: DraftStep,
  index: StepIndex,
  runContext: JsonObject | undefined,
  expressions: ParsedExpressions,
): Promise<ConditionReads> {
  const text = step.condition;
  if (text === undefined || text === 'always') return readsNothing;
  const hyphenated = hyphenatedName(text, step, index);
  const parsed = await expressions.parse(text);
  if (!parsed.ok) {
    reportExpressionFaults(
      step,
      ['if'],
      parsed.faults,
      hyphenated ?? (text.trim() === 'always' ? 'always' : undefined),
    );
    return readsNothing;
  }
  if (parsed.imports.length > 0)
    step.reader.fault(
      'ImportInCondition',
      ['if'],
      'an `if` cannot import packages; compute the value in the `valueFrom` of an output, and read it through `inputs`',
    );
  if (hyphenated !== undefined) {
    const at = placeOfReference(step, ['if'], { line: 1, column: 1 });
    step.reader.faults.add(
      'BadExpression',
      at,
      'a name with a hyphen must stand in brackets and quotes, else CUE reads a subtraction',
      { suggestion: hyphenated },
    );
    return readsNothing;
  }
  const imported = new Set(parsed.imports.map((path) => path.split('/').at(-1)?.split(':').at(-1)));
  const read = new Set<DraftStep>();
  for (const reference of parsed.references) {
    if (imported.has(reference.segments[0]) || step.reader.faults.isFull) continue;
    const found = checkReference(reference, step, index, runContext);
    if (found !== undefined) read.add(found);
  }
  const isAll = parsed.references.every(({ segments }) => segments[0] !== 'status' || segments.length > 1);
  const readsItem = parsed.references.some(
    ({ segments: [root, name] }) => root === 'inputs' && (name === undefined || namesItem(name)),
  );
  return { steps: [...read], isAll, readsItem };
}

/** `status.my-step.failed` as it should be written, when a step or an input has such a name. */
function hyphenatedName(text: string, step: DraftStep, index: StepIndex): string | undefined {
  for (const [, root, path = ''] of text.matchAll(/(?<![\w."])(status|inputs)\.([\w.-]*)/g)) {
    const isName = (name: string): boolean =>
      root === 'status' ? index.byName.has(name) : step.inputs.some(({ from }) => from === name);
    const names = ends(path, /[.-]/g).map((end) => path.slice(0, end));
    const name = names.find((candidate) => candidate.includes('-') && isName(candidate));
    if (name !== undefined) return `${root}[${JSON.stringify(name)}]`;
  }
  return undefined;
}

function checkReference(
  reference: Reference,
  step: DraftStep,
  index: StepIndex,
  runContext: JsonObject | undefined,
): DraftStep | undefined {
  const { faults } = step.reader;
  const [root = '', name, ...rest] = reference.segments;
  const at = placeOfReference(step, ['if'], reference);
  if (!scopeNames.includes(root)) {
    if (cueNames.has(root)) return undefined;
    const always = root.toLowerCase() === 'always' ? { suggestion: 'always' } : didYouMean(root, scopeNames);
    const suggestion = index.byName.has(root) ? { suggestion: `status[${JSON.stringify(root)}]` } : always;
    faults.add(
      'UnknownReference',
      at,
      `an \`if\` cannot see "${root}": it sees status, inputs, context and parameter`,
      suggestion,
    );
    return undefined;
  }
  if (name === undefined) return undefined;
  switch (root) {
    case 'status':
      return checkStatus(name, rest, reference, step, index);
    case 'inputs':
      if (step.loop !== undefined && itemNames.has(name)) return undefined;
      if (!step.inputs.some(({ from }) => from === name)) {
        const near = didYouMean(
          name,
          step.inputs.map(({ from }) => from),
        );
        faults.add(
          'UndeclaredInput',
          at,
          `the step does not declare an input "${name}"; add \`- from: ${name}\` to its inputs`,
          near.suggestion === undefined ? {} : { suggestion: `inputs[${JSON.stringify(near.suggestion)}]` },
        );
      }
      return undefined;
    case 'context':
      checkContext([name, ...rest], at, step, runContext);
      return undefined;
    default:
      if (
        lookUp(step.properties, indices([name, ...rest])) === undefined &&
        lookUp(step.properties, [name, ...rest]) === undefined
      )
        faults.add(
          'UnknownParameterPath',
          at,
          `there is no "${reference.segments.join('.')}": an \`if\` sees the properties of the step as written`,
          prefixed('parameter', didYouMean(name, Object.keys(step.properties)).suggestion),
        );
      return undefined;
  }
}

function checkContext(
  path: readonly string[],
  at: Place,
  step: DraftStep,
  runContext: JsonObject | undefined,
): void {
  if (hasContext(indices(path), runContext, step) || hasContext(path, runContext, step)) return;
  const { why, ...meant } = unknownContext(path, runContext, step);
  step.reader.faults.add('UnknownContext', at, `there is no "context.${path.join('.')}": ${why}`, meant);
}

function checkStatus(
  name: string,
  rest: readonly string[],
  reference: Reference,
  step: DraftStep,
  index: StepIndex,
): DraftStep | undefined {
  const { faults } = step.reader;
  const at = placeOfReference(step, ['if'], reference);
  const named = index.byName.get(name);
  if (named === undefined) {
    const near = aliased(name, index) ?? didYouMean(name, index.byName.keys()).suggestion;
    faults.add(
      'UnknownStep',
      at,
      `there is no step "${name}", whose status this \`if\` reads`,
      near === undefined ? {} : { suggestion: near },
    );
    return undefined;
  }
  const [field] = rest;
  if (field !== undefined && !statusFields.includes(field))
    faults.add(
      'UnknownStatusField',
      at,
      `the status of a step has no "${field}"; it has ${statusFields.join(', ')}`,
      nearField(field),
    );
  return named;
}

/** `success` and `fail` are near in meaning, if not in letters. */
function nearField(field: string): { readonly suggestion?: string } {
  const near = didYouMean(field, statusFields);
  if (near.suggestion !== undefined || field.length < 4) return near;
  const alike = statusFields.find((name) => name.startsWith(field.slice(0, 4).toLowerCase()));
  return alike === undefined ? {} : { suggestion: alike };
}

/** KubeVela also knows a step under its property `name` or `component`; here it has its own name only. */
function aliased(name: string, index: StepIndex): string | undefined {
  return index.steps.find(({ properties }) => properties['name'] === name || properties['component'] === name)
    ?.name;
}

/** Positions in a list come as text in a reference. */
function indices(segments: readonly string[]): readonly (string | number)[] {
  return segments.map((segment) => (/^[0-9]{1,6}$/.test(segment) ? Number(segment) : segment));
}

function prefixed(root: string, name: string | undefined): { suggestion?: string } {
  return name === undefined ? {} : { suggestion: `${root}.${name}` };
}
