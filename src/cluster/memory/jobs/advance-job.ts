import { derivedSuffix, derivedUid } from '../derived-identity.ts';
import { isRemembered, type EventNote } from '../events.ts';
import { numberAt, objectAt, valueAt } from '../../json-reading.ts';
import { attemptMs } from '../pods/back-off.ts';
import { crashTakesMs, podCourse, type PodCourse, type PodSeed } from '../pods/pod-course.ts';
import { killingEvents, podEvents } from '../pods/pod-events.ts';
import { seedFromTemplate } from '../pods/seed-from-template.ts';
import { completionsOf, type JobEnd, type JobOwner, type JobPod, type JobRun } from './job-run.ts';

const observedAfterMs = 20;
const shownPods = 200;
const longestHistory = 200;
const firstRetryMs = 10_000;
const longestRetryMs = 600_000;

/** The Job at `now`: what its controller would have done since. Advancing in two steps comes to the same as in one. */
export function advanceJob(run: JobRun, owner: JobOwner, now: number): JobRun {
  const pass = new Pass(run, owner);
  for (let nextMs = pass.nextMs(); nextMs <= now; nextMs = pass.nextMs()) pass.step(nextMs);
  return pass.run;
}

export function nextJobMs(run: JobRun, owner: JobOwner): number {
  return new Pass(run, owner).nextMs();
}

/** What may change in a Job was written: `suspend`, `parallelism`. `run` is advanced to `now`. */
export function changeJob(run: JobRun, spec: JobRun['spec'], now: number): JobRun {
  return { ...run, atMs: now, spec, specAtMs: now, changes: 0 };
}

/** A Pod was deleted by a person: one that had not ended counts as failed. `run` is advanced to `now`. */
export function deleteJobPod(run: JobRun, owner: JobOwner, name: string, now: number): JobRun {
  const pass = new Pass(run, owner);
  pass.deletePod(name, now);
  return pass.run;
}

export function jobPodSeed(run: JobRun, pod: JobPod, owner: JobOwner): PodSeed {
  const template = objectAt(run.spec, 'template');
  const { labels } = objectAt(template, 'metadata');
  const { outcomes } = run;
  return seedFromTemplate(pod, { ...owner, apiVersion: 'batch/v1', kind: 'Job', template, labels, outcomes });
}

class Pass {
  run: JobRun;
  readonly #owner: JobOwner;

  constructor(run: JobRun, owner: JobOwner) {
    this.run = run;
    this.#owner = owner;
  }

  nextMs(): number {
    const { run } = this;
    if (run.end !== undefined) return Infinity;
    const times = [run.specAtMs + observedAfterMs, run.retryAtMs];
    for (const pod of this.#active()) {
      const course = this.#course(pod);
      times.push(this.#endMs(course));
      // Ready Pods are counted in the status.
      if (course.readyMs !== undefined) times.push(course.readyMs);
    }
    const deadlineMs = this.#deadlineMs();
    if (deadlineMs !== undefined) times.push(deadlineMs);
    return times.reduce((least, ms) => (ms > run.atMs && ms < least ? ms : least), Infinity);
  }

  step(atMs: number): void {
    this.run = { ...this.run, atMs };
    this.#countEnded();
    this.#finish();
    this.#fillUp();
    this.run = { ...this.run, changes: this.run.changes + 1 };
  }

  deletePod(name: string, now: number): void {
    const pod = this.run.pods.find((each) => each.name === name);
    if (pod === undefined) return;
    this.run = { ...this.run, atMs: now };
    this.#removePods([pod]);
    if (!pod.isCounted && this.run.end === undefined) this.#addFailure();
    this.step(now);
  }

  #countEnded(): void {
    for (const pod of this.#active()) {
      const course = this.#course(pod);
      if (this.#endMs(course) > this.run.atMs) continue;
      if (course.end === undefined) {
        // A container that was restarted in its Pod too often.
        this.run = { ...this.run, failed: this.run.failed + 1 };
        this.#fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
        return;
      }
      const { name } = pod;
      this.run = {
        ...this.run,
        pods: this.run.pods.map((each) => (each.name === name ? { ...each, isCounted: true } : each)),
      };
      if (course.end.succeeded) this.run = { ...this.run, succeeded: this.run.succeeded + 1 };
      else this.#addFailure();
    }
  }

  #addFailure(): void {
    const failed = this.run.failed + 1;
    const delayMs = Math.min(firstRetryMs * 2 ** Math.min(failed - 1, 10), longestRetryMs);
    this.run = { ...this.run, failed, retryAtMs: this.run.atMs + delayMs };
  }

