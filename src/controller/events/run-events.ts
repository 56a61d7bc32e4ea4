import type { RunPhase } from '../../api/status.ts';

/** Every reason that an Event of a run can have. Ordinary progress is none: the status tells of it. */
export type EventReason =
  | 'RunSucceeded'
  | 'RunFailed'
  | 'RunTerminated'
  /** A step failed for good. */
  | 'StepFailed'
  | 'StepTimedOut'
  | 'Suspended'
  /** A step has waited over a minute for the same thing. */
  | 'Waiting'
  /** The run cannot be started, or is not this controller's to go on with. */
  | 'Refused';

export interface RunEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  /** Already without secrets. */
  readonly message: string;
}

/** The end of a run. The words are KubeVela's; `detail`, such as the failed steps, follows them. */
export function runFinishedEvent(
  phase: Extract<RunPhase, 'succeeded' | 'failed' | 'terminated'>,
  detail = '',
): RunEvent {
  const after = detail === '' ? '' : `: ${detail}`;
  switch (phase) {
    case 'succeeded':
      return { type: 'Normal', reason: 'RunSucceeded', message: `WorkflowRun finished successfully${after}` };
    case 'failed':
      return { type: 'Warning', reason: 'RunFailed', message: `WorkflowRun finished with failure${after}` };
    case 'terminated':
      return {
        type: 'Warning',
        reason: 'RunTerminated',
        message: `WorkflowRun finished with termination${after}`,
      };
  }
}
