import { parseFieldPath } from '../api/field-path.ts';
import { fieldNames } from '../api/schema/schema-parts.ts';
import {
  inputSchema,
  metaSchema,
  outputSchema,
  stepSchema,
  subStepSchema,
} from '../api/schema/step-schema.ts';
import type { Mode } from '../api/workflow.ts';
import type { StepType } from '../step-types/step-type.ts';
import type { DraftInput, DraftLoop, DraftOutput, DraftStep } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import type { NameSpace } from './name-space.ts';
import type { HandlerSection } from './plan.ts';
import { readLoop } from './read-loop.ts';
import { readRetry } from './read-retry.ts';

const known = {
  step: fieldNames(stepSchema),
  subStep: fieldNames(subStepSchema),
  input: fieldNames(inputSchema),
  output: fieldNames(outputSchema),
  meta: fieldNames(metaSchema),
};

/** Inputs, outputs and dependencies of one step. */
const maxItems = 1000;

/** Largest `[i]` in a `parameterKey`: shorter lists are padded, which must not take much memory. */
const maxPosition = 1000;

export interface StepPosition {
  readonly space: NameSpace;
  readonly parent: DraftStep | undefined;
  readonly section: HandlerSection | undefined;
  readonly position: number;
  readonly siblingMode: Mode;
  /** Name of a step that has none, as KubeVela gives it. */
  readonly defaultName: string;
}

/** The step that `reader` stands at. Its sub-steps are read apart. */
export function readStep(
  reader: FieldReader,
  place: StepPosition,
  stepTypeOf: (name: string) => StepType | undefined,
): DraftStep {
  const { space, parent, section, position, siblingMode } = place;
  const isSubStep = parent !== space.caller;
  reader.checkFields(!isSubStep ? known.step : [...known.subStep, 'subSteps', 'mode', 'forEach']);
  reader.child('meta')?.checkFields(known.meta);
  reader.child('meta')?.text('alias');
  const name = readName(reader) ?? place.defaultName;
  const type = reader.requiredText('type', 'name a step type') ?? '';
  const stepType = stepTypeOf(type);
  const loop = readLoop(reader, { stepType, isSubStep });
  return {
    reader,
    name,
    path: parent === undefined ? name : `${parent.path}/${name}`,
    space,
    type,
    stepType,
    // Of a type that is not known, sub-steps say that a group was meant.
    isGroup: stepType === undefined ? reader.has('subSteps') : stepType.kind !== 'template',
    parent,
    section,
    position,
    siblingMode,
    condition: readCondition(reader),
    dependsOn: isTooLong(reader, 'dependsOn') ? [] : reader.texts('dependsOn'),
    requires: isTooLong(reader, 'requires') ? [] : readRequires(reader),
    inputs: [
      ...listInput(loop),
      ...(isTooLong(reader, 'inputs') ? [] : reader.children('inputs').flatMap(readInput)),
    ],
    outputs: isTooLong(reader, 'outputs') ? [] : reader.children('outputs').flatMap(readOutput),
    properties: reader.object('properties') ?? {},
    timeoutMs: reader.duration('timeout'),
    retry: readRetry(reader),
    loop,
    call: undefined,
  };
}

/** A list that comes from elsewhere is an input: it is checked, and waited for, as any other. */
function listInput(loop: DraftLoop | undefined): readonly DraftInput[] {
  if (loop?.from === undefined) return [];
  return [{ at: ['forEach'], from: loop.from, parameterKey: undefined, target: undefined }];
}

function isTooLong(reader: FieldReader, key: string): boolean {
  const value = reader.value[key];
  if (!Array.isArray(value) || value.length <= maxItems) return false;
  reader.fault(
    'TooManyItems',
    [key],
    `\`${key}\` has ${value.length} items; at most ${maxItems} are allowed in a step`,
  );
  return true;
}

/** An empty name would be a gate that nobody asks. */
function readRequires(reader: FieldReader): DraftStep['requires'] {
  return reader.texts('requires').filter(({ value, index }) => {
    if (value.trim() !== '') return true;
    reader.fault('MissingField', ['requires', index], 'an item of `requires` is empty: name a gate');
    return false;
  });
}

function readName(reader: FieldReader): string | undefined {
  const name = reader.text('name');
  if (name === undefined || name === '') return undefined;
  if (/^[^/[\]]+$/.test(name)) return name;
  const suggestion = name.replaceAll(/[/[\]]+/g, '-').replaceAll(/^-|-$/g, '');
  return reader.fault(
    'BadName',
    ['name'],
    `the step name "${name}" must not have "/", "[" or "]"`,
    suggestion,
  );
}

function readCondition(reader: FieldReader): string | undefined {
  const value = reader.value['if'];
  if (typeof value === 'boolean')
    return reader.fault(
      'WrongType',
      ['if'],
      `\`if\` is a CUE expression in text, not the boolean ${value}`,
      value ? 'always' : '"false"',
    );
  const condition = reader.text('if');
  return condition === undefined || condition.trim() === '' ? undefined : condition;
}

function readInput(reader: FieldReader): readonly DraftInput[] {
  reader.checkFields(known.input);
  const from = reader.requiredText('from', 'name an output, or a path in `context` or `parameter`');
  const key = reader.text('parameterKey');
  const parameterKey = key === '' ? undefined : key;
  const target = parameterKey === undefined ? undefined : shortPath(parameterKey);
  if (parameterKey !== undefined && target === undefined)
    reader.fault(
      'BadParameterKey',
      ['parameterKey'],
      `"${parameterKey}" is no path into the properties that can be filled; write it like prompt.content, list[0].name or labels["my-key"]`,
    );
  return from === undefined ? [] : [{ at: ['inputs', indexOf(reader)], from, parameterKey, target }];
}

const reserved = new Set<string | number>(['__proto__', 'constructor', 'prototype']);

/** Undefined for what is no path; also for one so deep that it is no one's, or with a name that JavaScript reserves. */
function shortPath(text: string): readonly (string | number)[] | undefined {
  const path = text.length > 2000 ? undefined : parseFieldPath(text);
  const isFine =
    path !== undefined &&
    path.length <= 100 &&
    !path.some((segment) => reserved.has(segment) || (typeof segment === 'number' && segment > maxPosition));
  return isFine ? path : undefined;
}

function readOutput(reader: FieldReader): readonly DraftOutput[] {
  reader.checkFields(known.output);
  const name = reader.requiredText('name', 'later steps take the output by its name');
  const valueFrom = reader.requiredText('valueFrom', 'give a CUE expression over the results of the step');
  const output = { schema: reader.object('schema'), sensitive: reader.flag('sensitive') ?? false };
  // The state of a run keeps the outputs of Workflows that are called under such names.
  if (name?.includes('//') === true)
    reader.fault(
      'BadName',
      ['name'],
      `the name of an output must not have "//"`,
      name.replaceAll(/\/\/+/g, '/'),
    );
  if (name === undefined || valueFrom === undefined) return [];
  return [{ index: indexOf(reader), name, valueFrom, ...output }];
}

function indexOf(reader: FieldReader): number {
  return Number(reader.path.at(-1));
}
