import type { KubeObject } from '../api/kube-object.ts';
import { numberAt, textAt } from './json-fields.ts';

/** An Event of `v1` or `events.k8s.io/v1`, in one shape. */
export interface KubeEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** 0 when the event carries no time. */
  readonly lastSeenMs: number;
  readonly uid: string;
  /** Such as `Pod default/web-7d4`. */
  readonly about: string;
  /** Such as `spec.containers{web}`; '' for the object as a whole. */
  readonly fieldPath: string;
}

/** The event if it is about one of `names` (uid to printed name), undefined otherwise. */
export function toEvent(event: KubeObject, names: ReadonlyMap<string, string>): KubeEvent | undefined {
  const subject = textAt(event, 'involvedObject', 'uid') === '' ? 'regarding' : 'involvedObject';
  const uid = textAt(event, subject, 'uid');
  const about = names.get(uid);
  if (about === undefined) return undefined;
  const times = [
    textAt(event, 'series', 'lastObservedTime'),
    textAt(event, 'lastTimestamp'),
    textAt(event, 'deprecatedLastTimestamp'),
    textAt(event, 'eventTime'),
    textAt(event, 'firstTimestamp'),
    textAt(event, 'metadata', 'creationTimestamp'),
  ];
  return {
    type: textAt(event, 'type'),
    reason: textAt(event, 'reason'),
    message: textAt(event, 'message') || textAt(event, 'note'),
    count:
      numberAt(event, 'series', 'count') ??
      numberAt(event, 'count') ??
      numberAt(event, 'deprecatedCount') ??
      1,
    lastSeenMs: times.map((time) => Date.parse(time)).find((time) => !Number.isNaN(time)) ?? 0,
    uid,
    about,
    fieldPath: textAt(event, subject, 'fieldPath'),
  };
}

/** The newest event about `uid` with one of these reasons, and of this container where the event names one. */
export function latestEvent(
  events: readonly KubeEvent[],
  uid: string,
  reasons: readonly string[],
  accepts: (event: KubeEvent) => boolean = () => true,
): KubeEvent | undefined {
  return events.findLast((event) => event.uid === uid && reasons.includes(event.reason) && accepts(event));
}

/** For `latestEvent`: events that name another container are not about this one. */
export function isAboutContainer(container: string): (event: KubeEvent) => boolean {
  return (event) => event.fieldPath === '' || event.fieldPath.endsWith(`{${container}}`);
}
