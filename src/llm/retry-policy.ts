import { isSluiceError } from '../api/errors.ts';

export interface RetryPolicy {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly firstPauseMs: number;
  /** A server that wants a longer pause is not asked again. */
  readonly longestPauseMs: number;
}

/**
 * How long to wait before the next attempt; undefined when there is none. Only 429, 5xx and a broken transport are
 * repeated. A timeout is not: a model that was too slow is too slow again, and each try is paid for.
 */
export function pauseBefore(
  error: unknown,
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  if (attempt >= policy.maxAttempts || !isSluiceError(error) || !isPassing(error)) return undefined;
  const grown = Math.min(policy.firstPauseMs * 2 ** (attempt - 1), policy.longestPauseMs);
  const pauseMs = Math.max(error.retryAfterMs ?? 0, grown * (0.5 + random() / 2));
  return pauseMs > policy.longestPauseMs ? undefined : Math.round(pauseMs);
}

function isPassing({ kind, code, details }: { kind: string; code: string; details?: unknown }): boolean {
  if (code === 'ModelHostResting' || code === 'Timeout' || code === 'Aborted') return false;
  if (kind === 'transient') return true;
  const repeats = (details as { repeats?: unknown } | undefined)?.repeats === true;
  return kind === 'indeterminate' && !repeats;
}
