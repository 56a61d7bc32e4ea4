import type { Samples } from '../../gate/policy/policy.ts';
import type { GatePolicy } from '../../gate/policy/policy.ts';
import type { TimeWindow } from '../../gate/evaluate/gate-input.ts';
import type { Sample } from '../../gate/evaluate/gate-input.ts';
import { parseDuration } from '../../api/duration.ts';

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

/**
 * The time that a gate's measurements are about: from its start, or as far before it as a query looks back, to the last
 * measurement that is planned. Its length follows from the policy alone, so that runs can be compared.
 */
export function windowOf(policy: GatePolicy, startedMs: number): TimeWindow {
  const ends = policy.objectives.map(
    ({ samples: { count, intervalMs, initialDelayMs } }) => initialDelayMs + (count - 1) * intervalMs,
  );
  const ranges = policy.objectives.map(({ source }) =>
    'metric' in source ? (parseDuration(source.metric.range ?? '0') ?? 0) : 0,
  );
  return { fromMs: startedMs - Math.max(0, ...ranges), toMs: startedMs + Math.max(0, ...ends) };
}

/**
 * When the measurement after one at `atMs` is due. After an error, where no interval says it, the waits grow: 1 s, 2 s … 30 s.
 */
export function nextDueMs(rules: Samples, samples: readonly Sample[], atMs: number): number {
  if (rules.intervalMs > 0) return atMs + rules.intervalMs;
  const good = samples.findLastIndex(({ error }) => error === undefined);
  const errorsInARow = samples.length - 1 - good;
  if (errorsInARow === 0) return atMs;
  return atMs + Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(errorsInARow - 1, 10));
}
