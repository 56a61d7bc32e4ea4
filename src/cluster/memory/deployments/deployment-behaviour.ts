import type { KubeObject } from '../../../api/kube-object.ts';
import type { Behaviour } from '../behaviour.ts';
import { podChanges } from '../pods/pod-changes.ts';
import { podCourse, type PodSeed } from '../pods/pod-course.ts';
import { podEvents } from '../pods/pod-events.ts';
import { projectPod } from '../pods/project-pod.ts';
import { nextRolloutMs } from './advance-rollout.ts';
import { projectDeployment, projectReplicaSet } from './project-deployment.ts';
import type { Rollout, RolloutOwner } from './rollout.ts';
import { openReadyTimes, podSeed } from './set-pods.ts';

/** `live` is advanced to `now`. */
export function deploymentBehaviour(
  plain: KubeObject,
  live: Rollout,
  owner: RolloutOwner,
  now: number,
): Behaviour {
  const seeds = (): readonly PodSeed[] =>
    live.sets.flatMap((set) => set.pods.map((pod) => podSeed(set, pod, owner)));
  return {
    object: projectDeployment(plain, live, owner),
    owned(kind) {
      if (kind === 'Pod') return seeds().map((seed) => projectPod(seed, now));
      if (kind !== 'ReplicaSet') return [];
      const readyMs = openReadyTimes(owner);
      return live.sets.map((set) => projectReplicaSet(set, live, owner, readyMs));
    },
    notes: () => [...live.notes, ...seeds().flatMap((seed) => podEvents(seed, now))],
    nextMs: () =>
      seeds().reduce(
        (least, seed) => Math.min(least, podChanges(podCourse(seed), now).nextMs),
        nextRolloutMs(live, owner),
      ),
  };
}
