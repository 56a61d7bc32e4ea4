import { parseDuration } from '../../api/duration.ts';
import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { subStepPath, writtenPath } from '../../api/step-path.ts';
import type { RunPhase, StepPhase, StepReason } from '../../api/status.ts';
import { requireAnnotation } from '../../api/workflow.ts';
import { objectsAt, textAt, valueAt } from '../../cluster/json-reading.ts';
import type { RunState, StepState } from '../../engine/state.ts';
import { deadlineAtMs, type RunView, type StepView } from '../../engine/view.ts';
import { gateNotOpen, groupTaken } from '../../engine/status.ts';
import type { RunRef, RunSummary } from '../port.ts';
import { declaredHandlersMs, declaredSteps, type DeclaredStep } from './declared-steps.ts';
import { readNotes } from './read-notes.ts';

export interface ViewSources {
  /** The Workflow that the run's `workflowRef` names. */
  readonly workflow?: KubeObject | undefined;
  /** The engine's state, where the run's status has it: it knows times that KubeVela's fields have no room for. */
  readonly state?: RunState | undefined;
}

/** A run as people look at it, from its object alone: whichever engine wrote its status. */
export function viewOfObject(run: KubeObject, { workflow, state }: ViewSources = {}): RunView {
  const declared = declaredSteps(run, workflow);
  const statuses = objectsAt(run, 'status', 'steps');
  const isFinished = valueAt(run, 'status', 'finished') === true;
  const startedAtMs = startOf(run);
  const timeoutMs = parseDuration(textAt(run, 'spec', 'timeout'));
  const steps = stepViews(declared, statuses, undefined, { isFinished, state });
  const message = textAt(run, 'status', 'message');
  const all = steps.flatMap((step) => [step, ...step.subSteps]);
  return {
    ...refOf(run),
    phase: phaseOf(run),
    startedAtMs,
    endedAtMs: isFinished ? (timeAt(run, 'status', 'endTime') ?? startedAtMs) : undefined,
    deadlineAtMs: deadlineAtMs(
      { ...pastSteps(state), startedAtMs },
      timeoutMs,
      declaredHandlersMs(run, workflow),
    ),
    isOverdue: state?.terminated === 'deadline' || conditionReason(run, 'Failed') === 'DeadlineExceeded',
    ...(message === '' ? {} : { message }),
    isRefused: ['Refused', groupTaken].includes(conditionReason(run, 'Failed')),
    unmet: unmetRequirements(run, all),
    // A CRD of KubeVela's own prunes the notes of steps, but not the condition.
    isGateClosed: all.some(isShut) || conditionReason(run, 'Passed', 'False') === gateNotOpen,
    steps,
  };
}

/** How far beyond its steps the run is. */
function pastSteps(state: RunState | undefined): Pick<RunState, 'endedAtMs' | 'outcome' | 'handling'> {
  return state ?? {};
}

/** One row of a list of runs. */
export function summaryOfObject(run: KubeObject): RunSummary {
  const isFinished = valueAt(run, 'status', 'finished') === true;
  return {
    id: run.metadata.uid ?? '',
    ref: refOf(run),
    version: run.metadata.generation ?? 1,
    phase: phaseOf(run),
    finished: isFinished,
    startedAtMs: startOf(run),
    endedAtMs: isFinished ? timeAt(run, 'status', 'endTime') : undefined,
    progress: progressOf(run),
  };
}

export function refOf({ metadata }: KubeObject): RunRef {
  return { namespace: metadata.namespace ?? 'default', name: metadata.name ?? '' };
}

const runPhases: readonly string[] = [
  'initializing',
  'executing',
  'suspending',
  'succeeded',
  'failed',
  'terminated',
] satisfies readonly RunPhase[];

function phaseOf(run: KubeObject): RunPhase {
  const phase = textAt(run, 'status', 'status');
  // Nobody has taken it yet, or its status was emptied.
  return runPhases.includes(phase) ? (phase as RunPhase) : 'initializing';
}

