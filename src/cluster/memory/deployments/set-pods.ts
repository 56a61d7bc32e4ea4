import { derivedSuffix, derivedUid } from '../derived-identity.ts';
import { textsAt } from '../../json-reading.ts';
import { podCourse, type PodSeed } from '../pods/pod-course.ts';
import { seedFromTemplate } from '../pods/seed-from-template.ts';
import type { PodState, RolloutOwner, SetState } from './rollout.ts';

/** A ReplicaSet gets no more Pods than this, as under a quota: what one process can show has bounds. */
export const podsPerSet = 500;

/** The Pods after the set was told to have `wanted`. */
export function resizePods(
  set: SetState,
  wanted: number,
  atMs: number,
  readyMs: (set: SetState, pod: PodState) => number | undefined,
): {
  readonly set: SetState;
  readonly added: readonly PodState[];
  readonly removed: readonly PodState[];
} {
  const limit = Math.min(wanted, podsPerSet);
  const added: PodState[] = [];
  for (let nth = 0; set.pods.length + nth < limit; nth++)
    added.push(newPod(set, set.podCount + nth, nth, atMs));
  const removed = [...set.pods]
    .toSorted(
      (a, b) => Number(isReady(a)) - Number(isReady(b)) || b.createdMs - a.createdMs || b.slot - a.slot,
    )
    .slice(0, Math.max(0, set.pods.length - limit));
  function isReady(pod: PodState): boolean {
    const ms = readyMs(set, pod);
    return ms !== undefined && ms <= atMs;
  }
  const pods = [...set.pods.filter((pod) => !removed.includes(pod)), ...added];
  return { set: { ...set, pods, podCount: set.podCount + added.length }, added, removed };
}

export function podSeed(set: SetState, pod: PodState, { namespace, revision }: RolloutOwner): PodSeed {
  const { name, uid, template, outcomes } = set;
  return seedFromTemplate(pod, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name,
    uid,
    namespace,
    template,
    labels: labelsOfPods(set),
    outcomes,
    revision,
  });
}

export function labelsOfPods(set: SetState): Readonly<Record<string, string>> {
  return { ...textsAt(set.template, 'metadata', 'labels'), 'pod-template-hash': set.hash };
}

/** When a Pod of the set becomes ready. Remembers what depends on set and slot alone, for one pass over a rollout. */
export function openReadyTimes(owner: RolloutOwner): (set: SetState, pod: PodState) => number | undefined {
  const known = new Map<string, number | undefined>();
  return (set, pod) => {
    const key = `${set.uid} ${pod.slot}`;
    if (!known.has(key)) known.set(key, podCourse(podSeed(set, { ...pod, createdMs: 0 }, owner)).readyMs);
    const afterMs = known.get(key);
    return afterMs === undefined ? undefined : pod.createdMs + afterMs;
  };
}

function newPod(set: SetState, ordinal: number, slot: number, atMs: number): PodState {
  const name = `${set.name}-${derivedSuffix(5, set.uid, ordinal)}`;
  return { name, uid: derivedUid(set.uid, 'Pod', ordinal), createdMs: atMs, slot };
}
