import { formatDuration } from '../api/duration.ts';
import type { RetryClass } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { Stage } from './state.ts';

/** A server may ask for patience, but not for a day. */
const longestRetryAfterMs = 10 * 60_000;

export interface FailedAttempt {
  readonly class: RetryClass;
  readonly message: string;
  /** It may have happened: the repeat is the same attempt and keeps its key. */
  readonly isRepeat: boolean;
  readonly retryAfterMs?: number;
}

type OpStage = Extract<Stage, { kind: 'op' }>;

/** An attempt of the op that a step is at has failed: it is tried again as `retry` says, or the step ends. */
export function onFailedAttempt(draft: Draft, path: string, stage: OpStage, attempt: FailedAttempt): void {
  const step = draft.step(path);
  const { retry } = draft.planned(path);
  const message = `${stage.path}: ${attempt.message}`;
  const retries = step.retries ?? 0;
  const backoff = retry.delayMs * retry.factor ** Math.min(retries, 100);
  const jittered =
    Math.min(backoff, retry.maxDelayMs) * (1 - retry.jitter * unitOf(`${stage.key}/${retries}`));
  const delayMs = Math.max(Math.round(jittered), Math.min(attempt.retryAfterMs ?? 0, longestRetryAfterMs));
  const isWanted = retry.errors.includes(attempt.class) && retries < retry.limit;
  const isLate = isWanted && retriesAfterDeadline(draft, path, delayMs);
  if (!isWanted || isLate) {
    const late = isLate
      ? `; the deadline of ${formatDuration(retry.deadlineMs ?? 0)} leaves no time to retry`
      : '';
    const tried = retries > 0 ? ` (after ${retries} ${retries === 1 ? 'retry' : 'retries'})` : '';
    const unknown = attempt.class === 'unknown';
    draft.end(path, {
      phase: 'failed',
      reason: unknown ? 'Unknown' : 'FailedAfterRetries',
      message: `${message}${unknown ? '; it may have happened' : ''}${late}${tried}`,
    });
    return;
  }
  const plan = `retry ${retries + 1} of ${retry.limit} in ${formatDuration(delayMs)}`;
  draft.setPhase(path, 'failed', 'Execute', `${message}; ${plan}`);
  draft.setStep(path, {
    stage: { kind: 'backoff', untilMs: draft.nowMs + delayMs, path: stage.path },
    // A repeat of what may have happened keeps its key; what is known to have failed is tried anew under another.
    attempt: attempt.isRepeat ? step.attempt : step.attempt + 1,
    retries: retries + 1,
    lastMs: draft.nowMs,
  });
}

/** The attempt took longer than one may: it is abandoned. Whether it happened is not known. */
export function onAttemptTimeout(draft: Draft, path: string, stage: OpStage): void {
  const limit = formatDuration(draft.planned(path).retry.attemptTimeoutMs ?? 0);
  draft.effects.push({ kind: 'cancel', step: path });
  onFailedAttempt(draft, path, stage, {
    class: stage.onUnknown === 'fail' ? 'unknown' : 'timeout',
    message: `no answer within ${limit}`,
    isRepeat: true,
  });
}

function retriesAfterDeadline(draft: Draft, path: string, delayMs: number): boolean {
  const { deadlineMs } = draft.planned(path).retry;
  const { tried } = draft.step(path);
  return (
    deadlineMs !== undefined && tried !== undefined && draft.nowMs + delayMs > tried.sinceMs + deadlineMs
  );
}

/** A number from 0 to 1 that a text always has: jitter without chance, so that a decision can be made again (FNV-1a). */
function unitOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01_00_01_93);
  return (hash >>> 0) / 2 ** 32;
}
