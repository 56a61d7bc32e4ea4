import type { KubeObject } from '../../../api/kube-object.ts';
import type { Behaviour } from '../behaviour.ts';
import type { ImageOutcomes } from '../images/image-outcome.ts';
import { objectAt } from '../../json-reading.ts';
import type { StoredObject } from '../stored-object.ts';
import { podChanges } from './pod-changes.ts';
import { podCourse, type PodSeed } from './pod-course.ts';
import { podEvents } from './pod-events.ts';
import { projectPod } from './project-pod.ts';

/** A Pod that a user wrote. */
export function podBehaviour(
  plain: KubeObject,
  outcomes: ImageOutcomes,
  stored: StoredObject,
  now: number,
): Behaviour {
  const seed: PodSeed = {
    name: plain.metadata.name ?? '',
    namespace: plain.metadata.namespace ?? '',
    uid: stored.uid,
    createdMs: stored.createdMs,
    slot: 0,
    metadata: {},
    spec: objectAt(plain, 'spec'),
    outcomes,
    revision: stored.revision,
  };
  const shown = projectPod(seed, now);
  return {
    object: {
      ...shown,
      metadata: { ...plain.metadata, resourceVersion: shown.metadata.resourceVersion ?? '' },
    },
    owned: () => [],
    notes: () => podEvents(seed, now),
    nextMs: () => podChanges(podCourse(seed), now).nextMs,
  };
}
