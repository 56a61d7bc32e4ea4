import type { JsonObject } from '../../../api/json.ts';
import { objectAt } from '../../json-reading.ts';
import { derivedUid } from '../derived-identity.ts';
import type { EventNote } from '../events.ts';
import type { ImageOutcomes } from '../images/image-outcome.ts';
import { templateHash } from '../pods/template-hash.ts';

/**
 * Where a StatefulSet or a DaemonSet stands at `atMs`; plain JSON, stored with it whenever it is written. What comes after
 * follows from it and the time alone.
 */
export interface PodSet {
  readonly kind: 'StatefulSet' | 'DaemonSet';
  readonly atMs: number;
  readonly generation: number;
  readonly spec: JsonObject;
  /** When this generation was written. */
  readonly specAtMs: number;
  readonly outcomes: ImageOutcomes;
  /** 0: the controller has seen none yet. */
  readonly observedGeneration: number;
  /** Those that a Pod has, that of the spec, and the current one; oldest first. */
  readonly revisions: readonly Revision[];
  /** Hash of the revision that all Pods had last. */
  readonly current: string;
  /** Hash of the revision of the spec as it was observed. */
  readonly update: string;
  readonly pods: readonly SetPod[];
  /** How many Pods there ever were. */
  readonly podCount: number;
  readonly claims: readonly SetClaim[];
  /** Of the set and of Pods that are gone. */
  readonly notes: readonly EventNote[];
  /** How often something has changed since the set was written. */
  readonly changes: number;
}

export interface Revision {
  readonly hash: string;
  readonly template: JsonObject;
  readonly outcomes: ImageOutcomes;
  /** Generation of the set when it was first seen. */
  readonly generation: number;
}

export interface SetPod {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly slot: number;
  /** Hash of its revision. */
  readonly revision: string;
  /** 0 in a DaemonSet. */
  readonly ordinal: number;
}

/** A PersistentVolumeClaim that a StatefulSet has made. */
export interface SetClaim {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly ordinal: number;
  /** From the spec's `volumeClaimTemplates`. */
  readonly template: JsonObject;
}

/** What identifies the set. */
export interface SetOwner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** The store's count when it was last written. */
  readonly revision: number;
}

/** A set just written. */
export function startPodSet(
  kind: PodSet['kind'],
  spec: JsonObject,
  generation: number,
  outcomes: ImageOutcomes,
  nowMs: number,
): PodSet {
  return {
    kind,
    atMs: nowMs,
    generation,
    spec,
    specAtMs: nowMs,
    outcomes,
    observedGeneration: 0,
    revisions: [],
    current: '',
    update: '',
    pods: [],
    podCount: 0,
    claims: [],
    notes: [],
    changes: 0,
  };
}

/** A new spec was written; the controller sees it a moment later. `set` is advanced to `now`. */
export function changePodSet(
  set: PodSet,
  spec: JsonObject,
  generation: number,
  outcomes: ImageOutcomes,
  now: number,
): PodSet {
  return { ...set, atMs: now, spec, generation, outcomes, specAtMs: now, changes: 0 };
}

/** The controller sees the spec: its template becomes the revision that Pods are brought to. */
export function observed(set: PodSet): PodSet {
  const template = objectAt(set.spec, 'template');
  const hash = templateHash(template);
  const known = set.revisions.find((each) => each.hash === hash);
  const fresh: Revision = {
    ...(known ?? { hash, template, generation: set.generation }),
    outcomes: set.outcomes,
  };
  const current = set.current === '' ? hash : set.current;
  const used = new Set([current, ...set.pods.map(({ revision }) => revision)]);
  const kept = set.revisions.filter((each) => each.hash !== hash && used.has(each.hash));
  return {
    ...set,
    observedGeneration: set.generation,
    revisions: [...kept, fresh],
    current,
    update: hash,
  };
}

export function withPod(
  set: PodSet,
  owner: SetOwner,
  pod: { readonly name: string; readonly ordinal: number; readonly revision: string },
): PodSet {
  const uid = derivedUid(owner.uid, 'Pod', set.podCount);
  const made: SetPod = { ...pod, uid, createdMs: set.atMs, slot: 0 };
  return { ...set, pods: [...set.pods, made], podCount: set.podCount + 1 };
}
