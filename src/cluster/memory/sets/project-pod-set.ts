import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { resourceVersion } from '../resource-version.ts';
import { wantsNode } from './daemon-set.ts';
import type { PodSet, SetOwner, SetPod } from './pod-set.ts';
import { momentOf, openReadyTimes } from './set-moment.ts';

/** `stored` with the status that the controller wrote; `set` is advanced to the moment shown. */
export function projectPodSet(stored: KubeObject, set: PodSet, owner: SetOwner): KubeObject {
  return {
    ...stored,
    metadata: { ...stored.metadata, resourceVersion: resourceVersion(owner.revision, set.changes) },
    status: statusOf(set, owner),
  };
}

// Zero counts are left out where Go's omitempty leaves them out.
function statusOf(set: PodSet, owner: SetOwner): JsonObject {
  if (set.observedGeneration === 0)
    return set.kind === 'StatefulSet' ? { availableReplicas: 0, replicas: 0 } : noDaemons;
  const moment = momentOf(set, owner, openReadyTimes(owner));
  const count = (matches: (pod: SetPod) => boolean): number => set.pods.filter(matches).length;
  const counts: Counts = {
    pods: set.pods.length,
    ready: count((pod) => moment.isReady(pod)),
    available: count((pod) => moment.isAvailable(pod)),
    updated: count((pod) => pod.revision === set.update),
    current: count((pod) => pod.revision === set.current),
  };
  return set.kind === 'StatefulSet' ? statefulStatus(set, owner, counts) : daemonStatus(set, counts);
}

interface Counts {
  readonly pods: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  readonly current: number;
}

function statefulStatus(set: PodSet, owner: SetOwner, counts: Counts): JsonObject {
  return {
    availableReplicas: counts.available,
    collisionCount: 0,
    ...(counts.current === 0 ? {} : { currentReplicas: counts.current }),
    currentRevision: `${owner.name}-${set.current}`,
    observedGeneration: set.observedGeneration,
    ...(counts.ready === 0 ? {} : { readyReplicas: counts.ready }),
    replicas: counts.pods,
    updateRevision: `${owner.name}-${set.update}`,
    ...(counts.updated === 0 ? {} : { updatedReplicas: counts.updated }),
  };
}

const noDaemons: JsonObject = {
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
};

function daemonStatus(set: PodSet, counts: Counts): JsonObject {
  const desired = wantsNode(set) ? 1 : 0;
  const available = Math.min(desired, counts.available);
  return {
    currentNumberScheduled: Math.min(desired, counts.pods),
    desiredNumberScheduled: desired,
    ...(available === 0 ? {} : { numberAvailable: available }),
    numberMisscheduled: 0,
    numberReady: Math.min(desired, counts.ready),
    ...(desired === available ? {} : { numberUnavailable: desired - available }),
    observedGeneration: set.observedGeneration,
    ...(counts.updated === 0 ? {} : { updatedNumberScheduled: Math.min(desired, counts.updated) }),
  };
}
