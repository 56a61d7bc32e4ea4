import type { KubeObject } from '../../api/kube-object.ts';
import { derivedNumber, derivedUid } from './derived-identity.ts';
import { resourceVersion } from './resource-version.ts';
import { timestamp } from './timestamp.ts';

/** What an Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** One Event, repeated ones counted together, as an event recorder keeps it. */
export interface EventNote {
  readonly regarding: Regarding;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Such as `kubelet`. */
  readonly component: string;
  readonly host?: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
}

/** The API server forgets an Event so long after it was last seen. */
const eventLifeMs = 3_600_000;

export function isRemembered(note: EventNote, now: number): boolean {
  return now - note.lastMs < eventLifeMs;
}

/** The notes with one more; one that was there before is counted, and those that are forgotten go. */
export function withNote(notes: readonly EventNote[], note: EventNote, most: number): readonly EventNote[] {
  const same = notes.find(
    ({ regarding, reason, message }) =>
      regarding.uid === note.regarding.uid && reason === note.reason && message === note.message,
  );
  const isFresh = same === undefined || !isRemembered(same, note.lastMs);
  const counted = isFresh ? note : { ...note, firstMs: same.firstMs, count: same.count + note.count };
  return [...notes.filter((each) => each !== same && isRemembered(each, note.lastMs)), counted].slice(-most);
}

/** The Events that a cluster still shows at `now`. */
export function projectEvents(
  notes: readonly EventNote[],
  revision: number,
  now: number,
): readonly KubeObject[] {
  const seen = new Map<string, number>();
  return notes
    .filter((note) => isRemembered(note, now))
    .map((note) => {
      // As with a recorder's nanoseconds, two Events of one millisecond have different names.
      const place = `${note.regarding.uid} ${note.firstMs}`;
      const nth = seen.get(place) ?? 0;
      seen.set(place, nth + 1);
      const nanos = derivedNumber(900_000, 'event', note.regarding.uid) + nth;
      const name = (BigInt(Math.floor(note.firstMs)) * 1_000_000n + BigInt(nanos)).toString(16);
      return projectEvent(note, `${note.regarding.name}.${name}`, revision);
    });
}

function projectEvent(note: EventNote, name: string, revision: number): KubeObject {
  const { regarding, host } = note;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name,
      // Events about objects without a namespace stand in `default`.
      namespace: regarding.namespace === '' ? 'default' : regarding.namespace,
      uid: derivedUid(regarding.uid, 'Event', name),
      resourceVersion: resourceVersion(revision, note.count),
      creationTimestamp: timestamp(note.firstMs),
    },
    involvedObject: {
      apiVersion: regarding.apiVersion,
      ...(regarding.fieldPath === undefined ? {} : { fieldPath: regarding.fieldPath }),
      kind: regarding.kind,
      name: regarding.name,
      namespace: regarding.namespace,
      uid: regarding.uid,
    },
    reason: note.reason,
    message: note.message,
    source: { component: note.component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: timestamp(note.firstMs),
    lastTimestamp: timestamp(note.lastMs),
    count: note.count,
    type: note.type,
    eventTime: null,
    reportingComponent: note.component,
    reportingInstance: host ?? '',
  };
}
