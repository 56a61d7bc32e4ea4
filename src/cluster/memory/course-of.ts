import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../api/json.ts';
import { groupOf } from '../known-kinds.ts';
import { advanceCron } from './cron-jobs/advance-cron.ts';
import { changeCronRun, startCronRun } from './cron-jobs/cron-run.ts';
import { advanceRollout, changeSpec } from './deployments/advance-rollout.ts';
import { startRollout } from './deployments/rollout.ts';
import { decideImage, type ImageOutcomes } from './images/image-outcome.ts';
import type { ClusterRules } from './images/cluster-rules.ts';
import { advanceJob, changeJob } from './jobs/advance-job.ts';
import { startJob } from './jobs/job-run.ts';
import { advancePodSet } from './sets/advance-pod-set.ts';
import { changePodSet, startPodSet } from './sets/pod-set.ts';
import { objectAt, objectsAt, textAt } from '../json-reading.ts';
import type { ObjectKey } from './object-store.ts';
import type { Course, StoredObject } from './stored-object.ts';

export type CourseKind = Course['kind'];

/** What objects of a kind do by themselves. */
export function courseKind(apiVersion: string, kind: string): CourseKind {
  const name = `${groupOf(apiVersion)}/${kind}`;
  if (name === 'apps/Deployment') return 'deployment';
  if (name === 'apps/StatefulSet' || name === 'apps/DaemonSet') return 'set';
  if (name === 'batch/CronJob') return 'cron';
  if (name === 'batch/Job') return 'job';
  return name === '/Pod' ? 'pod' : 'none';
}

/** The course of an object just written. `before` is what it replaces; what that was doing goes on from here. */
export function courseAfterWrite(
  kind: CourseKind,
  key: ObjectKey,
  after: { readonly object: JsonObject; readonly generation: number; readonly uid: string },
  before: StoredObject | undefined,
  rules: ClusterRules,
  now: number,
): Course {
  const spec = objectAt(after.object, 'spec');
  if (kind === 'none') return { kind };
  if (kind === 'pod') return { kind, outcomes: outcomesOf(spec, key.cluster, rules) };
  const template =
    kind === 'cron' ? objectAt(spec, 'jobTemplate', 'spec', 'template') : objectAt(spec, 'template');
  const outcomes = outcomesOf(objectAt(template, 'spec'), key.cluster, rules);
  const owner = { name: key.name, namespace: key.namespace, uid: after.uid, revision: 0 };
  const isSame = before !== undefined && isDeepStrictEqual(objectAt(before.object, 'spec'), spec);
  if (kind === 'deployment') {
    if (before?.course.kind !== 'deployment')
      return { kind, rollout: startRollout(spec, after.generation, outcomes, now) };
    const live = advanceRollout(before.course.rollout, owner, now);
    const rollout = isSame
      ? { ...live, changes: 0 }
      : changeSpec(live, spec, after.generation, outcomes, Math.max(now, live.atMs));
    return { kind, rollout };
  }
  if (kind === 'cron') {
    if (before?.course.kind !== 'cron') return { kind, run: startCronRun(spec, outcomes, now) };
    const live = advanceCron(before.course.run, owner, now);
    const run = isSame
      ? { ...live, changes: 0 }
      : changeCronRun(live, spec, outcomes, Math.max(now, live.atMs));
    return { kind, run };
  }
  if (kind === 'set') {
    const setKind = key.kind === 'StatefulSet' ? 'StatefulSet' : 'DaemonSet';
    if (before?.course.kind !== 'set')
      return { kind, set: startPodSet(setKind, spec, after.generation, outcomes, now) };
    const live = advancePodSet(before.course.set, owner, now);
    const set = isSame
      ? { ...live, changes: 0 }
      : changePodSet(live, spec, after.generation, outcomes, Math.max(now, live.atMs));
    return { kind, set };
  }
  if (before?.course.kind !== 'job') return { kind, run: startJob(spec, outcomes, now) };
  const live = advanceJob(before.course.run, owner, now);
  return { kind, run: isSame ? { ...live, changes: 0 } : changeJob(live, spec, Math.max(now, live.atMs)) };
}

function outcomesOf(podSpec: JsonObject, cluster: string, rules: ClusterRules): ImageOutcomes {
  const images = [...objectsAt(podSpec, 'initContainers'), ...objectsAt(podSpec, 'containers')].map(
    (container) => textAt(container, 'image'),
  );
  return Object.fromEntries(images.map((image) => [image, decideImage(image, cluster, rules)]));
}
