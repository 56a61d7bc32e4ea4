import type { JsonObject } from '../../../api/json.ts';
import { numberAt, textAt, valueAt } from '../../json-reading.ts';

/** What the rolling update's arithmetic needs to know of one ReplicaSet. */
export interface SetSize {
  readonly wanted: number;
  readonly available: number;
}

export interface RollingLimits {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

export function rollingLimits(spec: JsonObject): RollingLimits {
  const replicas = numberAt(spec, 'replicas') ?? 1;
  if (textAt(spec, 'strategy', 'type') === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const surge = share(valueAt(spec, 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%', replicas, Math.ceil);
  const unavailable = share(
    valueAt(spec, 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%',
    replicas,
    Math.floor,
  );
  // Both zero would never let a rollout begin.
  const maxUnavailable = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { replicas, maxSurge: surge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

/** How many replicas the new ReplicaSet may have now. */
export function newSetSize(limits: RollingLimits, current: SetSize, old: readonly SetSize[]): number {
  if (current.wanted > limits.replicas) return limits.replicas;
  const total = current.wanted + sum(old, 'wanted');
  const room = limits.replicas + limits.maxSurge - total;
  return room <= 0 ? current.wanted : current.wanted + Math.min(room, limits.replicas - current.wanted);
}

/**
 * How many replicas each old ReplicaSet, oldest first, may have now. Those that are not available go first: they serve
 * nobody.
 */
export function oldSetSizes(
  limits: RollingLimits,
  current: SetSize,
  old: readonly SetSize[],
): readonly number[] {
  const minAvailable = limits.replicas - limits.maxUnavailable;
  const total = current.wanted + sum(old, 'wanted');
  const newUnavailable = current.wanted - current.available;
  let cleanable = total - minAvailable - newUnavailable;
  if (cleanable <= 0) return old.map(({ wanted }) => wanted);
  const cleaned = old.map(({ wanted, available }) => {
    const less = Math.min(cleanable, wanted - available);
    cleanable -= less;
    return wanted - less;
  });
  let removable = current.available + sum(old, 'available') - minAvailable;
  return cleaned.map((wanted) => {
    if (removable <= 0) return wanted;
    const less = Math.min(removable, wanted);
    removable -= less;
    return wanted - less;
  });
}

function sum(sizes: readonly SetSize[], field: keyof SetSize): number {
  return sizes.reduce((total, size) => total + size[field], 0);
}

/** A number, or a share such as `25%` of `whole`. */
function share(value: unknown, whole: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? 0 : round((Number(percent) * whole) / 100);
}
