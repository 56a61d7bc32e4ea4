export interface RetryLimits {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** In [0, 1). */
  readonly jitter: () => number;
}

/** How long to wait after so many failures in a row: none after none, then doubling, the upper half of it by chance. */
export function retryPause(failures: number, limits: RetryLimits): number {
  if (failures === 0) return 0;
  const longestMs = Math.min(limits.firstRetryMs * 2 ** Math.min(failures - 1, 16), limits.longestRetryMs);
  return longestMs * (0.5 + limits.jitter() / 2);
}
