import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import { mergePatch } from '../../api/merge-patch.ts';
import { groupOf } from '../known-kinds.ts';
import { objectDefaults } from './admission/object-defaults.ts';
import { checkReadable, checkValid } from './admission/validate-object.ts';
import { conflict, invalidObject, notFound, type Target } from './api-error.ts';
import { isBuiltIn } from './apply/field-shape.ts';
import { recordUpdate, serverSideApply, withoutServerMetadata } from './apply/managed-fields.ts';
import { ClusterView, type StoredEntry } from './cluster-view.ts';
import { courseAfterWrite, courseKind } from './course-of.ts';
import { advanceCron, deleteChild, deleteChildPod } from './cron-jobs/advance-cron.ts';
import { advanceRollout, deletePod, deleteSet } from './deployments/advance-rollout.ts';
import { finishObject } from './finish-object.ts';
import type { ClusterRules } from './images/cluster-rules.ts';
import { advanceJob, deleteJobPod } from './jobs/advance-job.ts';
import { objectAt, objectsAt, textAt } from '../json-reading.ts';
import type { ObjectKey, ObjectStore } from './object-store.ts';
import type { RecordCache } from './record-cache.ts';
import { advancePodSet, deleteSetPod } from './sets/advance-pod-set.ts';
import type { SetClaim } from './sets/pod-set.ts';
import { keptClaim } from './sets/project-claim.ts';
import { encodeStored, type Course, type StoredObject } from './stored-object.ts';

/** As much as an API server takes in one request. */
const largestRecord = 3 * 1024 * 1024;

export interface WriterParts {
  readonly objects: ObjectStore;
  readonly rules: ClusterRules;
  readonly cache: RecordCache;
  newUid(): string;
}

/** Changes one cluster at one moment. Its methods are called inside the store's `write`. */
export class ClusterWriter {
  readonly #parts: WriterParts;
  readonly #view: ClusterView;
  readonly #cluster: string;
  readonly #now: number;

  constructor(parts: WriterParts, cluster: string, now: number) {
    this.#parts = parts;
    this.#view = new ClusterView(parts.objects, cluster, now, parts.cache);
    this.#cluster = cluster;
    this.#now = now;
  }

  apply(applied: JsonObject, namespace: string): void {
    const target = { ...targetOf(applied), namespace };
    checkReadable(applied, target);
    const key = this.#key(target, namespace);
    const before = this.#load(key);
    if (before === undefined) this.#refuseDerived(target, namespace);
    const kind = courseKind(target.apiVersion, target.kind);
    // Written once, and read back as `data`: owned as `data`, so that a key that is dropped goes.
    const intent = isSecret(target) ? objectDefaults(applied) : applied;
    const { status: _status, ...withoutStatus } = intent;
    const isComputed = kind !== 'none' || hasComputedStatus(target);
    const uid = before?.uid ?? this.#parts.newUid();
    const object = serverSideApply(
      before?.object,
      isComputed ? withoutStatus : intent,
      (merged) => this.#finish(merged, key, uid),
      this.#now,
    );
    this.#save(key, target, object, before, uid);
  }

  patch(target: Target, namespace: string, patch: JsonObject): void {
    const key = this.#key(target, namespace);
    const before = this.#load(key);
    if (before === undefined) {
      this.#refuseDerived(target, namespace);
      throw notFound(target);
    }
    const shown = this.#view.find(target, namespace, target.name);
    const version = textAt(patch, 'metadata', 'resourceVersion');
    if (version !== '' && version !== shown?.metadata.resourceVersion) throw conflict(target);
    const patched = mergePatch(before.object, patch) as JsonObject;
    const { name, namespace: place, uid } = objectAt(patch, 'metadata');
    if (
      (name ?? target.name) !== target.name ||
      (place ?? namespace) !== namespace ||
      (uid ?? before.uid) !== before.uid
    )
      throw invalidObject(target, ['metadata: Invalid value: name, namespace and uid may not change']);
    const named = { ...patched, metadata: { ...objectAt(patched, 'metadata'), name: target.name } };
    checkReadable(named, { ...target, namespace });
    const isComputed = courseKind(target.apiVersion, target.kind) !== 'none' || hasComputedStatus(target);
    const { status: _status, ...withoutStatus } = patched;
    const finished = this.#finish(isComputed ? withoutStatus : patched, key, before.uid);
    this.#save(key, target, recordUpdate(before.object, finished, this.#now), before, before.uid);
  }

