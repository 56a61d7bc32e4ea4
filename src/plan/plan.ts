import type { Json, JsonObject } from '../api/json.ts';
import type { Place } from '../api/place.ts';
import type { Mode, StepInput } from '../api/workflow.ts';

/** A run that was checked and frozen: what the engine decides over. Plain data. */
export interface Plan {
  readonly run: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly mode: { readonly steps: Mode; readonly subSteps: Mode };
  /** `spec.context`. */
  readonly context: JsonObject;
  /** What the Workflow declares, and the run gives, as `context.parameters`. Absent: it declares none. */
  readonly parameters?: PlannedParameters;
  /** Deadline of the whole run, in ms from its start. */
  readonly timeoutMs: number | undefined;
  /** Of its group, in its namespace, one run is at work at a time. Absent: it has none. */
  readonly concurrency?: Concurrency;
  /** How long after its end the run is deleted, in ms. Absent: it stays. */
  readonly ttlMs?: number;
  /** The ServiceAccount in whose name a controller carries out effects. Absent: the controller's default. */
  readonly serviceAccountName?: string;
  /** Steps that must succeed for the run to have passed, by path. */
  readonly require: readonly string[];
  /** Every step and sub-step in the order of the file, a group before its sub-steps; handlers last, `finally` after `onFailure`. */
  readonly steps: readonly PlannedStep[];
  /** Absent: the run has no handlers. */
  readonly handlers?: {
    /** What each section of them may take, in ms from the moment that it begins. */
    readonly timeoutMs: number;
  };
}

/** What becomes of a run whose group is taken: it waits, ends those before it and waits for their end, or is refused. */
export const concurrencyPolicies = ['queue', 'replace', 'reject'] as const;

export interface Concurrency {
  readonly group: string;
  readonly policy: (typeof concurrencyPolicies)[number];
  /** Of policy `queue`: a run that would wait behind as many others is refused. Absent: any number waits. */
  readonly maxQueue?: number;
}

/** What a section of handlers may take where nothing else is said. */
export const defaultHandlersMs: number = 5 * 60_000;

/** Steps that run after all others: when these did not succeed, and in any case. */
export type HandlerSection = 'onFailure' | 'finally';

export interface PlannedParameters {
  readonly schema: JsonObject;
  /** With their defaults. */
  readonly values: JsonObject;
}

export interface PlannedStep {
  /** `deploy`, `group/deploy` for a sub-step, `caller/deploy` for a step of a Workflow that is called. Unique. */
  readonly path: string;
  /** Of a step of a Workflow that is called: its path. */
  readonly name: string;
  /** Path of the step that calls the Workflow which it is a step of. Absent: it is one of the run's own. */
  readonly space?: string;
  /** Its name inside that Workflow. */
  readonly ownName?: string;
  readonly type: string;
  readonly kind: 'template' | 'group';
  /** The handlers that it is one of. Absent: it is one of the run's own steps. */
  readonly section?: HandlerSection;
  /** Path of the group or call it belongs to. */
  readonly parent: string | undefined;
  /** How its siblings are ordered: the run's mode, or its group's. */
  readonly siblingMode: Mode;
  /** `always`, an expression, or undefined for the default rule. */
  readonly condition: PlannedExpression | undefined;
  /** Names of the steps whose status the condition reads; undefined: it may read any. */
  readonly conditionReads: readonly string[] | undefined;
  /** Steps that must have finished before this one starts, by path: dependsOn, inputs, and (DAG) what the `if:` names. */
  readonly after: readonly string[];
  /** `dependsOn` alone, by path: what the default skip rule looks at. */
  readonly dependsOn: readonly string[];
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly PlannedOutput[];
  readonly properties: JsonObject;
  readonly timeoutMs: number | undefined;
  readonly retry: PlannedRetry;
  /** Its step type gives a verdict. */
  readonly isGate: boolean;
  /** Gates, by path, whose verdict must be open when it begins and whenever it applies something. */
  readonly requires: readonly string[];
  readonly place: Place;
  /** It is done once for each item of a list: a group (`kind`) whose sub-steps are known when its turn has come. */
  readonly loop?: PlannedLoop;
  /** It runs the steps of a Workflow: a group (`kind`) whose sub-steps have names and parameters of their own. */
  readonly call?: PlannedCall;
  /** Position of the item that it is about; such steps come from `unroll`. */
  readonly item?: number;
}

export interface PlannedCall {
  readonly workflow: string;
  /** What `properties.parameters` must meet when it begins. Absent: the Workflow declares no parameters. */
  readonly parameterSchema?: JsonObject;
  /** What a `valueFrom` of the step sees as `outputs`: each comes from where an input in the Workflow would. */
  readonly outputs: readonly { readonly name: string; readonly from: string }[];
}

/** Most items of a list. */
export const maxItems = 100;

export interface PlannedLoop {
  /** The list itself, or what it comes from, as an input does. */
  readonly items?: readonly Json[];
  readonly from?: string;
  /** So many items are under way at once. */
  readonly maxParallel: number;
  /** After an item has failed, no further one begins. */
  readonly failFast: boolean;
  readonly minItems: number;
  /** What an item has in place of what the step has as a whole. */
  readonly each: Pick<PlannedStep, 'condition' | 'conditionReads' | 'timeoutMs'>;
}

export interface PlannedExpression {
  readonly text: string;
  /** Where its first character stands. */
  readonly place: Place;
}

export interface PlannedOutput {
  readonly name: string;
  readonly valueFrom: PlannedExpression;
  readonly schema: JsonObject | undefined;
  readonly sensitive: boolean;
}

/** What an attempt of an op can come to, for `retry.errors`. */
export const retryClasses = ['transient', 'timeout', 'terminal', 'unknown'] as const;

/**
 * - transient: an error that may pass, or that may have happened and is safe to repeat.
 * - timeout: no answer within `attemptTimeout`, of an op that is safe to repeat.
 * - terminal: it would probably fail again the same way.
 * - unknown: it may have happened, and repeating it is not safe.
 */
export type RetryClass = (typeof retryClasses)[number];

export interface PlannedRetry {
  /** Retries after the first attempt of an op. */
  readonly limit: number;
  readonly errors: readonly RetryClass[];
  /** HTTP statuses that count as transient. */
  readonly onStatus: readonly number[];
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** By what the delay grows with each retry. */
  readonly factor: number;
  /** By what part of itself, at most, a delay is shortened: 0 to 1. */
  readonly jitter: number;
  /** No attempt of an op begins later than this after its first one. */
  readonly deadlineMs: number | undefined;
  /** How long one attempt may take. */
  readonly attemptTimeoutMs: number | undefined;
}

/** Transient errors are retried after 1, 2 and 4 s. */
export const defaultRetry: PlannedRetry = {
  limit: 3,
  // Not `on`: that is a boolean in the YAML that kubectl reads.
  errors: ['transient', 'timeout'],
  onStatus: [],
  delayMs: 1000,
  maxDelayMs: 60_000,
  factor: 2,
  jitter: 0,
  deadlineMs: undefined,
  attemptTimeoutMs: undefined,
};