/** Its start, or when it was created as long as nobody has begun it. */
function startOf(run: KubeObject): number {
  return timeAt(run, 'status', 'startTime') ?? timeAt(run, 'metadata', 'creationTimestamp') ?? 0;
}

/** `status.progress` is ours; another engine's run has only the steps that it began. */
function progressOf(run: KubeObject): RunSummary['progress'] {
  const told = /^(\d+)\/(\d+)$/.exec(textAt(run, 'status', 'progress'));
  if (told !== null) return { done: Number(told[1]), total: Number(told[2]) };
  const declared = declaredSteps(run).flatMap((step) => [step, ...step.subSteps]);
  const statuses = objectsAt(run, 'status', 'steps').flatMap((step) => [
    step,
    ...objectsAt(step, 'subSteps'),
  ]);
  const done = statuses.filter((step) => isOver(phaseOfStep(step))).length;
  return { done, total: Math.max(declared.length, statuses.length) };
}

interface Surroundings {
  readonly isFinished: boolean;
  readonly state: RunState | undefined;
}

/** In the order of the spec; a step that only the status knows comes last. */
function stepViews(
  declared: readonly DeclaredStep[],
  statuses: readonly JsonObject[],
  parent: DeclaredStep | undefined,
  surroundings: Surroundings,
): readonly StepView[] {
  const byName = new Map(statuses.map((status) => [textAt(status, 'name'), status]));
  const unknown = [...byName].filter(([name]) => declared.every((step) => step.name !== name));
  const all = [...declared, ...unknown.map(([name, status]) => undeclared(parent, name, status))];
  return all.map((step, index) => {
    const before = step.siblingMode === 'StepByStep' ? all[index - 1] : undefined;
    return stepView(step, { status: byName.get(step.name), before, siblings: byName }, surroundings);
  });
}

function undeclared(parent: DeclaredStep | undefined, name: string, status: JsonObject): DeclaredStep {
  const type = textAt(status, 'type');
  const path = parent === undefined ? name : subStepPath(parent.path, name);
  // An item of a list has what its step declares.
  if (parent !== undefined && writtenPath(name) === parent.name)
    return { ...parent, path, name, siblingMode: 'DAG', subSteps: [] };
  return {
    path,
    name,
    type,
    condition: '',
    timeoutMs: undefined,
    needs: [],
    siblingMode: 'DAG',
    properties: {},
    subSteps: [],
  };
}

interface Position {
  readonly status: JsonObject | undefined;
  /** The sibling whose end it waits for. */
  readonly before: DeclaredStep | undefined;
  readonly siblings: ReadonlyMap<string, JsonObject>;
}

function stepView(step: DeclaredStep, position: Position, surroundings: Surroundings): StepView {
  const { status } = position;
  const phase = phaseOfStep(status);
  const message = textAt(status, 'message');
  const reason = textAt(status, 'reason');
  const notes = readNotes(status);
  const isOpen = !surroundings.isFinished && !isEnded(status);
  return {
    path: step.path,
    name: step.name,
    type: textAt(status, 'type') || step.type,
    ...(step.section === undefined ? {} : { section: step.section }),
    phase,
    reason: reason === '' ? undefined : (reason as StepReason),
    message: message === '' ? undefined : message,
    startedAtMs: timeAt(status, 'firstExecuteTime'),
    endedAtMs: isOpen ? undefined : timeAt(status, 'lastExecuteTime'),
    waiting: isOpen ? waitingOf(step, position, surroundings) : undefined,
    subSteps: stepViews(step.subSteps, objectsAt(status, 'subSteps'), step, surroundings),
    isGated: phase === 'skipped' && /\binputs\b/.test(step.condition),
    ...(notes === undefined ? {} : { notes }),
  };
}

