import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { numberAt, objectAt } from '../../json-reading.ts';
import { controllerReference } from '../owner-reference.ts';
import { resourceVersion } from '../resource-version.ts';
import { timestamp } from '../timestamp.ts';
import { rollingLimits } from './rolling-update.ts';
import type { Condition, PodState, Rollout, RolloutOwner, SetState } from './rollout.ts';
import { labelsOfPods, podsPerSet } from './set-pods.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** `stored` with the status and the revision that the controller wrote; `rollout` is advanced to the moment shown. */
export function projectDeployment(stored: KubeObject, rollout: Rollout, owner: RolloutOwner): KubeObject {
  const newest = rollout.sets.reduce((most, set) => Math.max(most, set.revision), 0);
  const annotations = { ...stored.metadata.annotations, [revisionAnnotation]: String(newest) };
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      resourceVersion: resourceVersion(owner.revision, rollout.changes),
      ...(newest === 0 ? {} : { annotations }),
    },
    status: statusOf(rollout),
  };
}

export function projectReplicaSet(
  set: SetState,
  rollout: Rollout,
  owner: RolloutOwner,
  readyMs: (set: SetState, pod: PodState) => number | undefined,
): KubeObject {
  const { spec, atMs } = rollout;
  const limits = rollingLimits(spec);
  const minReadySeconds = numberAt(spec, 'minReadySeconds') ?? 0;
  const count = (sinceMs: number): number =>
    set.pods.filter((pod) => (readyMs(set, pod) ?? Infinity) + sinceMs <= atMs).length;
  const [ready, available] = [count(0), count(minReadySeconds * 1000)];
  const labels = labelsOfPods(set);
  const selector = objectAt(spec, 'selector');
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: set.name,
      namespace: owner.namespace,
      uid: set.uid,
      resourceVersion: resourceVersion(owner.revision, rollout.changes),
      generation: set.generation,
      creationTimestamp: timestamp(set.createdMs),
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(limits.replicas),
        'deployment.kubernetes.io/max-replicas': String(limits.replicas + limits.maxSurge),
        [revisionAnnotation]: String(set.revision),
      },
      ownerReferences: [controllerReference('apps/v1', 'Deployment', owner)],
    },
    spec: {
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
      replicas: set.wanted,
      selector: {
        ...selector,
        matchLabels: { ...objectAt(selector, 'matchLabels'), 'pod-template-hash': set.hash },
      },
      template: {
        ...set.template,
        metadata: { ...objectAt(set.template, 'metadata'), labels },
      },
    },
    status: {
      ...(available === 0 ? {} : { availableReplicas: available }),
      ...(set.pods.length < set.wanted
        ? { conditions: [{ ...replicaFailure(set), lastTransitionTime: timestamp(set.createdMs) }] }
        : {}),
      ...(set.pods.length === 0 ? {} : { fullyLabeledReplicas: set.pods.length }),
      observedGeneration: set.generation,
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      replicas: set.pods.length,
    },
  };
}

// Zero counts are left out, as Go's omitempty leaves them out.
function statusOf({ counts, spec, observedGeneration, ...rollout }: Rollout): JsonObject {
  if (observedGeneration === 0) return {};
  const wanted = numberAt(spec, 'replicas') ?? 1;
  const unavailable = Math.max(0, Math.max(wanted, counts.replicas) - counts.available);
  const failing = rollout.sets.findLast((set) => set.pods.length < set.wanted);
  return {
    ...(counts.available === 0 ? {} : { availableReplicas: counts.available }),
    conditions: [
      ...(rollout.available === undefined ? [] : [condition('Available', rollout.available)]),
      ...(rollout.progressing === undefined ? [] : [condition('Progressing', rollout.progressing)]),
      ...(failing === undefined
        ? []
        : [
            {
              lastTransitionTime: timestamp(failing.createdMs),
              lastUpdateTime: timestamp(failing.createdMs),
              ...replicaFailure(failing),
            },
          ]),
    ],
    observedGeneration,
    ...(counts.ready === 0 ? {} : { readyReplicas: counts.ready }),
    ...(counts.replicas === 0 ? {} : { replicas: counts.replicas }),
    ...(unavailable === 0 ? {} : { unavailableReplicas: unavailable }),
    ...(counts.updated === 0 ? {} : { updatedReplicas: counts.updated }),
  };
}

function condition(type: string, { status, reason, message, updateMs, transitionMs }: Condition): JsonObject {
  return {
    lastTransitionTime: timestamp(transitionMs),
    lastUpdateTime: timestamp(updateMs),
    message,
    reason,
    status,
    type,
  };
}

function replicaFailure(set: SetState): JsonObject {
  return {
    message: `pods "${set.name}-" is forbidden: exceeded quota: in-memory-cluster, requested: pods=1, used: pods=${podsPerSet}, limited: pods=${podsPerSet}`,
    reason: 'FailedCreate',
    status: 'True',
    type: 'ReplicaFailure',
  };
}
