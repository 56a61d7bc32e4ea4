import { isSluiceError } from '../api/errors.ts';
import type { RunResult } from '../runner/session.ts';
import type { StopSignal } from './io.ts';

export const exitCodes = {
  succeeded: 0,
  failed: 1,
  refused: 2,
  gateClosed: 3,
  deadline: 4,
  waiting: 5,
  environment: 6,
  bug: 70,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** Several runs: the first of these that one of them ended with. */
const precedence: readonly number[] = [130, 143, 70, 6, 2, 4, 3, 1, 5, 0];

export function combineExitCodes(codes: readonly number[]): number {
  return precedence.find((code) => codes.includes(code)) ?? Math.max(0, ...codes);
}

export function exitCodeOfRun({ end, view }: RunResult, signal: StopSignal | undefined): number {
  if (end === 'stopped') return exitCodes[signal ?? 'SIGTERM'];
  if (end === 'left') return signal === undefined ? exitCodes.deadline : exitCodes[signal];
  if (end === 'waiting') return exitCodes.waiting;
  if (view.isRefused === true) return exitCodes.refused;
  if (view.isOverdue) return exitCodes.deadline;
  if (view.unmet.length > 0 || view.isGateClosed === true) return exitCodes.gateClosed;
  return view.phase === 'succeeded' ? exitCodes.succeeded : exitCodes.failed;
}

export function exitCodeOfError(error: unknown): number {
  if (!isSluiceError(error)) return exitCodes.bug;
  switch (error.kind) {
    case 'invalid':
    case 'denied':
      return exitCodes.refused;
    case 'environment':
      return exitCodes.environment;
    case 'bug':
      return exitCodes.bug;
    case 'transient':
    case 'terminal':
    case 'indeterminate':
      return exitCodes.failed;
  }
}
