import { writtenPath } from '../api/step-path.ts';
import { stepNotes, type StepNotes } from '../api/step-notes.ts';
import type { StepStatus, WorkflowRunStatus } from '../api/status.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import { queueText } from './queue.ts';
import { isDone, type RunState, type StepState } from './state.ts';
import { unrolled } from './unrolled.ts';

/** Reason of the condition `Passed` of a run that a gate has stopped. */
export const gateNotOpen = 'GateNotOpen';

/** Reason of the condition `Failed` of a run that its concurrency group has refused. */
export const groupTaken = 'GroupTaken';

/** The run's status with KubeVela's fields and their meaning. Items of a list are the sub-steps of their step. */
export function statusOf(written: Plan, state: RunState): WorkflowRunStatus {
  const plan = unrolled(written, state);
  const isFinished = state.endedAtMs !== undefined;
  return {
    status: state.phase,
    mode: plan.mode,
    ...messageOf(plan, state),
    suspend: state.phase === 'suspending',
    terminated: state.terminated !== undefined,
    finished: isFinished,
    startTime: time(state.startedAtMs),
    ...(state.endedAtMs === undefined ? {} : { endTime: time(state.endedAtMs) }),
    ...(isFinished ? { conditions: conditionsOf(written, state) } : {}),
    steps: plan.steps
      .filter((step) => step.parent === undefined && hasStatus(state, step))
      .map((step) => stepStatus(plan, state, step)),
  };
}

/** Steps named by `--require` or the annotation that did not succeed, in the order named. */
export function unmetRequirements(plan: Plan, state: RunState): readonly string[] {
  return plan.require.filter((path) => state.steps[path]?.phase !== 'succeeded');
}

/** Gates that did not open, and steps that a gate refused, by path: what keeps a run from having passed. */
export function closedGates(plan: Plan, state: RunState): readonly string[] {
  return unrolled(plan, state).steps.flatMap((step) => {
    const { closed, refusedBy } = notesOf(step, stateOf(state, step)) ?? {};
    return closed === true || refusedBy !== undefined ? [step.path] : [];
  });
}

export function notesOf({ isGate }: PlannedStep, state: StepState): StepNotes | undefined {
  const { refused, verdict, use } = state;
  return stepNotes({
    isClosedGate: isGate && isDone(state) && state.phase === 'failed',
    refused,
    verdict,
    use,
  });
}

/** Steps that have ended, and all of them. */
export function progressOf(state: RunState): { readonly done: number; readonly total: number } {
  const steps = Object.values(state.steps);
  return { done: steps.filter(isDone).length, total: steps.length };
}

function stepStatus(plan: Plan, state: RunState, step: PlannedStep): StepStatus {
  const stepState = stateOf(state, step);
  const { id, reason, message, firstMs, lastMs } = stepState;
  const subSteps = membersOf(plan, step).filter((sub) => hasStatus(state, sub));
  const notes = notesOf(step, stepState);
  const isHeld = isShownSuspended(plan, state, step);
  return {
    id,
    name: step.name,
    type: step.type,
    phase: isHeld ? 'suspending' : stepState.phase,
    ...(isHeld ? { reason: 'Suspend' as const } : reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(firstMs === undefined ? {} : { firstExecuteTime: time(firstMs) }),
    ...(lastMs === undefined ? {} : { lastExecuteTime: time(lastMs) }),
    ...(notes === undefined ? {} : { sluice: notes }),
    ...(step.kind === 'group' && step.parent === undefined
      ? { subSteps: subSteps.map((sub) => stepStatus(plan, state, sub)) }
      : {}),
  };
}

/**
 * What stands under a step in a status, which has two levels: all that belongs to a step of the run, in order, also what
 * belongs to a group or a call among its sub-steps; the names of the steps of a Workflow that is called are paths.
 */
export function membersOf({ steps }: Plan, { path, parent }: PlannedStep): readonly PlannedStep[] {
  if (parent !== undefined) return [];
  return steps.filter((step) => step.parent !== undefined && step.path !== path && isBelow(step.path, path));
}

function isBelow(path: string, top: string): boolean {
  return path.startsWith(`${top}/`) || writtenPath(path) === top;
}

/** A person's suspend shows on every step that it holds, and a suspended sub-step on its group. */
export function isShownSuspended(plan: Plan, state: RunState, step: PlannedStep): boolean {
  const own = stateOf(state, step);
  if (isDone(own) || own.firstMs === undefined) return false;
  if (state.suspended || own.held === true || own.stage.kind === 'suspended') return true;
  return (
    step.kind === 'group' &&
    plan.steps.some((sub) => sub.parent === step.path && isShownSuspended(plan, state, sub))
  );
}

/** KubeVela lists a step from the moment it is looked at. */
function hasStatus(state: RunState, step: PlannedStep): boolean {
  return stateOf(state, step).stage.kind !== 'waiting';
}

function stateOf(state: RunState, step: PlannedStep): StepState {
  const stepState = state.steps[step.path];
  if (stepState === undefined) throw new Error(`no state for step ${step.path}`);
  return stepState;
}

function conditionsOf(plan: Plan, state: RunState): NonNullable<WorkflowRunStatus['conditions']> {
  const lastTransitionTime = time(state.endedAtMs ?? state.startedAtMs);
  const unmet = unmetRequirements(plan, state);
  const closed = closedGates(plan, state);
  const hasSucceeded = state.phase === 'succeeded';
  const condition = (type: string, holds: boolean, reason: string, message: string) => ({
    type,
    status: holds ? ('True' as const) : ('False' as const),
    reason,
    message,
    lastTransitionTime,
  });
  const failed = plan.steps
    .filter((step) => stateOf(state, step).phase === 'failed')
    .map((step) => `${step.name}: ${stateOf(state, step).message ?? stateOf(state, step).reason ?? 'failed'}`)
    .join('; ');
  const isPassed = hasSucceeded && unmet.length === 0;
  return [
    ...(hasSucceeded ? [condition('WorkflowRun', true, 'Available', '')] : []),
    condition('Complete', hasSucceeded, hasSucceeded ? 'Succeeded' : 'Failed', ''),
    condition(
      'Failed',
      !hasSucceeded,
      hasSucceeded ? 'Succeeded' : reasonOfFailure(state),
      state.message ?? failed,
    ),
    condition(
      'Passed',
      isPassed,
      isPassed ? 'Passed' : reasonNotPassed(state, closed, unmet),
      [
        closed.length > 0 ? `gates kept closed: ${closed.join(', ')}` : '',
        unmet.length > 0 ? `required, and not succeeded: ${unmet.join(', ')}` : '',
      ]
        .filter((text) => text !== '')
        .join('; '),
    ),
  ];
}

function reasonNotPassed({ phase }: RunState, closed: readonly string[], unmet: readonly string[]): string {
  if (closed.length > 0) return gateNotOpen;
  return unmet.length > 0 ? 'RequiredStepSkipped' : capital(phase);
}

/** Whom the run waits for, or why it never began. */
function messageOf({ concurrency }: Plan, state: RunState): { readonly message?: string } {
  const message = state.message ?? queueText(state.queue?.holder, concurrency);
  return message === undefined ? {} : { message };
}

/** As a Job says it that ran out of time. */
function reasonOfFailure({ terminated, phase }: RunState): string {
  if (terminated === 'rejected') return groupTaken;
  return terminated === 'deadline' ? 'DeadlineExceeded' : capital(phase);
}

function capital(phase: string): string {
  return phase.charAt(0).toUpperCase() + phase.slice(1);
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
