import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { fieldAt, flagAt, numberAt, objectsAt, textAt } from '../../json-fields.ts';

/** One log that an analyzer wants to read. */
export interface LogWish {
  readonly container: string;
  /** That of the run before the last restart. */
  readonly previous: boolean;
  /** 0 for a container that is down, 1 for one that restarted or is not ready, 2 for the rest. */
  readonly urgency: 0 | 1 | 2;
}

/** The logs of a Pod that may tell of a failure: of containers that have run, and not just done what they should. */
export function logWishesOf(pod: KubeObject): readonly LogWish[] {
  return ['containerStatuses', 'initContainerStatuses'].flatMap((list) =>
    objectsAt(pod, 'status', list).flatMap((status) => wishesOf(status)),
  );
}

/** Whether the container does not run because its last run failed. */
export function isDown(status: JsonObject): boolean {
  const isWaiting = has(status, 'state', 'waiting') && has(status, 'lastState', 'terminated');
  return isWaiting || (numberAt(status, 'state', 'terminated', 'exitCode') ?? 0) !== 0;
}

function wishesOf(status: JsonObject): readonly LogWish[] {
  const container = textAt(status, 'name');
  if (container === '') return [];
  const hasRestarted = (numberAt(status, 'restartCount') ?? 0) > 0 || has(status, 'lastState', 'terminated');
  const isEnded = has(status, 'state', 'terminated');
  const isDone = isEnded && numberAt(status, 'state', 'terminated', 'exitCode') === 0;
  const urgency = isDown(status) ? 0 : hasRestarted || flagAt(status, 'ready') === false ? 1 : 2;
  if (isDone) return [];
  const now = has(status, 'state', 'running') || isEnded;
  return [
    ...(hasRestarted ? [{ container, previous: true, urgency } as const] : []),
    ...(now ? [{ container, previous: false, urgency } as const] : []),
  ];
}

function has(status: JsonObject, ...path: readonly string[]): boolean {
  const value = fieldAt(status, ...path);
  return value !== undefined && value !== null;
}
