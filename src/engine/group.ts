import type { StepReason } from '../api/status.ts';
import { isDone, type StepEnd, type StepState } from './state.ts';

const failureOrder: readonly StepReason[] = ['FailedAfterRetries', 'Timeout', 'Action', 'Terminate'];

/** What a step-group has come to; undefined while a sub-step is open. */
export function groupEnd(subSteps: readonly StepState[]): StepEnd | undefined {
  if (!subSteps.every(isDone)) return undefined;
  const failed = subSteps.filter((step) => step.phase === 'failed');
  if (failed.length > 0) {
    const reasons = failed.map((step) => step.reason);
    const reason = failureOrder.find((candidate) => reasons.includes(candidate)) ?? reasons[0];
    return { phase: 'failed', ...(reason === undefined ? {} : { reason }) };
  }
  if (subSteps.length > 0 && subSteps.every((step) => step.phase === 'skipped')) {
    return { phase: 'skipped', reason: 'Skip' };
  }
  return { phase: 'succeeded' };
}
