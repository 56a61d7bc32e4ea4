import { createHash } from 'node:crypto';
import type { JsonObject } from '../../api/json.ts';
import type { RunEvent } from './run-events.ts';

/** The object that an Event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Who says it. */
export interface EventSource {
  /** Such as `sluice-controller`. */
  readonly component: string;
  /** Name of the Pod or machine. */
  readonly host: string;
}

/** What an API server takes at most. */
const longestBytes = 1024;
const longestName = 253;

/**
 * The name of an Event: the same for the same thing said of the same object, so that a repetition finds the one before, also
 * after a restart of the controller or from another replica.
 */
export function eventName(subject: EventSubject, event: RunEvent): string {
  const said = [subject.uid, event.type, event.reason, event.message].join('\n');
  const suffix = createHash('sha256').update(said).digest('hex').slice(0, 16);
  return `${subject.name.slice(0, longestName - suffix.length - 1).replace(/[.-]+$/, '')}.${suffix}`;
}

/** An Event of the core group: the form that every kubectl sorts, counts and describes well. */
export function eventObject(
  subject: EventSubject,
  event: RunEvent,
  source: EventSource,
  seen: { readonly firstMs: number; readonly lastMs: number; readonly count: number },
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(subject, event), namespace: subject.namespace },
    involvedObject: {
      apiVersion: subject.apiVersion,
      kind: subject.kind,
      namespace: subject.namespace,
      name: subject.name,
      uid: subject.uid,
    },
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: { component: source.component, host: source.host },
    reportingComponent: source.component,
    reportingInstance: source.host,
    firstTimestamp: timeText(seen.firstMs),
    lastTimestamp: timeText(seen.lastMs),
    count: seen.count,
  };
}

/** RFC 3339 in whole seconds, as metav1.Time is. */
export function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** At most 1 KiB of UTF-8, and no half a character. */
export function cutMessage(text: string): string {
  const bytes = Buffer.from(text.toWellFormed(), 'utf8');
  if (bytes.length <= longestBytes) return text.toWellFormed();
  // A decoder that streams keeps back the bytes of a character that is not whole.
  return `${new TextDecoder().decode(bytes.subarray(0, longestBytes - 3), { stream: true })}…`;
}
