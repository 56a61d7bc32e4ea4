import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { Mode } from '../api/workflow.ts';
import type { StepType } from '../step-types/step-type.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { listedSteps, mostWorkflows } from './called-workflows.ts';
import type { DraftStep } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import type { NameSpace } from './name-space.ts';
import { calledType, readCall } from './read-call.ts';
import { handlerSections } from './read-handlers.ts';
import { readStep, type StepPosition } from './read-step.ts';

const stepLimit = 1000;

/** The type names that a workflow mentions, before anything is checked. */
export function mentionedTypes(workflow: JsonObject): readonly string[] {
  return listedSteps(workflow).flatMap(({ type }) => (typeof type === 'string' ? [type] : []));
}

/** What the words of steps stand for. */
export interface StepSources {
  typeOf(name: string): StepType | undefined;
  /** Workflows by name, for steps that call one. */
  readonly workflows: ReadonlyMap<string, SourceDocument>;
}

interface Reading extends StepSources {
  /** So many steps may still come with Workflows that are called: each may call others several times. */
  left: number;
  /** Names of the Workflows that are called. */
  readonly called: Set<string>;
}

/**
 * All steps of the workflow that `reader` stands at in their order, a group before its sub-steps and a call before the steps of
 * its Workflow, handlers last.
 */
export function readSteps(
  reader: FieldReader,
  mode: { readonly steps: Mode; readonly subSteps: Mode },
  space: NameSpace,
  sources: StepSources,
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
  const count = countSteps(all);
  if (count > stepLimit) {
    reader.fault(
      'TooManySteps',
      ['steps'],
      `there are ${count} steps and sub-steps; at most ${stepLimit} are allowed in a run`,
    );
    return [];
  }
  const reading: Reading = { ...sources, left: stepLimit - count, called: new Set() };
  const inOrder = { space, parent: undefined, siblingMode: 'StepByStep' as const };
  const offsets = {
    onFailure: listed.length,
    finally: listed.length + itemsOf(reader.value['onFailure']).length,
  };
  const steps = reader.children('steps').flatMap((child) => {
    const position = Number(child.path.at(-1));
    const place = { ...inOrder, siblingMode: mode.steps, section: undefined, position };
    return readGroup(child, { ...place, defaultName: `step-${position}` }, mode.subSteps, reading);
  });
  const handlers = handlerSections.flatMap((section) =>
    reader.children(section).flatMap((child) => {
      const index = Number(child.path.at(-1));
      const place = { ...inOrder, section, position: offsets[section] + index };
      return readGroup(child, { ...place, defaultName: `${section}-${index}` }, mode.subSteps, reading);
    }),
  );
  const read = [...steps, ...handlers];
  const items = read.reduce((sum, { loop }) => sum + (loop?.items?.length ?? 0), 0);
  if (read.length + items > stepLimit)
    reader.fault(
      'TooManySteps',
      ['steps'],
      `there are ${read.length} steps and sub-steps and ${items} items of \`forEach\`; at most ${stepLimit} are allowed in a run`,
    );
  return read;
}

/** A step, and its sub-steps. */
function readGroup(
  reader: FieldReader,
  place: StepPosition,
  subMode: Mode,
  reading: Reading,
): readonly DraftStep[] {
  const step = readStep(reader, place, (name) => reading.typeOf(name));
  if (step.stepType?.kind === 'call') return readCalled(step, step.stepType, reading);
  return [step, ...readSubSteps(step, place.defaultName, subMode, reading)];
}

/** A step that calls a Workflow, and the steps of that. */
function readCalled(written: DraftStep, stepType: StepType, reading: Reading): readonly DraftStep[] {
  const { reader, section, name } = written;
  for (const field of ['subSteps', 'mode', 'retry'])
    if (reader.has(field)) ignored(reader, field, `what "${name}" runs stands in the Workflow`);
  const call = readCall(written, reading.workflows);
  if (call === undefined) return [written];
  if (reading.called.add(call.workflow).size > mostWorkflows) {
    const message = `a run may call at most ${mostWorkflows} different Workflows, and "${call.workflow}" is one more`;
    reader.fault('BadCall', ['properties', 'workflow'], message);
    return [written];
  }
  const caller = { ...written, call, stepType: calledType(stepType, call) };
  const { workflow, body, mode, parameterSchema } = call;
  const listed = body.list('steps') ?? [];
  if (listed.length === 0)
    body.fault('EmptySteps', ['steps'], 'there are no steps; add at least one under `steps`');
  const count = countSteps(listed);
  reading.left -= count;
  if (reading.left < 0) {
    const message = `with the ${count} steps of the Workflow "${workflow}" there are more than ${stepLimit}, which is what a run may have`;
    reader.fault('TooManySteps', ['properties', 'workflow'], message);
    return [caller];
  }
  const space: NameSpace = { caller, workflow, parameterSchema, parameters: undefined };
  const steps = body.children('steps').flatMap((child) => {
    const position = Number(child.path.at(-1));
    const place = { space, parent: caller, section, position, siblingMode: mode.steps };
    return readGroup(child, { ...place, defaultName: `step-${position}` }, mode.subSteps, reading);
  });
  return [caller, ...steps];
}

function readSubSteps(
  group: DraftStep,
  namePrefix: string,
  runMode: Mode,
  reading: Reading,
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
  return subSteps.flatMap((child) => {
    const position = Number(child.path.at(-1));
    const defaultName = `${namePrefix}-${position}`;
    const place = { space, parent: group, section, position, siblingMode, defaultName };
    const step = readStep(child, place, (name) => reading.typeOf(name));
    if (step.stepType?.kind === 'call') return readCalled(step, step.stepType, reading);
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
    return [step];
  });
}

function ignored(reader: FieldReader, field: string, why: string): void {
  reader.faults.warn(
    'IgnoredField',
    reader.document.locate([...reader.path, field], 'key'),
    `\`${field}\` has no effect here: ${why}`,
  );
}

function countSteps(listed: readonly Json[]): number {
  return listed.reduce((sum: number, step) => sum + 1 + itemsOf(subStepsOf(step)).length, 0);
}

function subStepsOf(step: Json): Json | undefined {
  return isObject(step) ? step['subSteps'] : undefined;
}

function itemsOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list : [];
}
