import type { JsonObject } from '../../../api/json.ts';
import type { EventNote } from '../events.ts';
import type { ImageOutcomes } from '../images/image-outcome.ts';

/**
 * Where a Deployment's rollout stands at `atMs`; plain JSON, stored with the Deployment whenever it is written. What comes
 * after follows from it and the time alone.
 */
export interface Rollout {
  readonly atMs: number;
  readonly generation: number;
  readonly spec: JsonObject;
  /** When this generation was written. */
  readonly specAtMs: number;
  readonly outcomes: ImageOutcomes;
  /** 0: the controller has seen none yet. */
  readonly observedGeneration: number;
  /** Oldest revision first. */
  readonly sets: readonly SetState[];
  /** How many sets there ever were. */
  readonly setCount: number;
  readonly counts: Counts;
  readonly progressing?: Condition;
  readonly available?: Condition;
  /** Of the Deployment, its sets, and Pods that are gone. */
  readonly notes: readonly EventNote[];
  /** How often something has changed since the Deployment was written. */
  readonly changes: number;
}

export interface SetState {
  readonly hash: string;
  readonly name: string;
  readonly uid: string;
  /** Without the hash label. */
  readonly template: JsonObject;
  readonly outcomes: ImageOutcomes;
  /** `deployment.kubernetes.io/revision`. */
  readonly revision: number;
  readonly createdMs: number;
  readonly wanted: number;
  readonly generation: number;
  readonly pods: readonly PodState[];
  /** How many Pods there ever were. */
  readonly podCount: number;
}

export interface PodState {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly slot: number;
}

export interface Condition {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly updateMs: number;
  readonly transitionMs: number;
}

export interface Counts {
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** What identifies the Deployment that the rollout belongs to. */
export interface RolloutOwner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** The store's count when it was last written. */
  readonly revision: number;
}

/** A Deployment just written. */
export function startRollout(
  spec: JsonObject,
  generation: number,
  outcomes: ImageOutcomes,
  nowMs: number,
): Rollout {
  return {
    atMs: nowMs,
    generation,
    spec,
    specAtMs: nowMs,
    outcomes,
    observedGeneration: 0,
    sets: [],
    setCount: 0,
    counts: { replicas: 0, updated: 0, ready: 0, available: 0 },
    notes: [],
    changes: 0,
  };
}
