import { SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import { subStepPath } from '../../api/step-path.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { objectsAt, textAt, valueAt } from '../../cluster/json-reading.ts';
import { cannotRestartFrom, cannotRestartFromItem } from '../../engine/restart.ts';
import type { Command } from '../port.ts';
import type { DeclaredStep } from './declared-steps.ts';

/*
 * What a person asks of a run is a change of its status, as KubeVela's command line makes it: whichever of the two engines
 * drives the run reads it from there.
 */

/** The status of a run that nobody has begun: what a restart writes. */
export const emptyStatus: JsonObject = {
  status: '',
  mode: {},
  suspend: false,
  terminated: false,
  finished: false,
};

/** A merge patch of `status`; undefined when there is nothing to change. Throws SluiceError `invalid`. */
export function commandPatch(run: KubeObject, { kind, step }: Command): JsonObject | undefined {
  refuseEnded(run, kind);
  switch (kind) {
    case 'suspend':
      return onBegun(run, { suspend: true, ...changed(run, step, ['running'], suspended) });
    case 'resume':
      if (valueAt(run, 'status', 'suspend') !== true && step === undefined) return undefined;
      return { suspend: false, ...changed(run, step, ['suspending'], running) };
    case 'terminate':
      return onBegun(run, {
        terminated: true,
        suspend: false,
        ...changed(run, undefined, ['running', 'suspending', 'failed'], terminated),
      });
  }
}

/**
 * A merge patch after which a finished run goes on from one of its failed steps: that step and all after it (in a DAG: all
 * that need it) lose their status. Throws SluiceError `invalid`.
 */
export function restartPatch(run: KubeObject, declared: readonly DeclaredStep[], from: string): JsonObject {
  const steps = objectsAt(run, 'status', 'steps');
  refuseItem(from);
  refuseHandler(declared, from);
  return {
    terminated: false,
    suspend: false,
    finished: false,
    endTime: null,
    steps:
      withoutStep(steps, declared, from) ?? withoutSubStep(steps, declared, from) ?? refuseStep(run, from),
  };
}

/** Throws SluiceError `invalid` for a run that has not finished. */
export function refuseUnfinished(run: KubeObject): void {
  if (valueAt(run, 'status', 'finished') === true) return;
  const { name } = run.metadata;
  throw new SluiceError(
    'invalid',
    'RunNotFinished',
    `run ${run.metadata.namespace}/${name} has not finished`,
    {
      hint: 'Terminate it first: workflow terminate',
    },
  );
}

/** vela's words: what is over can be neither suspended, resumed nor terminated. */
function refuseEnded(run: KubeObject, verb: string): void {
  const isFinished = valueAt(run, 'status', 'finished') === true;
  const isTerminated = valueAt(run, 'status', 'terminated') === true;
  if (!isFinished && (!isTerminated || verb === 'terminate')) return;
  const phase = isFinished ? textAt(run, 'status', 'status') || 'finished' : 'terminated';
  const { name } = run.metadata;
  throw new SluiceError('invalid', 'RunFinished', `can not ${verb} a ${phase} workflow: ${name}`, {
    hint: 'It can be started again: workflow restart',
  });
}

/** The fields that a status must have are missing until a controller has taken the run. */
function onBegun(run: KubeObject, patch: JsonObject): JsonObject {
  return valueAt(run, 'status', 'status') === undefined ? { ...emptyStatus, ...patch } : patch;
}

type Change = (step: JsonObject) => JsonObject;

const suspended: Change = (step) => ({ ...step, phase: 'suspending' });
const running: Change = (step) => ({ ...step, phase: 'running' });
const terminated: Change = (step) =>
  step['phase'] === 'failed' && (step['reason'] === 'FailedAfterRetries' || step['reason'] === 'Timeout')
    ? step
    : { ...step, phase: 'failed', reason: 'Terminate' };

/** Changes the steps and sub-steps in one of the phases: all, or the one of that name or path. */
function changed(
  run: KubeObject,
  only: string | undefined,
  phases: readonly string[],
  change: Change,
): { readonly steps?: readonly JsonObject[] } {
  const steps = objectsAt(run, 'status', 'steps');
  let count = 0;
  const apply = (step: JsonObject, path: string): JsonObject => {
    const isMeant = only === undefined || only === path || only === textAt(step, 'name');
    if (!isMeant || !phases.includes(textAt(step, 'phase'))) return step;
    count += 1;
    return change(step);
  };
  const next = steps.map((step) => {
    const path = textAt(step, 'name');
    const own = apply(step, path);
    if (!Array.isArray(step['subSteps'])) return own;
    const subSteps = objectsAt(step, 'subSteps').map((sub) =>
      apply(sub, subStepPath(path, textAt(sub, 'name'))),
    );
    return { ...own, subSteps };
  });
  if (count > 0) return { steps: next };
  if (only === undefined) return {};
  const found = stepNamed(steps, only);
  if (found === undefined) return refuseStep(run, only);
  const phase = textAt(found, 'phase');
  throw new SluiceError('invalid', 'StepNotOpen', `step ${only} is ${phase}, not ${phases.join(' or ')}`);
}

function withoutStep(
  steps: readonly JsonObject[],
  declared: readonly DeclaredStep[],
  from: string,
): readonly JsonObject[] | undefined {
  const target = steps.find((step) => textAt(step, 'name') === from);
  if (target === undefined) return undefined;
  refuseNotFailed(target, from);
  const again = after(declared, from);
  return steps.filter((step) => !again.has(textAt(step, 'name')));
}

/** The group goes on running, and what follows it begins anew. */
function withoutSubStep(
  steps: readonly JsonObject[],
  declared: readonly DeclaredStep[],
  from: string,
): readonly JsonObject[] | undefined {
  const isMeant = (group: JsonObject | undefined, sub: JsonObject): boolean =>
    textAt(sub, 'name') === from || subStepPath(textAt(group, 'name'), textAt(sub, 'name')) === from;
  const group = steps.find((step) => objectsAt(step, 'subSteps').some((sub) => isMeant(step, sub)));
  const target = objectsAt(group, 'subSteps').find((sub) => isMeant(group, sub));
  if (group === undefined || target === undefined) return undefined;
  const name = textAt(target, 'name');
  refuseNotFailed(target, from);
  const groupName = textAt(group, 'name');
  const siblings = declared.find((step) => step.name === groupName)?.subSteps ?? [];
  const subAgain = after(siblings, name);
  const again = after(declared, groupName);
  return steps
    .filter((step) => step === group || !again.has(textAt(step, 'name')))
    .map((step) => {
      if (step !== group) return step;
      const { reason: _reason, message: _message, ...rest } = step;
      const subSteps = objectsAt(step, 'subSteps').filter((sub) => !subAgain.has(textAt(sub, 'name')));
      return { ...rest, phase: 'running', subSteps };
    });
}

/** The step itself, and its siblings that come after it or need it. */
function after(siblings: readonly DeclaredStep[], from: string): ReadonlySet<string> {
  const again = new Set([from]);
  const start = siblings.findIndex(({ name }) => name === from);
  const [first] = siblings;
  if (first?.siblingMode === 'StepByStep') {
    if (start >= 0) for (const { name } of siblings.slice(start)) again.add(name);
    return again;
  }
  for (let before = -1; before !== again.size;) {
    before = again.size;
    for (const { name, needs, subSteps } of siblings) {
      const all = [...needs, ...subSteps.flatMap((sub) => sub.needs)];
      if (all.some((need) => again.has(need))) again.add(name);
    }
  }
  return again;
}

function refuseItem(from: string): void {
  const message = cannotRestartFromItem(from);
  if (message !== undefined) throw new SluiceError('invalid', 'CannotRestart', message);
}

function refuseHandler(declared: readonly DeclaredStep[], from: string): void {
  const all = declared.flatMap((step) => [step, ...step.subSteps]);
  const section = all.find(({ name, path }) => name === from || path === from)?.section;
  if (section === undefined) return;
  throw new SluiceError('invalid', 'CannotRestart', cannotRestartFrom(from, section));
}

function refuseNotFailed(step: JsonObject, name: string): void {
  const phase = textAt(step, 'phase');
  if (phase === 'failed') return;
  throw new SluiceError(
    'invalid',
    'CannotRestart',
    `can not restart from a non-failed step: ${name} is ${phase}`,
  );
}

function stepNamed(steps: readonly JsonObject[], wanted: string): JsonObject | undefined {
  for (const step of steps) {
    const name = textAt(step, 'name');
    if (name === wanted) return step;
    const sub = objectsAt(step, 'subSteps').find((each) =>
      [textAt(each, 'name'), subStepPath(name, textAt(each, 'name'))].includes(wanted),
    );
    if (sub !== undefined) return sub;
  }
  return undefined;
}

function refuseStep(run: KubeObject, wanted: string): never {
  const names = objectsAt(run, 'status', 'steps').flatMap((step) => {
    const name = textAt(step, 'name');
    return [name, ...objectsAt(step, 'subSteps').map((sub) => subStepPath(name, textAt(sub, 'name')))];
  });
  throw new SluiceError('invalid', 'NoSuchStep', `no step ${wanted} has begun in ${run.metadata.name}`, {
    hint: names.length === 0 ? 'No step of it has begun.' : `Those that have: ${names.join(', ')}`,
  });
}
