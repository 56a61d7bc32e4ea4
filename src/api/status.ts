import type { StepNotes } from './step-notes.ts';

/** Status as KubeVela's WorkflowRun carries it; times are RFC 3339. */
export type RunPhase = 'initializing' | 'executing' | 'suspending' | 'succeeded' | 'failed' | 'terminated';
export type StepPhase = 'pending' | 'running' | 'suspending' | 'succeeded' | 'failed' | 'skipped';

/** Why a step is in its phase. The first eleven are KubeVela's; docs/compatibility.md gives the meaning of the others. */
export type StepReason =
  | 'Wait'
  | 'Suspend'
  | 'Execute'
  | 'FailedAfterRetries'
  | 'Timeout'
  | 'Action'
  | 'Terminate'
  | 'Skip'
  | 'Rendering'
  | 'Input'
  | 'Output'
  /** Ours: the `if:` could not be evaluated or is no boolean. */
  | 'Condition'
  /** Ours: a crash left the outcome of an effect unknown, and repeating it is not safe. */
  | 'Unknown';

export interface StepStatus {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly phase: StepPhase;
  readonly reason?: StepReason;
  readonly message?: string;
  readonly firstExecuteTime?: string;
  readonly lastExecuteTime?: string;
  /** Ours. */
  readonly sluice?: StepNotes;
  readonly subSteps?: readonly StepStatus[];
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

export interface WorkflowRunStatus {
  readonly status: RunPhase;
  readonly mode: { readonly steps: string; readonly subSteps: string };
  readonly message?: string;
  readonly suspend: boolean;
  readonly terminated: boolean;
  readonly finished: boolean;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly conditions?: readonly Condition[];
  readonly steps: readonly StepStatus[];
}
