import type { KubeObject } from '../../../api/kube-object.ts';
import type { Behaviour } from '../behaviour.ts';
import { podChanges } from '../pods/pod-changes.ts';
import { podCourse, type PodSeed } from '../pods/pod-course.ts';
import { podEvents } from '../pods/pod-events.ts';
import { projectPod } from '../pods/project-pod.ts';
import { jobPodSeed, nextJobMs } from './advance-job.ts';
import type { JobOwner, JobRun } from './job-run.ts';
import { projectJob } from './project-job.ts';

/** `live` is advanced to `now`. */
export function jobBehaviour(plain: KubeObject, live: JobRun, owner: JobOwner, now: number): Behaviour {
  const seeds = (): readonly PodSeed[] => live.pods.map((pod) => jobPodSeed(live, pod, owner));
  return {
    object: projectJob(plain, live, owner, now),
    owned: (kind) => (kind === 'Pod' ? seeds().map((seed) => projectPod(seed, now)) : []),
    notes: () => [...live.notes, ...seeds().flatMap((seed) => podEvents(seed, now))],
    nextMs: () =>
      seeds().reduce(
        (least, seed) => Math.min(least, podChanges(podCourse(seed), now).nextMs),
        nextJobMs(live, owner),
      ),
  };
}
