import type { Json, JsonObject } from '../api/json.ts';
import type { GateRefusal, KeptVerdict } from '../api/kept-verdict.ts';
import type { ModelUse } from '../api/model-use.ts';
import type { RunPhase, StepPhase, StepReason } from '../api/status.ts';
import type { OnUnknown } from '../api/op-spec.ts';
import type { Recorded } from '../expr/template.ts';
import type { HandlerSection, Plan } from '../plan/plan.ts';

/** A run's whole state. Plain JSON: what a later process needs to go on, and nothing else. Times are ms since 1970. */
export interface RunState {
  readonly schema: 1;
  /** New at each start and restart, so that no effect's key is used for another effect. */
  readonly nonce: string;
  readonly phase: RunPhase;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Someone suspended the whole run: nothing new begins. */
  readonly suspended: boolean;
  /** Why the run is being brought to its end. */
  readonly terminated?: 'operator' | 'break' | 'deadline' | 'rejected';
  /** It may not begin, or after a crash not go on, before its concurrency group lets it in. */
  readonly queue?: {
    /** Name of the run that it waits for. */
    readonly holder?: string;
    /** It was let in before, by a process that is gone. */
    readonly hasBegun?: boolean;
  };
  /** What there is to say of the run as a whole. */
  readonly message?: string;
  /** What the steps have come to, in a run with handlers. */
  readonly outcome?: 'succeeded' | 'failed' | 'terminated';
  /** The handlers that are at work, or were last. */
  readonly handling?: {
    readonly section: HandlerSection;
    readonly sinceMs: number;
    /** Their time is over, or someone ended them. */
    readonly ended?: 'deadline' | 'operator';
  };
  /** The last command taken; a command at or below it was taken already. */
  readonly commandSeq: number;
  readonly steps: Readonly<Record<string, StepState>>;
  /** By `outputKey`. */
  readonly outputs: Readonly<Record<string, OutputValue>>;
}

export interface OutputValue {
  readonly value: Json;
  /** Path of the step that made it. */
  readonly step: string;
  readonly sensitive: boolean;
}

export interface StepState {
  /** Ten of [a-z0-9]. */
  readonly id: string;
  readonly phase: StepPhase;
  readonly reason?: StepReason;
  readonly message?: string;
  readonly stage: Stage;
  /** When its template first ran; a timeout counts from here. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  /** How often the template was asked; an answer to an older question is dropped. */
  readonly turn: number;
  /** The journal, kept while the step is open. */
  readonly recorded: readonly Recorded[];
  /** Attempts of the op that is being tried, from 1; part of its key. */
  readonly attempt: number;
  /** Retries of that op, repeats of an attempt with an unknown outcome included. */
  readonly retries?: number;
  /** When the first attempt of an op began; kept where a deadline counts from there. */
  readonly tried?: { readonly path: string; readonly sinceMs: number };
  /** The wait that holds: since when, and how often it was looked at, for its back-off. */
  readonly wait?: { readonly sinceMs: number; readonly polls: number };
  /** Of a step with `forEach` that has begun. */
  readonly loop?: LoopState;
  /** Of a step that calls a Workflow and has begun: what the steps of that see as `context.parameters`. */
  readonly parameters?: JsonObject;
  /** Someone suspended this step alone. */
  readonly held?: boolean;
  /** What its ops spent on models, retries included. */
  readonly use?: ModelUse;
  /** The last verdict that one of its ops gave. */
  readonly verdict?: KeptVerdict;
  /** A gate that it requires did not let it go on. */
  readonly refused?: GateRefusal;
}

/** The list of a step with `forEach`: fixed when the step begins, and let go but for its length when it ends. */
export interface LoopState {
  readonly count: number;
  readonly items?: readonly Json[];
  /** What each item made, by the name of the output; null where it made nothing, or not yet. */
  readonly made?: Readonly<Record<string, readonly Json[]>>;
}

/** What a step is waiting for. Exactly one effect answers each; after a crash the same effect is asked for again. */
export type Stage =
  /** Its turn in the order, or what it depends on. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'condition' }
  | { readonly kind: 'turn' }
  /** The intent: stored before an effect that is not safe to repeat. */
  | {
      readonly kind: 'op';
      readonly op: string;
      readonly path: string;
      /** Journal key: nonce, step, op path, attempt. */
      readonly key: string;
      /** Digest of the request, to notice that a repeat would differ. */
      readonly digest: string;
      readonly onUnknown: OnUnknown;
      /** When this attempt has taken too long. */
      readonly untilMs?: number;
      /** How its result is recorded; see Recorded. */
      readonly style: Recorded['style'];
    }
  | {
      readonly kind: 'observe';
      /** Paths of the recorded ops that the wait depends on. */
      readonly deps: readonly string[];
      readonly pollAtMs: number;
    }
  | { readonly kind: 'backoff'; readonly untilMs: number; readonly path: string }
  | { readonly kind: 'suspended'; readonly path: string; readonly sinceMs: number; readonly untilMs?: number }
  /** The step has come to `end`; its outputs are being evaluated. */
  | { readonly kind: 'outputs'; readonly end: StepEnd }
  /** A step that calls a Workflow has begun; its parameters are being checked. */
  | { readonly kind: 'parameters' }
  /** A step-group whose sub-steps are at work, or a call, with the steps of its Workflow. */
  | {
      readonly kind: 'group';
      /** How it ends, whatever its sub-steps say: it timed out or was terminated. */
      readonly end?: StepEnd;
    }
  | { readonly kind: 'done' };

export interface StepEnd {
  readonly phase: 'succeeded' | 'failed' | 'skipped';
  readonly reason?: StepReason;
  readonly message?: string;
}

/** The state of a run that is about to start. `newId` gives ten of [a-z0-9]. */
export function initialState(
  plan: Plan,
  start: { readonly nonce: string; readonly nowMs: number; readonly newId: () => string },
): RunState {
  const steps: Record<string, StepState> = {};
  for (const step of plan.steps) steps[step.path] = freshStep(start.newId());
  return {
    schema: 1,
    nonce: start.nonce,
    phase: 'initializing',
    ...(plan.concurrency === undefined ? {} : { queue: {} }),
    startedAtMs: start.nowMs,
    suspended: false,
    commandSeq: 0,
    steps,
    outputs: {},
  };
}

export function freshStep(id: string): StepState {
  return { id, phase: 'pending', stage: { kind: 'waiting' }, turn: 0, recorded: [], attempt: 1 };
}

export function isDone(step: StepState): boolean {
  return step.stage.kind === 'done';
}
