import { parseDuration } from '../../api/duration.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { JudgedObject } from '../../api/kept-verdict.ts';
import type { Measurement, PastRun, Sample, TimeWindow } from '../../gate/evaluate/gate-input.ts';
import type { VerdictEvidence } from '../../gate/verdict.ts';

/** What was measured of one objective so far. */
export type ObjectiveState = Measurement & {
  /** When the next measurement is due. */
  readonly nextMs: number;
  /** Further measurements would end in the same error. */
  readonly isFinal?: true;
};

/**
 * The result of the op `measure`: all that a verdict is made of, and all that going on measuring needs. It is kept in the
 * journal, so that a process that takes over goes on with the same window and the same measurements.
 */
export interface Measured {
  readonly startedMs: number;
  readonly window: TimeWindow;
  /** Earlier runs as they were when measuring began: what a comparison compares with does not change under way. */
  readonly history: readonly PastRun[];
  readonly objectives: Readonly<Record<string, ObjectiveState>>;
  /** What reports were read. */
  readonly evidence: readonly VerdictEvidence[];
  /** Where objectives are compared with earlier runs, the value they are compared with. */
  readonly baselines: Readonly<Record<string, number>>;
  /** What goes on measuring: the policy, where it looks, and the subject by its digests. */
  readonly policy: JsonObject;
  readonly providers: JsonObject;
  readonly cluster: string;
  readonly subject: readonly JudgedObject[];
  /** The last error of each objective that has one. */
  readonly errors: readonly string[];
  readonly done: boolean;
  /** When there is something to do: a measurement, or the end of the time for it. */
  readonly dueMs: number;
  /** Go duration until there is something to do. */
  readonly after: string;
  /** What is waited for. */
  readonly message: string;
}

/** The facts of a verdict, from the result of `measure`. Undefined when it is none. */
export function readMeasured(value: Json | undefined): Measured | undefined {
  if (!isObject(value) || typeof value['startedMs'] !== 'number') return undefined;
  const isWhole =
    isObject(value['window']) && isObject(value['objectives']) && Array.isArray(value['history']);
  return isWhole ? (value as unknown as Measured) : undefined;
}

/** Measurements by objective, as the evaluator takes them. */
export function measurementsOf(measured: Measured): ReadonlyMap<string, Measurement> {
  return new Map(
    Object.entries(measured.objectives).map(([id, { samples, evidenceRef, warnings }]) => [
      id,
      {
        samples,
        ...(evidenceRef === undefined ? {} : { evidenceRef }),
        ...(warnings === undefined ? {} : { warnings }),
      },
    ]),
  );
}

/**
 * Whether what it says about the next measurement still holds at `nowMs`. It is said anew when more than half of the wait is
 * over: after a restart, or when a timer was early, the whole of it would be too long.
 */
export function isFresh({ startedMs, dueMs, after }: Measured, nowMs: number): boolean {
  return nowMs >= startedMs && dueMs - nowMs > (parseDuration(after) ?? 0) / 2;
}

export function lastErrorOf(samples: readonly Sample[]): string | undefined {
  return samples.at(-1)?.error;
}
