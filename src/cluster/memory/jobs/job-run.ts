import type { JsonObject } from '../../../api/json.ts';
import type { EventNote } from '../events.ts';
import type { ImageOutcomes } from '../images/image-outcome.ts';
import { numberAt } from '../../json-reading.ts';

/** Where a Job stands at `atMs`; plain JSON, stored with it whenever it is written. */
export interface JobRun {
  readonly atMs: number;
  readonly spec: JsonObject;
  readonly specAtMs: number;
  readonly outcomes: ImageOutcomes;
  /** Undefined: its controller has not seen it, or it is suspended. */
  readonly startMs?: number;
  /** Those that are shown; of a long Job the oldest ended ones are forgotten. */
  readonly pods: readonly JobPod[];
  readonly podCount: number;
  readonly succeeded: number;
  readonly failed: number;
  /** No new Pod before this: the back-off after a failure. */
  readonly retryAtMs: number;
  readonly end?: JobEnd;
  /** Of the Job and of Pods that are gone. */
  readonly notes: readonly EventNote[];
  readonly changes: number;
}

export interface JobPod {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly slot: number;
  /** Counted in `succeeded` or `failed`. */
  readonly isCounted: boolean;
}

export interface JobEnd {
  readonly kind: 'complete' | 'failed';
  readonly reason: string;
  readonly message: string;
  readonly atMs: number;
}

export interface JobOwner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly revision: number;
}

/** A Job of more is refused: its course could not be followed in bounded time. */
export const mostCompletions = 1_000;

export function startJob(spec: JsonObject, outcomes: ImageOutcomes, nowMs: number): JobRun {
  return {
    atMs: nowMs,
    spec,
    specAtMs: nowMs,
    outcomes,
    pods: [],
    podCount: 0,
    succeeded: 0,
    failed: 0,
    retryAtMs: nowMs,
    notes: [],
    changes: 0,
  };
}

/** Undefined: a work queue, done when one Pod has succeeded and none is left. */
export function completionsOf(spec: JsonObject): number | undefined {
  return numberAt(spec, 'completions');
}
