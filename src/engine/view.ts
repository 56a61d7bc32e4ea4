import type { StepNotes } from '../api/step-notes.ts';
import type { RunPhase, StepPhase, StepReason } from '../api/status.ts';
import type { HandlerSection, Plan, PlannedStep } from '../plan/plan.ts';
import { queueText } from './queue.ts';
import { closedGates, isShownSuspended, membersOf, notesOf, unmetRequirements } from './status.ts';
import { isDone, type RunState } from './state.ts';
import { unrolled } from './unrolled.ts';

/** A run as people look at it. Times are ms since 1970. */
export interface RunView {
  readonly name: string;
  readonly namespace: string;
  readonly phase: RunPhase;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  /** The run's own deadline; that of its handlers, once they are at work. */
  readonly deadlineAtMs: number | undefined;
  /** The run was ended by its own deadline. */
  readonly isOverdue: boolean;
  /** What there is to say of the run as a whole, such as why it was refused. */
  readonly message?: string;
  /** It was refused before anything ran, by a controller or by its concurrency group. */
  readonly isRefused?: boolean;
  /** Required steps that have not succeeded, by path. */
  readonly unmet: readonly string[];
  /** A gate did not open, or a step was refused by one. */
  readonly isGateClosed?: boolean;
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  /** The handlers that it is one of. */
  readonly section?: HandlerSection;
  readonly phase: StepPhase;
  readonly reason: StepReason | undefined;
  readonly message: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** What an open step waits for, and until when; undefined when it is at work. */
  readonly waiting:
    | { readonly kind: 'steps'; readonly names: readonly string[] }
    | { readonly kind: 'object'; readonly sinceMs: number; readonly untilMs: number | undefined }
    | { readonly kind: 'retry'; readonly atMs: number }
    | { readonly kind: 'person'; readonly sinceMs: number; readonly resumesAtMs: number | undefined }
    | undefined;
  readonly subSteps: readonly StepView[];
  /** It was skipped by an `if:` that reads an input: a gate that did not open looks like this. */
  readonly isGated: boolean;
  /** What gates and models have to say of it. */
  readonly notes?: StepNotes;
}

export function viewOf(written: Plan, state: RunState): RunView {
  const plan = unrolled(written, state);
  const message = state.message ?? queueText(state.queue?.holder, plan.concurrency);
  return {
    name: plan.run.name,
    namespace: plan.run.namespace,
    phase: state.phase,
    startedAtMs: state.startedAtMs,
    endedAtMs: state.endedAtMs,
    deadlineAtMs: deadlineAtMs(state, plan.timeoutMs, plan.handlers?.timeoutMs),
    isOverdue: state.terminated === 'deadline',
    ...(message === undefined ? {} : { message }),
    isRefused: state.terminated === 'rejected',
    unmet: unmetRequirements(plan, state),
    isGateClosed: closedGates(plan, state).length > 0,
    steps: plan.steps.filter(({ parent }) => parent === undefined).map((step) => stepView(plan, state, step)),
  };
}

/** The moment by which the steps, or the handlers that are at work, must end; of a run that has ended, its own deadline. */
export function deadlineAtMs(
  { handling, outcome, startedAtMs, endedAtMs }: Timed,
  timeoutMs: number | undefined,
  handlersMs: number | undefined,
): number | undefined {
  const own = timeoutMs === undefined ? undefined : startedAtMs + timeoutMs;
  if (endedAtMs !== undefined || outcome === undefined) return own;
  return handling === undefined || handlersMs === undefined ? undefined : handling.sinceMs + handlersMs;
}

type Timed = Pick<RunState, 'startedAtMs' | 'endedAtMs' | 'outcome' | 'handling'>;

/** The phase in KubeVela's words; a step that a person holds shows as suspending. */
function stepView(plan: Plan, state: RunState, step: PlannedStep): StepView {
  const own = state.steps[step.path];
  if (own === undefined) throw new Error(`no state for step ${step.path}`);
  const notes = notesOf(step, own);
  const isHeld = isShownSuspended(plan, state, step);
  return {
    path: step.path,
    name: step.name,
    type: step.type,
    ...(step.section === undefined ? {} : { section: step.section }),
    phase: isHeld ? 'suspending' : own.phase,
    reason: isHeld ? 'Suspend' : own.reason,
    message: own.message,
    startedAtMs: own.firstMs,
    endedAtMs: isDone(own) ? own.lastMs : undefined,
    waiting: waitingOf(plan, state, step),
    subSteps: membersOf(plan, step).map((sub) => stepView(plan, state, sub)),
    isGated: own.phase === 'skipped' && /\binputs\b/.test(step.condition?.text ?? ''),
    ...(notes === undefined ? {} : { notes }),
  };
}

function waitingOf(plan: Plan, state: RunState, step: PlannedStep): StepView['waiting'] {
  const own = state.steps[step.path];
  if (own === undefined) return undefined;
  const { stage } = own;
  switch (stage.kind) {
    case 'waiting': {
      const open = step.after.filter((path) => state.steps[path]?.stage.kind !== 'done');
      return { kind: 'steps', names: open };
    }
    case 'observe':
    case 'turn':
      // A wait that is being looked at again is still a wait.
      if (own.wait === undefined) return undefined;
      return {
        kind: 'object',
        sinceMs: own.wait.sinceMs,
        untilMs:
          step.timeoutMs === undefined || own.firstMs === undefined
            ? undefined
            : own.firstMs + step.timeoutMs,
      };
    case 'backoff':
      return { kind: 'retry', atMs: stage.untilMs };
    case 'suspended':
      return { kind: 'person', sinceMs: stage.sinceMs, resumesAtMs: stage.untilMs };
    case 'condition':
    case 'parameters':
    case 'op':
    case 'outputs':
    case 'group':
    case 'done':
      return undefined;
  }
}
