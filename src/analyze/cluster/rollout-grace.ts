import type { KubeObject } from '../../api/kube-object.ts';
import { conditionOf } from '../diagnosis/pod-view.ts';
import type { Progress } from '../diagnosis/rollout-progress.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../json-fields.ts';
import type { Look } from './look.ts';
import { isLeaving } from './snapshot.ts';

/** For kinds that set no deadline of their own: that of a Deployment, in seconds. */
const defaultDeadline = 600;
export const rolloutMs: number = defaultDeadline * 1000;
/** Right after a change the counts of a status have not caught up yet. */
export const settlingMs = 60_000;

/**
 * Whether a workload that lacks replicas is still given time: its controller has not seen the newest spec, its rollout is
 * within the deadline, or as many Pods as are missing are new and have not failed.
 */
export function isInGrace(look: Look, progress: Progress): boolean {
  // `status: {}` is what generators of manifests write.
  if (!progress.isObserved || Object.keys(objectAt(look.object, 'status')).length === 0) return true;
  const condition = conditionOf(look.object, 'Progressing');
  if (textAt(condition, 'status') === 'False') return false;
  const deadlineMs = (numberAt(look.object, 'spec', 'progressDeadlineSeconds') ?? defaultDeadline) * 1000;
  const moved = textAt(condition, 'lastUpdateTime');
  const isFinished = textAt(condition, 'reason') === 'NewReplicaSetAvailable';
  if (moved !== '' && !isFinished && sinceMs(look, moved) < deadlineMs) return true;
  if (sinceMs(look, textAt(conditionOf(look.object, 'Available'), 'lastTransitionTime')) < settlingMs)
    return true;
  const made = textAt(look.object, 'metadata', 'creationTimestamp');
  if (condition === undefined && sinceMs(look, made) < settlingMs) return true;
  const starting = look.ownPods().filter((pod) => isStarting(look, pod, deadlineMs));
  return starting.length > 0 && starting.length >= progress.wanted - progress.available;
}

/** Milliseconds since an RFC 3339 time; Infinity for none. */
export function sinceMs(look: Look, time: string): number {
  const at = Date.parse(time);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : look.nowMs - at;
}

function isStarting(look: Look, pod: KubeObject, deadlineMs: number): boolean {
  if (isLeaving(pod) || sinceMs(look, textAt(pod, 'metadata', 'creationTimestamp')) >= deadlineMs)
    return false;
  if (textAt(conditionOf(pod, 'Ready'), 'status') === 'True') return false;
  if (textAt(conditionOf(pod, 'PodScheduled'), 'reason') === 'Unschedulable') return false;
  const statuses = [
    ...objectsAt(pod, 'status', 'initContainerStatuses'),
    ...objectsAt(pod, 'status', 'containerStatuses'),
  ];
  const started = ['', 'ContainerCreating', 'PodInitializing'];
  return statuses.every(
    (status) =>
      (numberAt(status, 'restartCount') ?? 0) === 0 &&
      started.includes(textAt(status, 'state', 'waiting', 'reason')),
  );
}
