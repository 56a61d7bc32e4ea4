import { numberAt, valueAt } from '../../json-reading.ts';
import { rollingLimits } from './rolling-update.ts';
import type { Condition, Rollout } from './rollout.ts';

/** The conditions Available and Progressing after a step, as the Deployment controller sets them. */
export function nextConditions(
  before: Rollout,
  after: Rollout,
  newSetName: string | undefined,
  newSet: 'created' | 'found' | 'none',
  deadlineMs: number | undefined,
): Rollout {
  return {
    ...after,
    available: availability(after),
    ...progress(before, after, newSetName, newSet, deadlineMs),
  };
}

function availability(rollout: Rollout): Condition {
  const { replicas, maxUnavailable } = rollingLimits(rollout.spec);
  return rollout.counts.available >= replicas - maxUnavailable
    ? change(
        rollout.available,
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
        rollout.atMs,
      )
    : change(
        rollout.available,
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        rollout.atMs,
      );
}

function progress(
  before: Rollout,
  after: Rollout,
  newSetName: string | undefined,
  newSet: 'created' | 'found' | 'none',
  deadlineMs: number | undefined,
): { readonly progressing?: Condition } {
  const { spec, counts, atMs } = after;
  const current = after.progressing;
  if (numberAt(spec, 'progressDeadlineSeconds') === undefined) return {};
  if (valueAt(spec, 'paused') === true) {
    return { progressing: change(current, 'Unknown', 'DeploymentPaused', 'Deployment is paused', atMs) };
  }
  const wanted = numberAt(spec, 'replicas') ?? 1;
  const isSettled = current?.reason === 'NewReplicaSetAvailable' && newSet === 'none';
  // A finished rollout stays finished: that it is scaled, or loses a Pod, is no new rollout.
  if (isSettled && counts.replicas === counts.updated) return { progressing: current };
  const subject = newSetName === undefined ? 'Deployment' : `ReplicaSet "${newSetName}"`;
  const isComplete = counts.updated === wanted && counts.replicas === wanted && counts.available === wanted;
  if (isComplete) {
    const message = `${subject} has successfully progressed.`;
    return { progressing: change(current, 'True', 'NewReplicaSetAvailable', message, atMs) };
  }
  const old = before.counts;
  const hasProgressed =
    newSet !== 'none' ||
    counts.updated > old.updated ||
    counts.replicas - counts.updated < old.replicas - old.updated ||
    counts.ready > old.ready ||
    counts.available > old.available;
  if (hasProgressed || current === undefined) {
    const message = `${subject} is progressing.`;
    const next = change(current, 'True', 'ReplicaSetUpdated', message, atMs);
    return { progressing: { ...next, updateMs: atMs } };
  }
  if (deadlineMs !== undefined && atMs >= deadlineMs) {
    const message = `${subject} has timed out progressing.`;
    return { progressing: change(current, 'False', 'ProgressDeadlineExceeded', message, atMs) };
  }
  return { progressing: current };
}

/** The same status and reason leave the condition as it is, except for its message. */
function change(
  current: Condition | undefined,
  status: Condition['status'],
  reason: string,
  message: string,
  atMs: number,
): Condition {
  if (current?.status === status && current.reason === reason) return { ...current, message };
  const transitionMs = current?.status === status ? current.transitionMs : atMs;
  return { status, reason, message, updateMs: atMs, transitionMs };
}
