import { isSluiceError, messageOf } from '../../api/errors.ts';
import type { RunState, StepState } from '../../engine/state.ts';

/** Whether the same would go wrong again: then the run itself must end. */
export function isForGood(error: unknown): boolean {
  return isSluiceError(error) && ['terminal', 'invalid', 'bug'].includes(error.kind);
}

/** For a run's status and the log. */
export function failureText(error: unknown): string {
  const hint = isSluiceError(error) && error.hint !== undefined ? `; ${error.hint}` : '';
  return `${messageOf(error)}${hint}`;
}

/** Every open step fails with `message`; journals and outputs are given up. */
export function brokenState(state: RunState, message: string, nowMs: number): RunState {
  const steps = Object.entries(state.steps).map(([path, step]): [string, StepState] => {
    if (step.stage.kind === 'done') return [path, step];
    const { loop, ...rest } = step;
    const list = loop === undefined ? {} : { loop: { count: loop.count } };
    const ended = { ...rest, ...list, recorded: [], stage: { kind: 'done' } as const };
    const hasBegun = step.firstMs !== undefined;
    return [
      path,
      hasBegun
        ? { ...ended, phase: 'failed', reason: 'FailedAfterRetries', message, lastMs: nowMs }
        : { ...ended, phase: 'skipped', reason: 'Skip', message: 'the run could not go on' },
    ];
  });
  return {
    ...state,
    phase: 'failed',
    suspended: false,
    endedAtMs: nowMs,
    steps: Object.fromEntries(steps),
    outputs: {},
  };
}
