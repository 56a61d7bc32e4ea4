import type { JsonObject } from '../../../api/json.ts';
import { numberAt, textAt, valueAt } from '../../json-reading.ts';
import { withNote, type EventNote } from '../events.ts';
import { deleteJobPod, advanceJob } from '../jobs/advance-job.ts';
import type { JobEnd } from '../jobs/job-run.ts';
import { childEnd, childOwner, childRun, newChild } from './cron-child.ts';
import { mostActive, type CronChild, type CronOwner, type CronRun } from './cron-run.ts';
import { readSchedule, type CronSchedule } from './cron-schedule.ts';

const observedAfterMs = 20;
const longestHistory = 200;
/** Of a longer absence only the last runs are followed; all before them are gone by then anyway. */
const mostSteps = 2_000;
const stepsAfterAbsence = 200;

/**
 * The CronJob at `now`: what its controller would have done since. Advancing in two steps comes to the same as in one.
 * Invariants. C1: a Job is made for the last time of the schedule that has no Job yet, never for one before it. C2: with
 * `Forbid` none is made while another is active; the time stays due, and is served when that has ended. C3: with
 * `startingDeadlineSeconds` a time is due no longer than that.
 */
export function advanceCron(run: CronRun, owner: CronOwner, now: number): CronRun {
  const pass = new Pass(run, owner);
  for (let steps = 0; pass.nextMs() <= now; steps++) {
    if (steps === mostSteps) pass.skipTo(now);
    pass.step(pass.nextMs());
  }
  return pass.run;
}

/** When a Job is made or ends next; Infinity: never. */
export function nextCronMs(run: CronRun, owner: CronOwner): number {
  return new Pass(run, owner).nextMs();
}

/** A Job was deleted by a person. `run` is advanced to `now`. */
export function deleteChild(run: CronRun, owner: CronOwner, name: string, now: number): CronRun {
  const pass = new Pass({ ...run, jobs: run.jobs.filter((child) => child.name !== name) }, owner);
  pass.step(now);
  return pass.run;
}

/** A Pod of a Job was deleted by a person. `run` is advanced to `now`. */
export function deleteChildPod(run: CronRun, owner: CronOwner, name: string, now: number): CronRun {
  const jobs = run.jobs.map((child) => {
    const job = childOwner(child, owner);
    const live = advanceJob(childRun(child, owner), job, now);
    if (!live.pods.some((pod) => pod.name === name)) return child;
    return { ...child, run: deleteJobPod(live, job, name, Math.max(now, live.atMs)) };
  });
  return { ...run, atMs: now, jobs, changes: run.changes + 1 };
}

/** One walk through time. The only thing here that changes in place is `run`, and it is replaced, not altered. */
class Pass {
  run: CronRun;
  readonly #owner: CronOwner;
  readonly #schedule: CronSchedule | undefined;
  readonly #ends = new Map<JsonObject, JobEnd | undefined>();

  constructor(run: CronRun, owner: CronOwner) {
    this.run = run;
    this.#owner = owner;
    const schedule = readSchedule(textAt(run.spec, 'schedule'), textAt(run.spec, 'timeZone'));
    const isSuspended = valueAt(run.spec, 'suspend') === true;
    this.#schedule = isSuspended || typeof schedule === 'string' ? undefined : schedule;
  }

