import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { objectAt, textsAt } from '../../json-reading.ts';
import { derivedUid } from '../derived-identity.ts';
import { finishObject } from '../finish-object.ts';
import { advanceJob, nextJobMs } from '../jobs/advance-job.ts';
import { startJob, type JobEnd, type JobOwner, type JobRun } from '../jobs/job-run.ts';
import { controllerReference } from '../owner-reference.ts';
import { resourceVersion } from '../resource-version.ts';
import { timestamp } from '../timestamp.ts';
import type { CronChild, CronOwner, CronRun } from './cron-run.ts';

/** The Job for a time of the schedule; its name tells the minute, so that none is made twice. */
export function newChild(run: CronRun, owner: CronOwner, scheduledMs: number): CronChild {
  const name = `${owner.name}-${Math.floor(scheduledMs / 60_000)}`;
  return {
    name,
    uid: derivedUid(owner.uid, 'Job', scheduledMs),
    createdMs: run.atMs,
    scheduledMs,
    template: objectAt(run.spec, 'jobTemplate'),
    outcomes: run.outcomes,
    isSeen: false,
  };
}

export function childOwner(child: CronChild, owner: CronOwner): JobOwner {
  return { name: child.name, namespace: owner.namespace, uid: child.uid, revision: owner.revision };
}

/** The Job at the moment it was made, or last changed by somebody. */
export function childRun(child: CronChild, owner: CronOwner): JobRun {
  return child.run ?? startJob(objectAt(childObject(child, owner), 'spec'), child.outcomes, child.createdMs);
}

/** How the Job will end if nobody meddles; undefined: never. */
export function childEnd(child: CronChild, owner: CronOwner): JobEnd | undefined {
  const job = childOwner(child, owner);
  let run = childRun(child, owner);
  for (let nextMs = nextJobMs(run, job); nextMs < Infinity; nextMs = nextJobMs(run, job))
    run = advanceJob(run, job, nextMs);
  return run.end;
}

/** The Job as its CronJob wrote it, without a status. */
export function childObject(child: CronChild, owner: CronOwner): KubeObject {
  const metadata = objectAt(child.template, 'metadata');
  const annotations = {
    ...textsAt(metadata, 'annotations'),
    'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(child.scheduledMs),
  };
  const written: JsonObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: child.name,
      namespace: owner.namespace,
      uid: child.uid,
      resourceVersion: resourceVersion(owner.revision, 0),
      generation: 1,
      creationTimestamp: timestamp(child.createdMs),
      ...(metadata['labels'] === undefined ? {} : { labels: metadata['labels'] }),
      annotations,
      ownerReferences: [controllerReference('batch/v1', 'CronJob', owner)],
    },
    spec: objectAt(child.template, 'spec'),
  };
  const { name, uid } = child;
  const facts = { name, namespace: owner.namespace, uid, otherServices: () => [] };
  return finishObject(written, facts) as unknown as KubeObject;
}
