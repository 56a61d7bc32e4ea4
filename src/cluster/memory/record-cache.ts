import { advanceCron } from './cron-jobs/advance-cron.ts';
import type { CronOwner, CronRun } from './cron-jobs/cron-run.ts';
import { advanceRollout } from './deployments/advance-rollout.ts';
import type { Rollout, RolloutOwner } from './deployments/rollout.ts';
import { advanceJob } from './jobs/advance-job.ts';
import type { JobOwner, JobRun } from './jobs/job-run.ts';
import { advancePodSet } from './sets/advance-pod-set.ts';
import type { PodSet, SetOwner } from './sets/pod-set.ts';
import { decodeStored, type StoredObject } from './stored-object.ts';

/** Longer records are decoded anew each time. */
const longestKept = 256 * 1024;
const mostKept = 1_000;

/**
 * What was worked out of records before. A record never changes, and advancing in two steps comes to the same as in one, so
 * this saves time and decides nothing.
 */
export class RecordCache {
  readonly #stored = new Map<string, StoredObject>();
  readonly #rollouts = new WeakMap<Rollout, { readonly live: Rollout; readonly now: number }>();
  readonly #runs = new WeakMap<JobRun, { readonly live: JobRun; readonly now: number }>();
  readonly #crons = new WeakMap<CronRun, { readonly live: CronRun; readonly now: number }>();
  readonly #sets = new WeakMap<PodSet, { readonly live: PodSet; readonly now: number }>();

  decode(record: string): StoredObject {
    const known = this.#stored.get(record);
    if (known !== undefined) return known;
    const stored = deepFreeze(decodeStored(record));
    if (record.length > longestKept) return stored;
    if (this.#stored.size >= mostKept) this.#stored.clear();
    this.#stored.set(record, stored);
    return stored;
  }

  rollout(rollout: Rollout, owner: RolloutOwner, now: number): Rollout {
    const known = this.#rollouts.get(rollout);
    const base = known !== undefined && known.now <= now ? known.live : rollout;
    const live = advanceRollout(base, owner, now);
    this.#rollouts.set(rollout, { live, now });
    return live;
  }

  job(run: JobRun, owner: JobOwner, now: number): JobRun {
    const known = this.#runs.get(run);
    const base = known !== undefined && known.now <= now ? known.live : run;
    const live = advanceJob(base, owner, now);
    this.#runs.set(run, { live, now });
    return live;
  }

  cron(run: CronRun, owner: CronOwner, now: number): CronRun {
    const known = this.#crons.get(run);
    const base = known !== undefined && known.now <= now ? known.live : run;
    const live = advanceCron(base, owner, now);
    this.#crons.set(run, { live, now });
    return live;
  }

  podSet(set: PodSet, owner: SetOwner, now: number): PodSet {
    const known = this.#sets.get(set);
    const base = known !== undefined && known.now <= now ? known.live : set;
    const live = advancePodSet(base, owner, now);
    this.#sets.set(set, { live, now });
    return live;
  }
}

/** Parts of it are handed out: whoever changes one must fail, not change what the next reader sees. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