  nextMs(): number {
    const { run } = this;
    const times = [run.specAtMs + observedAfterMs, this.#schedule?.after(run.atMs) ?? Infinity];
    for (const child of run.jobs) if (!child.isSeen) times.push(this.#end(child)?.atMs ?? Infinity);
    return times.reduce((least, ms) => (ms > run.atMs && ms < least ? ms : least), Infinity);
  }

  step(atMs: number): void {
    this.run = { ...this.run, atMs };
    this.#noteEnds();
    this.#startDue();
    this.#forget();
    this.run = { ...this.run, changes: this.run.changes + 1 };
  }

  skipTo(now: number): void {
    if (this.#schedule === undefined) return;
    let fromMs = now;
    for (let runs = 0; runs < stepsAfterAbsence; runs++)
      fromMs = (this.#schedule.lastIn(this.run.atMs, fromMs) ?? fromMs) - 1;
    this.run = { ...this.run, atMs: Math.max(this.run.atMs, fromMs) };
  }

  #noteEnds(): void {
    for (const child of this.run.jobs) {
      const end = this.#end(child);
      if (child.isSeen || end === undefined || end.atMs > this.run.atMs) continue;
      const condition = end.kind === 'complete' ? 'Complete' : 'Failed';
      this.#note('Normal', 'SawCompletedJob', `Saw completed job: ${child.name}, condition: ${condition}`);
      const jobs = this.run.jobs.map((each) => (each === child ? { ...child, isSeen: true } : each));
      const success = end.kind === 'complete' ? { lastSuccessMs: end.atMs } : {};
      this.run = { ...this.run, jobs, ...success };
    }
  }

  #startDue(): void {
    const { run } = this;
    if (this.#schedule === undefined || run.atMs < run.specAtMs + observedAfterMs) return;
    const deadline = numberAt(run.spec, 'startingDeadlineSeconds');
    const sinceMs = run.lastScheduleMs ?? run.createdMs;
    // C3
    const fromMs = deadline === undefined ? sinceMs : Math.max(sinceMs, run.atMs - deadline * 1000 - 1);
    // C1
    const dueMs = this.#schedule.lastIn(fromMs, run.atMs);
    if (dueMs === undefined) return;
    const active = run.jobs.filter((child) => !child.isSeen);
    const policy = textAt(run.spec, 'concurrencyPolicy');
    if (policy === 'Forbid' && active.length > 0) {
      // C2
      if (dueMs === run.atMs)
        this.#note(
          'Normal',
          'JobAlreadyActive',
          'Not starting job because prior execution is running and concurrency policy is Forbid',
        );
      return;
    }
    if (policy === 'Replace') for (const child of active) this.#delete(child);
    else if (active.length >= mostActive) {
      this.#note('Warning', 'FailedCreate', `Error creating job: ${this.#quota(dueMs)}`);
      this.run = { ...this.run, lastScheduleMs: dueMs };
      return;
    }
    const child = newChild(this.run, this.#owner, dueMs);
    this.run = { ...this.run, jobs: [...this.run.jobs, child], lastScheduleMs: dueMs };
    this.#note('Normal', 'SuccessfulCreate', `Created job ${child.name}`);
  }

  /** Ended Jobs beyond the limits of the history. */
  #forget(): void {
    for (const [kind, field, standard] of histories) {
      const limit = numberAt(this.run.spec, field) ?? standard;
      const ended = this.run.jobs.filter((child) => child.isSeen && this.#end(child)?.kind === kind);
      for (const child of ended.slice(0, Math.max(0, ended.length - limit))) this.#delete(child);
    }
  }

  #delete(child: CronChild): void {
    this.run = { ...this.run, jobs: this.run.jobs.filter((each) => each !== child) };
    this.#note('Normal', 'SuccessfulDelete', `Deleted job ${child.name}`);
  }

  /** A Job takes the same time whenever it is made. */
  #end(child: CronChild): JobEnd | undefined {
    if (child.run !== undefined) return childEnd(child, this.#owner);
    if (!this.#ends.has(child.template)) {
      const end = childEnd({ ...child, createdMs: 0 }, this.#owner);
      this.#ends.set(child.template, end);
    }
    const end = this.#ends.get(child.template);
    return end === undefined ? undefined : { ...end, atMs: child.createdMs + end.atMs };
  }

  #quota(dueMs: number): string {
    const name = `${this.#owner.name}-${Math.floor(dueMs / 60_000)}`;
    return `jobs.batch "${name}" is forbidden: exceeded quota: in-memory-cluster, requested: jobs=1, used: jobs=${mostActive}, limited: jobs=${mostActive}`;
  }

  #note(type: EventNote['type'], reason: string, message: string): void {
    const { name, namespace, uid } = this.#owner;
    const { atMs } = this.run;
    const note: EventNote = {
      regarding: { apiVersion: 'batch/v1', kind: 'CronJob', namespace, name, uid },
      type,
      reason,
      message,
      component: 'cronjob-controller',
      firstMs: atMs,
      lastMs: atMs,
      count: 1,
    };
    this.run = { ...this.run, notes: withNote(this.run.notes, note, longestHistory) };
  }
}

const histories = [
  ['complete', 'successfulJobsHistoryLimit', 3],
  ['failed', 'failedJobsHistoryLimit', 1],
] as const;
