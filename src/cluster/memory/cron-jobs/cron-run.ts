import type { JsonObject } from '../../../api/json.ts';
import type { EventNote } from '../events.ts';
import type { ImageOutcomes } from '../images/image-outcome.ts';
import type { JobRun } from '../jobs/job-run.ts';

/** Where a CronJob stands at `atMs`; plain JSON, stored with it whenever it is written. */
export interface CronRun {
  readonly atMs: number;
  readonly createdMs: number;
  readonly spec: JsonObject;
  readonly specAtMs: number;
  readonly outcomes: ImageOutcomes;
  /** The time of the schedule for which the last Job was made. */
  readonly lastScheduleMs?: number;
  readonly lastSuccessMs?: number;
  /** Oldest first. */
  readonly jobs: readonly CronChild[];
  /** Of the CronJob, and of its Jobs that are gone. */
  readonly notes: readonly EventNote[];
  readonly changes: number;
}

export interface CronChild {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly scheduledMs: number;
  /** The spec's `jobTemplate` when it was made. */
  readonly template: JsonObject;
  readonly outcomes: ImageOutcomes;
  /** Its end has been noted. */
  readonly isSeen: boolean;
  /** Where it stood when somebody changed its course; without one it runs as it was made. */
  readonly run?: JobRun;
}

export interface CronOwner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** The store's count when it was last written. */
  readonly revision: number;
}

/** More Jobs than this do not run at a time, as under a quota: what one process can show has bounds. */
export const mostActive = 50;

export function startCronRun(spec: JsonObject, outcomes: ImageOutcomes, nowMs: number): CronRun {
  const times = { atMs: nowMs, createdMs: nowMs, specAtMs: nowMs };
  return { ...times, spec, outcomes, jobs: [], notes: [], changes: 0 };
}

/** A new spec was written. `run` is advanced to `now`. */
export function changeCronRun(run: CronRun, spec: JsonObject, outcomes: ImageOutcomes, now: number): CronRun {
  return { ...run, atMs: now, spec, outcomes, specAtMs: now, changes: 0 };
}
