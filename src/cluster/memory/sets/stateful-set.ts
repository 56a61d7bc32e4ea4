import type { JsonObject } from '../../../api/json.ts';
import { numberAt, objectsAt, textAt } from '../../json-reading.ts';
import { derivedUid } from '../derived-identity.ts';
import type { SetMoment } from './set-moment.ts';
import type { SetAction, SetRules } from './set-rules.ts';
import type { PodSet, SetClaim, SetOwner, SetPod } from './pod-set.ts';

/** A StatefulSet of more is refused: its Pods come one after the other, and what one process can follow has bounds. */
export const mostStatefulPods = 200;

/**
 * What a StatefulSet's controller does. Invariants with `OrderedReady`: S1: Pod n is made when all below it are ready.
 * S2: Pods go from the highest ordinal, one after the other, and only while all that stay are ready. S3: an update takes
 * the highest ordinal first and waits until it is ready; Pods below the partition keep the revision they have.
 */
export const statefulSetRules: SetRules = {
  kind: 'StatefulSet',
  component: 'statefulset-controller',
  createdMessage: (pod, set) => `create Pod ${pod} in StatefulSet ${set} successful`,
  deletedMessage: (pod, set) => `delete Pod ${pod} in StatefulSet ${set} successful`,
  nextAction(moment) {
    const { set } = moment;
    const { first, wanted, isOrdered } = sizeOf(set.spec);
    const byOrdinal = new Map(set.pods.map((pod) => [pod.ordinal, pod]));
    for (let ordinal = first; ordinal < first + wanted; ordinal++) {
      const pod = byOrdinal.get(ordinal);
      if (pod === undefined) return createPod(moment, ordinal);
      // S1
      if (isOrdered && !moment.isAvailable(pod)) return undefined;
    }
    const condemned = set.pods
      .filter(({ ordinal }) => ordinal < first || ordinal >= first + wanted)
      .toSorted((a, b) => b.ordinal - a.ordinal)[0];
    // S2
    if (condemned !== undefined)
      return { kind: 'delete', pod: condemned, claims: claimsToDrop(set, condemned) };
    return update(moment);
  },
};

/** S3 */
function update({ set, isAvailable }: SetMoment): SetAction | undefined {
  if (textAt(set.spec, 'updateStrategy', 'type') === 'OnDelete') return undefined;
  const partition = partitionOf(set.spec);
  const pods = set.pods.toSorted((a, b) => b.ordinal - a.ordinal);
  for (const pod of pods) {
    if (pod.ordinal < partition) continue;
    if (pod.revision !== set.update) return { kind: 'delete', pod, claims: [] };
    if (!isAvailable(pod)) return undefined;
  }
  const isDone = pods.every((pod) => pod.revision === set.update && isAvailable(pod));
  return isDone && set.current !== set.update ? { kind: 'complete' } : undefined;
}

function createPod({ set, owner }: SetMoment, ordinal: number): SetAction {
  return {
    kind: 'create',
    name: `${owner.name}-${ordinal}`,
    ordinal,
    revision: revisionFor(set, ordinal),
    claims: missingClaims(set, owner, ordinal),
  };
}

/** Below the partition a Pod that is lost comes back as it was. */
function revisionFor(set: PodSet, ordinal: number): string {
  const isRolling = textAt(set.spec, 'updateStrategy', 'type') !== 'OnDelete';
  return isRolling && ordinal < partitionOf(set.spec) ? set.current : set.update;
}

/** The lowest ordinal that updates reach. */
function partitionOf(spec: JsonObject): number {
  return sizeOf(spec).first + (numberAt(spec, 'updateStrategy', 'rollingUpdate', 'partition') ?? 0);
}

function sizeOf(spec: JsonObject): {
  readonly first: number;
  readonly wanted: number;
  readonly isOrdered: boolean;
} {
  return {
    first: numberAt(spec, 'ordinals', 'start') ?? 0,
    wanted: numberAt(spec, 'replicas') ?? 1,
    isOrdered: textAt(spec, 'podManagementPolicy') !== 'Parallel',
  };
}

function missingClaims(set: PodSet, owner: SetOwner, ordinal: number): readonly SetClaim[] {
  return objectsAt(set.spec, 'volumeClaimTemplates')
    .map((template): SetClaim => {
      const name = `${textAt(template, 'metadata', 'name')}-${owner.name}-${ordinal}`;
      const uid = derivedUid(owner.uid, 'PersistentVolumeClaim', name, set.podCount);
      return { name, uid, createdMs: set.atMs, ordinal, template };
    })
    .filter(({ name }) => !set.claims.some((claim) => claim.name === name));
}

function claimsToDrop(set: PodSet, { ordinal }: SetPod): readonly SetClaim[] {
  const isDropped = textAt(set.spec, 'persistentVolumeClaimRetentionPolicy', 'whenScaled') === 'Delete';
  return isDropped ? set.claims.filter((claim) => claim.ordinal === ordinal) : [];
}
