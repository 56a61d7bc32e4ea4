import type { KubeObject } from '../../api/kube-object.ts';
import type { KubeEvent } from '../events.ts';
import { toEvent } from '../events.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../json-fields.ts';
import { describeObject } from '../object-name.ts';
import type { SnapshotKind } from './kinds.ts';
import { outsideOf, type ReadGap } from './read-gap.ts';

/** All objects of a kind, in the order of their places, or why they could not be read. */
export type Listing = readonly KubeObject[] | ReadGap;

/** What was on a cluster, joined in memory. Each index is made when it is first asked for. */
export class Snapshot {
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly #listings: ReadonlyMap<SnapshotKind, Listing>;
  readonly #outside = new Map<SnapshotKind, ReadGap>();
  readonly #byPlace = new Map<SnapshotKind, ReadonlyMap<string, ReadonlyMap<string, KubeObject>>>();
  readonly #byOwner = new Map<SnapshotKind, ReadonlyMap<string, readonly KubeObject[]>>();
  readonly #podsByLabel = new Map<string, ReadonlyMap<string, readonly KubeObject[]>>();
  readonly #podsOf = new Map<KubeObject, readonly KubeObject[]>();
  #slicesByService: ReadonlyMap<string, readonly KubeObject[]> | undefined;
  #events: ReadonlyMap<string, readonly KubeObject[]> | undefined;
  readonly #eventsOf = new Map<KubeObject, readonly KubeEvent[]>();

  constructor(cluster: string, namespace: string | undefined, listings: ReadonlyMap<SnapshotKind, Listing>) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.#listings = listings;
  }

  /** Why the kind could not be read; undefined when it was. */
  gap(kind: SnapshotKind): ReadGap | undefined {
    const listing = this.#listing(kind);
    return isGap(listing) ? listing : undefined;
  }

  /** Why nothing is known of the kind's objects outside of the namespace; one gap a kind. */
  outside(kind: SnapshotKind): ReadGap {
    return remember(this.#outside, kind, () => outsideOf(kind, this.namespace ?? ''));
  }

  /** Whether the kind is one that was asked for and could be read. */
  has(kind: string): kind is SnapshotKind {
    const listing = this.#listings.get(kind as SnapshotKind);
    return listing !== undefined && !isGap(listing);
  }

  /** Empty for a kind that could not be read: ask for its `gap` first. */
  all(kind: SnapshotKind): readonly KubeObject[] {
    const listing = this.#listing(kind);
    return isGap(listing) ? [] : listing;
  }

  find(kind: SnapshotKind, namespace: string, name: string): KubeObject | undefined {
    const index = remember(this.#byPlace, kind, () => indexByPlace(this.all(kind)));
    return index.get(namespace)?.get(name);
  }

  /** Objects whose owner references hold the uid of `owner`. */
  ownedBy(kind: SnapshotKind, owner: KubeObject): readonly KubeObject[] {
    const index = remember(this.#byOwner, kind, () =>
      groupMany(this.all(kind), (object) =>
        objectsAt(object, 'metadata', 'ownerReferences').map((reference) => textAt(reference, 'uid')),
      ),
    );
    const uid = textAt(owner, 'metadata', 'uid');
    return uid === '' ? [] : (index.get(uid) ?? []);
  }

  /** The Pods that `spec.selector` of a Service chooses, those being deleted left out. */
  selectedBy(service: KubeObject): readonly KubeObject[] {
    return remember(this.#podsOf, service, () => this.#choose(service));
  }

  slicesOf(service: KubeObject): readonly KubeObject[] {
    this.#slicesByService ??= groupMany(this.all('EndpointSlice'), (slice) => [
      placeKey(namespaceOf(slice), textAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name')),
    ]);
    return this.#slicesByService.get(placeKey(namespaceOf(service), nameOf(service))) ?? [];
  }

  /** Events about this very object, by kind and uid, oldest first. */
  eventsOf(object: KubeObject): readonly KubeEvent[] {
    this.#events ??= groupMany(this.all('Event'), (event) => {
      const uid = textAt(event, subjectOf(event), 'uid');
      return uid === '' ? [] : [uid];
    });
    const uid = textAt(object, 'metadata', 'uid');
    const about = this.#events.get(uid);
    if (about === undefined) return [];
    return remember(this.#eventsOf, object, () => readEvents(about, object, uid));
  }

  #choose(service: KubeObject): readonly KubeObject[] {
    const wanted = Object.entries(objectAt(service, 'spec', 'selector'));
    const [first] = wanted;
    if (first === undefined) return [];
    const [label, text] = first;
    // Of the many labels that Pods have, selectors begin with few.
    const byPlace = remember(this.#podsByLabel, label, () =>
      groupMany(this.all('Pod'), (pod) => {
        const value = fieldAt(pod, 'metadata', 'labels', label);
        return typeof value === 'string' ? [placeKey(namespaceOf(pod), value)] : [];
      }),
    );
    const candidates =
      byPlace.get(placeKey(namespaceOf(service), typeof text === 'string' ? text : '')) ?? [];
    return candidates.filter(
      (pod) =>
        !isLeaving(pod) && wanted.every(([key, value]) => fieldAt(pod, 'metadata', 'labels', key) === value),
    );
  }

  #listing(kind: SnapshotKind): Listing {
    const listing = this.#listings.get(kind);
    if (listing === undefined) throw new Error(`the snapshot was taken without the kind ${kind}`);
    return listing;
  }
}

/** Whether somebody has asked for the object to be deleted. */
export function isLeaving(object: KubeObject): boolean {
  return fieldAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

function isGap(listing: Listing): listing is ReadGap {
  return !Array.isArray(listing);
}

/** By namespace and by name: a key made of both would have to be made for each question. */
function indexByPlace(objects: readonly KubeObject[]): ReadonlyMap<string, ReadonlyMap<string, KubeObject>> {
  const index = new Map<string, Map<string, KubeObject>>();
  for (const object of objects)
    remember(index, namespaceOf(object), () => new Map<string, KubeObject>()).set(nameOf(object), object);
  return index;
}

function subjectOf(event: KubeObject): 'regarding' | 'involvedObject' {
  return fieldAt(event, 'involvedObject') === undefined ? 'regarding' : 'involvedObject';
}

/** Those about an object of this kind, oldest first. */
function readEvents(objects: readonly KubeObject[], about: KubeObject, uid: string): readonly KubeEvent[] {
  const names = new Map([[uid, describeObject(about)]]);
  return objects
    .filter((event) => textAt(event, subjectOf(event), 'kind') === about.kind)
    .flatMap((event) => toEvent(event, names) ?? [])
    .toSorted((a, b) => a.lastSeenMs - b.lastSeenMs);
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function groupMany(
  objects: readonly KubeObject[],
  keysOf: (object: KubeObject) => readonly string[],
): ReadonlyMap<string, readonly KubeObject[]> {
  const groups = new Map<string, KubeObject[]>();
  for (const object of objects) for (const key of keysOf(object)) pushTo(groups, key, object);
  return groups;
}

function pushTo<Value>(groups: Map<string, Value[]>, key: string, value: Value): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}

function placeKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace');
}

function nameOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'name');
}
