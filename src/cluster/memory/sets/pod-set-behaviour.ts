import type { KubeObject } from '../../../api/kube-object.ts';
import type { Behaviour } from '../behaviour.ts';
import { podChanges } from '../pods/pod-changes.ts';
import { podCourse, type PodSeed } from '../pods/pod-course.ts';
import { podEvents } from '../pods/pod-events.ts';
import { projectPod } from '../pods/project-pod.ts';
import { nextPodSetMs } from './advance-pod-set.ts';
import type { PodSet, SetOwner } from './pod-set.ts';
import { projectClaim } from './project-claim.ts';
import { projectPodSet } from './project-pod-set.ts';
import { podSeedOf } from './set-pod-seed.ts';

/** `live` is advanced to `now`. */
export function podSetBehaviour(plain: KubeObject, live: PodSet, owner: SetOwner, now: number): Behaviour {
  const seeds = (): readonly PodSeed[] => live.pods.map((pod) => podSeedOf(live, pod, owner));
  return {
    object: projectPodSet(plain, live, owner),
    owned(kind) {
      if (kind === 'Pod') return seeds().map((seed) => projectPod(seed, now));
      if (kind === 'PersistentVolumeClaim')
        return live.claims.map((claim) => projectClaim(claim, live, owner));
      return [];
    },
    notes: () => [...live.notes, ...seeds().flatMap((seed) => podEvents(seed, now))],
    nextMs: () =>
      seeds().reduce(
        (least, seed) => Math.min(least, podChanges(podCourse(seed), now).nextMs),
        nextPodSetMs(live, owner),
      ),
  };
}
