import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { Mode } from '../api/workflow.ts';
import type { StepType } from '../step-types/step-type.ts';
import type { DraftStep } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import type { NameSpace } from './name-space.ts';
import { handlerSections } from './read-handlers.ts';
import { readStep, type StepPosition } from './read-step.ts';

const stepLimit = 1000;

/** The type names that a workflow mentions, before anything is checked. */
export function mentionedTypes(workflow: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (list: Json | undefined, depth: number): void => {
    if (!Array.isArray(list)) return;
    for (const step of list as readonly Json[]) {
      if (!isObject(step)) continue;
      if (typeof step['type'] === 'string') names.add(step['type']);
      if (depth === 0) collect(step['subSteps'], 1);
    }
  };
  for (const key of ['steps', ...handlerSections]) collect(workflow[key], 0);
  return names;
}

/** All steps of the workflow that `reader` stands at in their order, a group before its sub-steps, handlers last. */
export function readSteps(
  reader: FieldReader,
  mode: { readonly steps: Mode; readonly subSteps: Mode },
  space: NameSpace,
  stepTypeOf: (name: string) => StepType | undefined,
): readonly DraftStep[] {
  if (!reader.has('steps')) {
    reader.fault('EmptySteps', ['steps'], 'there are no steps; add at least one under `steps`');
    return [];
  }
  const listed = reader.list('steps');
  if (listed === undefined) return [];
  if (listed.length === 0) {
    reader.fault('EmptySteps', ['steps'], '`steps` is empty; add at least one step');
    return [];
  }
  const all = [...listed, ...handlerSections.flatMap((section) => itemsOf(reader.value[section]))];
  const count = all.length + all.reduce((sum: number, step) => sum + itemsOf(subStepsOf(step)).length, 0);
  if (count > stepLimit) {
    reader.fault(
      'TooManySteps',
      ['steps'],
      `there are ${count} steps and sub-steps; at most ${stepLimit} are allowed in a run`,
    );
    return [];
  }
  const inOrder = { space, parent: undefined, siblingMode: 'StepByStep' as const };
  const offsets = {
    onFailure: listed.length,
    finally: listed.length + itemsOf(reader.value['onFailure']).length,
  };
  const steps = reader.children('steps').flatMap((child) => {
    const position = Number(child.path.at(-1));
    const place = { ...inOrder, siblingMode: mode.steps, section: undefined, position };
    return readGroup(child, { ...place, defaultName: `step-${position}` }, mode.subSteps, stepTypeOf);
  });
  const handlers = handlerSections.flatMap((section) =>
    reader.children(section).flatMap((child) => {
      const index = Number(child.path.at(-1));
      const place = { ...inOrder, section, position: offsets[section] + index };
      return readGroup(child, { ...place, defaultName: `${section}-${index}` }, mode.subSteps, stepTypeOf);
    }),
  );
  const items = [...steps, ...handlers].reduce((sum, { loop }) => sum + (loop?.items?.length ?? 0), 0);
  if (count + items > stepLimit)
    reader.fault(
      'TooManySteps',
      ['steps'],
      `there are ${count} steps and sub-steps and ${items} items of \`forEach\`; at most ${stepLimit} are allowed in a run`,
    );
  return [...steps, ...handlers];
}

/** A step, and its sub-steps. */
function readGroup(
  reader: FieldReader,
  place: StepPosition,
  subMode: Mode,
  stepTypeOf: (name: string) => StepType | undefined,
): readonly DraftStep[] {
  const step = readStep(reader, place, stepTypeOf);
  return [step, ...readSubSteps(step, place.defaultName, subMode, stepTypeOf)];
}

function readSubSteps(
  group: DraftStep,
  namePrefix: string,
  runMode: Mode,
  stepTypeOf: (name: string) => StepType | undefined,
): readonly DraftStep[] {
  const { reader, section, space } = group;
  const ownMode = reader.mode('mode');
  if (!group.isGroup) {
    if (reader.has('subSteps'))
      reader.faults.warn(
        'IgnoredSubSteps',
        reader.document.locate([...reader.path, 'subSteps'], 'key'),
        `the sub-steps of "${group.name}" never run: ${group.type} is no group`,
        { suggestion: 'type: step-group' },
      );
    if (ownMode !== undefined) ignored(reader, 'mode', 'only a group has a mode of its own');
    return [];
  }
  if (reader.has('retry')) ignored(reader, 'retry', 'a group is not retried; give `retry` to its sub-steps');
  const siblingMode = ownMode ?? runMode;
  const subSteps = reader.children('subSteps');
  if (subSteps.length === 0 && !reader.faults.hasErrors)
    reader.faults.warn('EmptyGroup', reader.place('subSteps'), `the group "${group.name}" has no sub-steps`);
  return subSteps.map((child) => {
    const position = Number(child.path.at(-1));
    const defaultName = `${namePrefix}-${position}`;
    const step = readStep(
      child,
      { space, parent: group, section, position, siblingMode, defaultName },
      stepTypeOf,
    );
    if (step.isGroup)
      child.fault(
        'NestedGroup',
        child.has('subSteps') ? ['subSteps'] : ['type'],
        `"${step.name}" is a group inside the group "${group.name}"; groups do not nest`,
      );
    else if (child.has('subSteps'))
      child.fault(
        'NestedGroup',
        ['subSteps'],
        `"${step.name}" is a sub-step and cannot have sub-steps of its own`,
      );
    if (child.has('mode')) ignored(child, 'mode', 'only a group has a mode of its own');
    return step;
  });
}

function ignored(reader: FieldReader, field: string, why: string): void {
  reader.faults.warn(
    'IgnoredField',
    reader.document.locate([...reader.path, field], 'key'),
    `\`${field}\` has no effect here: ${why}`,
  );
}

function subStepsOf(step: Json): Json | undefined {
  return isObject(step) ? step['subSteps'] : undefined;
}

function itemsOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list : [];
}