function waitingOf(step: DeclaredStep, position: Position, { state }: Surroundings): StepView['waiting'] {
  const { status } = position;
  const phase = phaseOfStep(status);
  if (phase === 'pending') return { kind: 'steps', names: openNeeds(step, position) };
  const own = state?.steps[step.path];
  const sinceMs = timeAt(status, 'firstExecuteTime') ?? timeAt(status, 'lastExecuteTime');
  const retryAtMs = own?.stage.kind === 'backoff' ? own.stage.untilMs : undefined;
  if (retryAtMs !== undefined) return { kind: 'retry', atMs: retryAtMs };
  if (sinceMs === undefined) return undefined;
  if (phase === 'suspending')
    return heldUntil(step, own, timeAt(status, 'lastExecuteTime') ?? sinceMs, sinceMs);
  if (phase !== 'running' || textAt(status, 'reason') !== 'Wait') return undefined;
  return {
    kind: 'object',
    sinceMs: own?.wait?.sinceMs ?? sinceMs,
    untilMs: step.timeoutMs === undefined ? undefined : sinceMs + step.timeoutMs,
  };
}

/** A person is waited for, or, at a `suspend` with a duration, the time. */
function heldUntil(
  { type, properties }: DeclaredStep,
  own: StepState | undefined,
  sinceMs: number,
  begunMs: number,
): StepView['waiting'] {
  if (own?.stage.kind === 'suspended')
    return { kind: 'person', sinceMs: own.stage.sinceMs, resumesAtMs: own.stage.untilMs };
  const durationMs = type === 'suspend' ? parseDuration(textAt(properties, 'duration')) : undefined;
  return {
    kind: 'person',
    sinceMs,
    resumesAtMs: durationMs === undefined ? undefined : begunMs + durationMs,
  };
}

function openNeeds({ needs, name }: DeclaredStep, { before, siblings }: Position): readonly string[] {
  const all = new Set([...(before === undefined ? [] : [before.name]), ...needs]);
  return [...all].filter((need) => need !== name && !isEnded(siblings.get(need)));
}

const stepPhases: readonly string[] = [
  'pending',
  'running',
  'suspending',
  'succeeded',
  'failed',
  'skipped',
] satisfies readonly StepPhase[];

function phaseOfStep(status: JsonObject | undefined): StepPhase {
  const phase = textAt(status, 'phase');
  return stepPhases.includes(phase) ? (phase as StepPhase) : 'pending';
}

function isOver(phase: StepPhase): boolean {
  return phase === 'succeeded' || phase === 'failed' || phase === 'skipped';
}

/** KubeVela shows a step that it will try again as failed, with the reason Execute. */
function isEnded(status: JsonObject | undefined): boolean {
  const phase = phaseOfStep(status);
  return isOver(phase) && !(phase === 'failed' && textAt(status, 'reason') === 'Execute');
}

/** Steps of the annotation that have not succeeded, in the order named. */
function unmetRequirements(run: KubeObject, steps: readonly StepView[]): readonly string[] {
  return (run.metadata.annotations?.[requireAnnotation] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((wanted) => steps.find(({ name, path }) => path === wanted || name === wanted) ?? wanted)
    .filter((step) => typeof step === 'string' || step.phase !== 'succeeded')
    .map((step) => (typeof step === 'string' ? step : step.path));
}

function isShut({ notes }: StepView): boolean {
  return notes?.closed === true || notes?.refusedBy !== undefined;
}

function conditionReason(run: KubeObject, type: string, status: 'True' | 'False' = 'True'): string {
  const condition = objectsAt(run, 'status', 'conditions').find(
    (each) => each['type'] === type && each['status'] === status,
  );
  return textAt(condition, 'reason');
}

function timeAt(value: unknown, ...path: readonly string[]): number | undefined {
  const ms = Date.parse(textAt(value, ...path));
  return Number.isNaN(ms) ? undefined : ms;
}
