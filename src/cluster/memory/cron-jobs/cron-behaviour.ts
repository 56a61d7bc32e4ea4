import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import type { Behaviour } from '../behaviour.ts';
import { advanceJob } from '../jobs/advance-job.ts';
import { jobBehaviour } from '../jobs/job-behaviour.ts';
import { resourceVersion } from '../resource-version.ts';
import { timestamp } from '../timestamp.ts';
import { nextCronMs } from './advance-cron.ts';
import { childObject, childOwner, childRun } from './cron-child.ts';
import type { CronOwner, CronRun } from './cron-run.ts';

/** `live` is advanced to `now`. */
export function cronBehaviour(plain: KubeObject, live: CronRun, owner: CronOwner, now: number): Behaviour {
  const jobs = (): readonly Behaviour[] =>
    live.jobs.map((child) => {
      const job = childOwner(child, owner);
      return jobBehaviour(childObject(child, owner), advanceJob(childRun(child, owner), job, now), job, now);
    });
  return {
    object: {
      ...plain,
      metadata: { ...plain.metadata, resourceVersion: resourceVersion(owner.revision, live.changes) },
      status: statusOf(live, owner),
    },
    owned: (kind) =>
      kind === 'Job' ? jobs().map(({ object }) => object) : jobs().flatMap((job) => job.owned(kind)),
    notes: () => [...live.notes, ...jobs().flatMap((job) => job.notes())],
    nextMs: () => jobs().reduce((least, job) => Math.min(least, job.nextMs()), nextCronMs(live, owner)),
  };
}

function statusOf(live: CronRun, owner: CronOwner): JsonObject {
  const active = live.jobs
    .filter(({ isSeen }) => !isSeen)
    .map(({ name, uid }) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      name,
      namespace: owner.namespace,
      resourceVersion: resourceVersion(owner.revision, 0),
      uid,
    }));
  return {
    ...(active.length === 0 ? {} : { active }),
    ...(live.lastScheduleMs === undefined ? {} : { lastScheduleTime: timestamp(live.lastScheduleMs) }),
    ...(live.lastSuccessMs === undefined ? {} : { lastSuccessfulTime: timestamp(live.lastSuccessMs) }),
  };
}
