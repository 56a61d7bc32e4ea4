import type { KubeObject } from '../../api/kube-object.ts';
import { numberAt } from '../json-fields.ts';

export interface Progress {
  readonly wanted: number;
  readonly updated: number;
  readonly available: number;
  /** Pods of any version. */
  readonly total: number;
  /** The controller has seen the newest spec. */
  readonly isObserved: boolean;
  /** Wanted comes from spec.replicas. */
  readonly isScaled: boolean;
}

/** Undefined for kinds without a rollout, and for an object without status (a manifest). */
export function progressOf(object: KubeObject): Progress | undefined {
  if (!object.apiVersion.startsWith('apps/') || typeof object['status'] !== 'object') return undefined;
  const status = (field: string): number | undefined => numberAt(object, 'status', field);
  const generation = numberAt(object, 'metadata', 'generation') ?? 0;
  const isObserved = (status('observedGeneration') ?? 0) >= generation;
  if (object.kind === 'DaemonSet') {
    const wanted = status('desiredNumberScheduled') ?? 0;
    const updated = status('updatedNumberScheduled') ?? status('numberReady') ?? 0;
    const total = Math.max(status('currentNumberScheduled') ?? 0, updated);
    return { wanted, updated, available: status('numberAvailable') ?? 0, total, isObserved, isScaled: false };
  }
  if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind)) return undefined;
  const ready = status('readyReplicas') ?? 0;
  const total = status('replicas') ?? 0;
  return {
    wanted: numberAt(object, 'spec', 'replicas') ?? 1,
    updated: object.kind === 'ReplicaSet' ? total : (status('updatedReplicas') ?? 0),
    available: status('availableReplicas') ?? (object.kind === 'StatefulSet' ? ready : 0),
    total,
    isObserved,
    isScaled: true,
  };
}

export function isRolledOut(progress: Progress): boolean {
  const { wanted, updated, available, total, isObserved } = progress;
  return isObserved && updated >= wanted && available >= wanted && total <= wanted;
}
