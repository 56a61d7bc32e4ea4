import { numberAt } from '../../json-reading.ts';
import { podCourse } from '../pods/pod-course.ts';
import type { PodSet, Revision, SetOwner, SetPod } from './pod-set.ts';
import { podSeedOf } from './set-pod-seed.ts';

/** What a controller sees at the moment to which the set is advanced. */
export interface SetMoment {
  readonly set: PodSet;
  readonly owner: SetOwner;
  readonly isReady: (pod: SetPod) => boolean;
  /** Ready for `minReadySeconds`. */
  readonly isAvailable: (pod: SetPod) => boolean;
}

/** When a Pod becomes ready; undefined: never. */
export type ReadyTimes = (set: PodSet, pod: SetPod) => number | undefined;

export function momentOf(set: PodSet, owner: SetOwner, readyMs: ReadyTimes): SetMoment {
  const minReadyMs = minReadyMsOf(set);
  const since = (pod: SetPod): number => readyMs(set, pod) ?? Infinity;
  return {
    set,
    owner,
    isReady: (pod) => since(pod) <= set.atMs,
    isAvailable: (pod) => since(pod) + minReadyMs <= set.atMs,
  };
}

export function minReadyMsOf(set: PodSet): number {
  return (numberAt(set.spec, 'minReadySeconds') ?? 0) * 1000;
}

/** Remembers what depends on the revision alone, for one pass over a set. */
export function openReadyTimes(owner: SetOwner): ReadyTimes {
  const known = new Map<Revision | undefined, number | undefined>();
  return (set, pod) => {
    const revision = set.revisions.find(({ hash }) => hash === pod.revision);
    if (!known.has(revision))
      known.set(revision, podCourse(podSeedOf(set, { ...pod, createdMs: 0 }, owner)).readyMs);
    const afterMs = known.get(revision);
    return afterMs === undefined ? undefined : pod.createdMs + afterMs;
  };
}
