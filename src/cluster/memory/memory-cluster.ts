import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject, ObjectRef } from '../../api/kube-object.ts';
import { findKnownKind, groupOf, isNamespaced, isWrongGroup } from '../known-kinds.ts';
import { parseLabelSelector } from '../label-selector.ts';
import { checkIsObject } from '../check-object.ts';
import type { ApplyOptions, Cluster, ListQuery } from '../port.ts';
import { noSuchKind, type Target } from './api-error.ts';
import { ClusterView } from './cluster-view.ts';
import { ClusterWriter, targetOf, type WriterParts } from './cluster-writer.ts';
import { watchObject, type Schedule } from './watch-object.ts';

export interface MemoryClusterParts extends WriterParts {
  now(): number;
  readonly schedule: Schedule;
  /** Called once for each cluster, when it is first written to. */
  onCreated?(name: string): void;
}

type Ref = Omit<ObjectRef, 'cluster'>;

/**
 * A cluster that exists only as what users wrote and when. Everything else (ReplicaSets, Pods, Events, Endpoints, status)
 * is worked out at each read from that and the time, so it needs no process to go on.
 */
export class MemoryCluster implements Cluster {
  readonly name: string;
  readonly kind = 'memory';
  readonly #parts: MemoryClusterParts;

  constructor(name: string, parts: MemoryClusterParts) {
    this.name = name;
    this.#parts = parts;
  }

  async apply(object: KubeObject, { dryRun = false }: ApplyOptions = {}): Promise<KubeObject> {
    checkIsObject(object);
    const value = object as unknown as JsonObject;
    const target = targetOf(value);
    checkKind(target);
    const namespace = placeOf(target, object.metadata.namespace);
    const write = (writer: ClusterWriter, view: ClusterView): KubeObject => {
      writer.apply(value, namespace);
      return view.find(target, namespace, target.name) as KubeObject;
    };
    return dryRun ? this.#tryOut(write) : this.#write(write);
  }

  async get(ref: Ref): Promise<KubeObject | undefined> {
    checkKind(ref);
    return this.#read((view) => view.find(ref, placeOf(ref, ref.namespace), ref.name));
  }

  async list(query: ListQuery): Promise<readonly KubeObject[]> {
    checkKind({ ...query, name: '' });
    const matches = parseLabelSelector(query.labelSelector ?? '');
    const objects = this.#read((view) => view.list(query, query.namespace));
    return objects.filter((object) => matches(object.metadata.labels));
  }

  async patch(ref: Ref, patch: JsonObject): Promise<KubeObject> {
    checkKind(ref);
    const namespace = placeOf(ref, ref.namespace);
    return this.#write((writer, view) => {
      writer.patch(ref, namespace, patch);
      return view.find(ref, namespace, ref.name) as KubeObject;
    });
  }

  async delete(ref: Ref): Promise<boolean> {
    checkKind(ref);
    return this.#write((writer) => writer.delete(ref, placeOf(ref, ref.namespace)));
  }

  watch(ref: Ref, onChange: () => void, signal: AbortSignal): void {
    const namespace = placeOf(ref, ref.namespace);
    watchObject({
      read: () =>
        this.#read((view) => {
          const object = view.find(ref, namespace, ref.name);
          return {
            shown: object === undefined ? '' : stringifyJson(object),
            nextMs: view.nextMs(namespace),
          };
        }),
      objects: this.#parts.objects,
      schedule: this.#parts.schedule,
      onChange,
      signal,
    });
  }

  #read<T>(work: (view: ClusterView) => T): T {
    const { objects } = this.#parts;
    return objects.read(() => work(new ClusterView(objects, this.name, this.#nowMs(), this.#parts.cache)));
  }

  #write<T>(work: (writer: ClusterWriter, view: ClusterView) => T): T {
    const { objects } = this.#parts;
    const now = this.#nowMs();
    const { result, isNew } = objects.write(() => {
      const wasNew = objects.revision(this.name) === 0;
      const done = work(
        new ClusterWriter(this.#parts, this.name, now),
        new ClusterView(objects, this.name, now, this.#parts.cache),
      );
      return { result: done, isNew: wasNew && objects.revision(this.name) > 0 };
    });
    if (isNew) this.#parts.onCreated?.(this.name);
    return result;
  }

  /** Undone by throwing what it came to: the store keeps nothing of such a write. */
  #tryOut(work: (writer: ClusterWriter, view: ClusterView) => KubeObject): KubeObject {
    try {
      return this.#write((writer, view) => {
        throw new TriedOut(work(writer, view));
      });
    } catch (error) {
      if (error instanceof TriedOut) return error.object;
      throw error;
    }
  }

  #nowMs(): number {
    return Math.floor(this.#parts.now());
  }
}

class TriedOut extends Error {
  readonly object: KubeObject;

  constructor(object: KubeObject) {
    super('an object that is not kept');
    this.object = object;
  }
}

function placeOf({ apiVersion, kind }: Target, namespace: string | undefined): string {
  if (!isNamespaced(apiVersion, kind)) return '';
  return namespace === undefined || namespace === '' ? 'default' : namespace;
}

/** A Kubernetes kind under another API group would be kept and never do anything; a real cluster refuses it, too. */
function checkKind(target: Target): void {
  const isKnown = findKnownKind(groupOf(target.apiVersion), target.kind) !== undefined;
  if (!isKnown && isWrongGroup(target.apiVersion, target.kind)) throw noSuchKind(target);
}