  delete(target: Target, namespace: string): boolean {
    const key = this.#key(target, namespace);
    const before = this.#load(key);
    if (before === undefined) return this.#deleteDerived(target, namespace);
    this.#parts.objects.nextRevision(this.#cluster);
    if (key.group === '' && key.kind === 'Namespace') this.#emptyNamespace(key.name);
    this.#keepClaims(key, before);
    this.#parts.objects.delete(key);
    this.#collectGarbage(before.uid);
    return true;
  }

  #finish(object: JsonObject, key: ObjectKey, uid: string): JsonObject {
    return finishObject(object, {
      name: key.name,
      namespace: key.namespace,
      uid,
      otherServices: () =>
        this.#view
          .entries({ group: '', kind: 'Service' })
          .filter((entry) => entry.key.namespace !== key.namespace || entry.key.name !== key.name)
          .map(({ stored }) => objectAt(stored.object, 'spec')),
    });
  }

  #save(
    key: ObjectKey,
    target: Target,
    object: JsonObject,
    before: StoredObject | undefined,
    uid: string,
  ): void {
    const named = { ...object, metadata: { ...objectAt(object, 'metadata'), name: key.name } };
    checkValid(named, before?.object, target, key.namespace);
    if (before !== undefined && isDeepStrictEqual(before.object, object)) return;
    this.#ensureNamespace(key.namespace);
    const isFirst = before === undefined;
    const isNewSpec = isFirst || !isDeepStrictEqual(substance(before.object), substance(object));
    const generation = (before?.generation ?? 0) + (isNewSpec ? 1 : 0);
    const kind = courseKind(target.apiVersion, target.kind);
    const after = { object, generation, uid };
    this.#put(key, {
      uid,
      createdMs: before?.createdMs ?? this.#now,
      ...(hasGeneration(target) ? { generation } : {}),
      object,
      course: courseAfterWrite(kind, key, after, before, this.#parts.rules, this.#now),
    });
  }

  #put(key: ObjectKey, stored: Omit<StoredObject, 'revision'>): void {
    const record = encodeStored({ ...stored, revision: this.#parts.objects.nextRevision(this.#cluster) });
    if (record.length > largestRecord) {
      throw new SluiceError(
        'terminal',
        'RequestEntityTooLarge',
        `Request entity too large: limit is ${largestRecord}, and ${key.kind} "${key.name}" is larger`,
      );
    }
    this.#parts.objects.put(key, record);
  }

  /** A namespace that nobody made is made when it is first written to. */
  #ensureNamespace(name: string): void {
    if (name === '') return;
    const key: ObjectKey = { cluster: this.#cluster, group: '', kind: 'Namespace', namespace: '', name };
    if (this.#load(key) !== undefined) return;
    const uid = this.#parts.newUid();
    const object = this.#finish({ apiVersion: 'v1', kind: 'Namespace', metadata: {} }, key, uid);
    this.#put(key, { uid, createdMs: this.#now, object, course: { kind: 'none' } });
  }

  #emptyNamespace(name: string): void {
    if (name === 'default') {
      throw new SluiceError(
        'denied',
        'Forbidden',
        'namespaces "default" is forbidden: this namespace may not be deleted',
      );
    }
    for (const { key } of this.#view.entries({ namespace: name })) this.#parts.objects.delete(key);
  }

  /** The claims of a StatefulSet outlive it, unless it says otherwise. */
  #keepClaims(key: ObjectKey, { course, uid, revision, object }: StoredObject): void {
    if (course.kind !== 'set') return;
    const policy = textAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted');
    if (policy === 'Delete') return;
    const owner = { name: key.name, namespace: key.namespace, uid, revision };
    const live = advancePodSet(course.set, owner, this.#now);
    for (const claim of live.claims) {
      const place: ObjectKey = { ...key, group: '', kind: 'PersistentVolumeClaim', name: claim.name };
      if (this.#load(place) !== undefined) continue;
      const { createdMs } = claim;
      const kept = {
        uid: claim.uid,
        createdMs,
        object: keptClaim(claim, live),
        course: { kind: 'none' as const },
      };
      this.#put(place, kept);
    }
  }

  /** What belongs to an object that is gone, and to no other, goes, too. */
  #collectGarbage(uid: string): void {
    for (const { key, stored } of this.#view.entries({})) {
      const owners = objectsAt(stored.object, 'metadata', 'ownerReferences');
      if (!owners.some((owner) => owner['uid'] === uid)) continue;
      const others = owners.filter((owner) => owner['uid'] !== uid);
      const uids = new Set(this.#view.entries({}).map((entry) => entry.stored.uid));
      if (others.some((owner) => uids.has(textAt(owner, 'uid')))) continue;
      if (this.#parts.objects.delete(key)) this.#collectGarbage(stored.uid);
    }
  }

  /** Deleting what a controller made makes it make another. */
  #deleteDerived(target: Target, namespace: string): boolean {
    const owner = this.#view.ownerOf(target, namespace, target.name);
    if (owner === undefined) {
      if (this.#view.find(target, namespace, target.name) === undefined) return false;
      throw madeByCluster(target);
    }
    const course = this.#courseWithout(target, owner);
    this.#put(owner.key, { ...owner.stored, course });
    return true;
  }

  #courseWithout(target: Target, { key, stored }: StoredEntry): Course {
    const { course } = stored;
    const facts = { name: key.name, namespace: key.namespace, uid: stored.uid, revision: stored.revision };
    if (course.kind === 'job') {
      const live = advanceJob(course.run, facts, this.#now);
      return { kind: 'job', run: deleteJobPod(live, facts, target.name, Math.max(this.#now, live.atMs)) };
    }
    if (course.kind === 'cron') {
      const live = advanceCron(course.run, facts, this.#now);
      const remove = target.kind === 'Job' ? deleteChild : deleteChildPod;
      return { kind: 'cron', run: remove(live, facts, target.name, Math.max(this.#now, live.atMs)) };
    }
    if (course.kind === 'set') {
      const live = advancePodSet(course.set, facts, this.#now);
      if (target.kind === 'Pod')
        return { kind: 'set', set: deleteSetPod(live, facts, target.name, Math.max(this.#now, live.atMs)) };
      const isUsed = (claim: SetClaim): boolean => live.pods.some(({ ordinal }) => ordinal === claim.ordinal);
      if (live.claims.some((claim) => claim.name === target.name && isUsed(claim)))
        throw madeByCluster(target);
      return {
        kind: 'set',
        set: { ...live, claims: live.claims.filter(({ name }) => name !== target.name) },
      };
    }
    if (course.kind !== 'deployment') return course;
    const live = advanceRollout(course.rollout, facts, this.#now);
    const atMs = Math.max(this.#now, live.atMs);
    const remove = target.kind === 'Pod' ? deletePod : deleteSet;
    return { kind: 'deployment', rollout: remove(live, facts, target.name, atMs) };
  }

  #refuseDerived(target: Target, namespace: string): void {
    if (target.kind === 'Event' || this.#view.find(target, namespace, target.name) === undefined) return;
    throw madeByCluster(target);
  }

  #load(key: ObjectKey): StoredObject | undefined {
    const record = this.#parts.objects.get(key);
    return record === undefined ? undefined : this.#parts.cache.decode(record);
  }

  #key(target: Target, namespace: string): ObjectKey {
    const { apiVersion, kind, name } = target;
    return { cluster: this.#cluster, group: groupOf(apiVersion), kind, namespace, name };
  }
}

export function targetOf(object: JsonObject): Target {
  return {
    apiVersion: textAt(object, 'apiVersion'),
    kind: textAt(object, 'kind'),
    name: textAt(object, 'metadata', 'name'),
  };
}

function madeByCluster(target: Target): SluiceError {
  return new SluiceError(
    'terminal',
    'MadeByCluster',
    `${target.kind} "${target.name}" is made by the in-memory cluster itself and cannot be changed`,
    { hint: 'Change the object that it belongs to.' },
  );
}

/** What counts for the generation. */
function substance(object: JsonObject): JsonObject {
  const {
    metadata: _metadata,
    status: _status,
    apiVersion: _version,
    ...rest
  } = withoutServerMetadata(object);
  return rest;
}

function hasGeneration({ apiVersion, kind }: Target): boolean {
  if (groupOf(apiVersion) === '') return kind === 'Pod' || kind === 'ReplicationController';
  if (!isBuiltIn(apiVersion)) return true;
  return ['apps', 'batch', 'policy', 'networking.k8s.io'].includes(groupOf(apiVersion));
}

function hasComputedStatus({ apiVersion, kind }: Target): boolean {
  return apiVersion === 'v1' && ['Service', 'Namespace', 'PersistentVolumeClaim'].includes(kind);
}

function isSecret({ apiVersion, kind }: Target): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}