  #finish(): void {
    const { run } = this;
    if (run.end !== undefined) return;
    const completions = completionsOf(run.spec);
    const hasReached =
      completions === undefined
        ? run.succeeded > 0 && this.#active().length === 0
        : run.startMs !== undefined && run.succeeded >= completions;
    const deadlineMs = this.#deadlineMs();
    if (hasReached) {
      this.#end('complete', 'CompletionsReached', 'Reached expected number of succeeded pods');
      this.#note('Normal', 'Completed', 'Job completed');
    } else if (run.failed > this.#backoffLimit()) {
      this.#fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    } else if (deadlineMs !== undefined && run.atMs >= deadlineMs) {
      this.#fail('DeadlineExceeded', 'Job was active longer than specified deadline');
    }
  }

  #fail(reason: string, message: string): void {
    this.#end('failed', reason, message);
    this.#note('Warning', reason, message);
  }

  /** What still runs is stopped. */
  #end(kind: JobEnd['kind'], reason: string, message: string): void {
    this.#removePods(this.#active());
    this.run = { ...this.run, end: { kind, reason, message, atMs: this.run.atMs } };
  }

  #fillUp(): void {
    const { atMs, specAtMs, spec, end } = this.run;
    if (end !== undefined || atMs < specAtMs + observedAfterMs) return;
    if (valueAt(spec, 'suspend') === true) {
      this.#removePods(this.#active());
      const { startMs: _started, ...unstarted } = this.run;
      this.run = unstarted;
      return;
    }
    if (this.run.startMs === undefined) this.run = { ...this.run, startMs: atMs };
    const active = this.#active().length;
    const completions = completionsOf(spec);
    const left = completions === undefined ? Infinity : completions - this.run.succeeded - active;
    const parallelism = Math.min(numberAt(spec, 'parallelism') ?? 1, shownPods);
    const isQueueServed = completions === undefined && this.run.succeeded > 0;
    if (isQueueServed || atMs < this.run.retryAtMs) return;
    const missing = Math.min(parallelism - active, left);
    for (let slot = 0; slot < missing; slot++) this.#addPod(slot);
    // Completions of zero: there is nothing to run.
    this.#finish();
  }

  #addPod(slot: number): void {
    const { podCount, atMs, pods } = this.run;
    const name = `${this.#owner.name}-${derivedSuffix(5, this.#owner.uid, podCount)}`;
    const uid = derivedUid(this.#owner.uid, 'Pod', podCount);
    const pod: JobPod = { name, uid, createdMs: atMs, slot, isCounted: false };
    const forgotten = pods.length >= shownPods ? pods.find(({ isCounted }) => isCounted) : undefined;
    this.run = {
      ...this.run,
      pods: [...pods.filter((each) => each !== forgotten), pod],
      podCount: podCount + 1,
    };
    this.#note('Normal', 'SuccessfulCreate', `Created pod: ${name}`);
  }

  #removePods(gone: readonly JobPod[]): void {
    for (const pod of gone) {
      const seed = jobPodSeed(this.run, pod, this.#owner);
      this.#addNotes([...podEvents(seed, this.run.atMs), ...killingEvents(seed, this.run.atMs)]);
    }
    this.run = { ...this.run, pods: this.run.pods.filter((pod) => !gone.includes(pod)) };
  }

  #active(): readonly JobPod[] {
    return this.run.pods.filter(({ isCounted }) => !isCounted);
  }

  #course(pod: JobPod): PodCourse {
    return podCourse(jobPodSeed(this.run, pod, this.#owner));
  }

  /** When the Pod stops counting as active; Infinity: never. */
  #endMs(course: PodCourse): number {
    if (course.end !== undefined) return course.end.atMs;
    const crashes = course.main.filter((each) => each.kind === 'crashes');
    const restarts = Math.max(1, this.#backoffLimit());
    return Math.min(
      Infinity,
      ...crashes.map(({ startMs }) => attemptMs(startMs, crashTakesMs, restarts + 1)),
    );
  }

  #backoffLimit(): number {
    return numberAt(this.run.spec, 'backoffLimit') ?? 6;
  }

  #deadlineMs(): number | undefined {
    const seconds = numberAt(this.run.spec, 'activeDeadlineSeconds');
    const { startMs } = this.run;
    return seconds === undefined || startMs === undefined ? undefined : startMs + seconds * 1000;
  }

  #note(type: EventNote['type'], reason: string, message: string): void {
    const { name, namespace, uid } = this.#owner;
    const { atMs } = this.run;
    this.#addNotes([
      {
        regarding: { apiVersion: 'batch/v1', kind: 'Job', namespace, name, uid },
        type,
        reason,
        message,
        component: 'job-controller',
        firstMs: atMs,
        lastMs: atMs,
        count: 1,
      },
    ]);
  }

  #addNotes(notes: readonly EventNote[]): void {
    const { atMs } = this.run;
    const kept = [...this.run.notes, ...notes].filter((note) => isRemembered(note, atMs));
    this.run = { ...this.run, notes: kept.slice(-longestHistory) };
  }
}
