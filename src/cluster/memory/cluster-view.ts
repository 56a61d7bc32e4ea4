import type { KubeObject } from '../../api/kube-object.ts';
import { groupOf, isNamespaced } from '../known-kinds.ts';
import { compareByPlace, compareText } from '../object-order.ts';
import { behaviourAt, type Behaviour, type OwnedKind } from './behaviour.ts';
import { projectEvents } from './events.ts';
import type { ObjectKey, ObjectStore } from './object-store.ts';
import { projectEndpoints, projectEndpointSlice } from './services/project-endpoints.ts';
import type { RecordCache } from './record-cache.ts';
import type { StoredObject } from './stored-object.ts';

export interface StoredEntry {
  readonly key: ObjectKey;
  readonly stored: StoredObject;
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What one cluster shows at one moment: what is stored, and everything that follows from it. */
export class ClusterView {
  readonly #store: ObjectStore;
  readonly #cluster: string;
  readonly #now: number;
  readonly #cache: RecordCache;

  constructor(store: ObjectStore, cluster: string, now: number, cache: RecordCache) {
    this.#store = store;
    this.#cluster = cluster;
    this.#now = now;
    this.#cache = cache;
  }

  find({ apiVersion, kind }: Kind, namespace: string, name: string): KubeObject | undefined {
    const key = { cluster: this.#cluster, group: groupOf(apiVersion), kind, namespace, name };
    const record = this.#store.get(key);
    if (record !== undefined) return this.behaviour({ key, stored: this.#cache.decode(record) }).object;
    return this.#derived({ apiVersion, kind }, namespace).find((object) => object.metadata.name === name);
  }

  /** In the order of namespace and name. `namespace` undefined: all of them. */
  list({ apiVersion, kind }: Kind, namespace: string | undefined): readonly KubeObject[] {
    const isScoped = namespace !== undefined && isNamespaced(apiVersion, kind);
    const entries = this.entries({ group: groupOf(apiVersion), kind, ...(isScoped ? { namespace } : {}) });
    const stored = entries.map((entry) => this.behaviour(entry).object);
    const places = new Set(stored.map(placeOfObject));
    // A StatefulSet takes a claim that is there already for its own.
    const derived = this.#derived({ apiVersion, kind }, isScoped ? namespace : undefined);
    return [...stored, ...derived.filter((object) => !places.has(placeOfObject(object)))].toSorted(
      compareByPlace,
    );
  }

  entries(filter: {
    readonly group?: string;
    readonly kind?: string;
    readonly namespace?: string;
  }): readonly StoredEntry[] {
    return this.#store
      .list({ cluster: this.#cluster, ...filter })
      .map(({ key, record }) => ({ key, stored: this.#cache.decode(record) }));
  }

  behaviour({ key, stored }: StoredEntry): Behaviour {
    return behaviourAt(key, stored, this.#now, this.#cache);
  }

  /** The object whose controllers made this one; undefined when it is stored itself, or does not exist. */
  ownerOf({ apiVersion, kind }: Kind, namespace: string, name: string): StoredEntry | undefined {
    const derivedKind = ownedKind({ apiVersion, kind });
    if (derivedKind === undefined) return undefined;
    return this.#withCourse(namespace).find((entry) =>
      this.behaviour(entry)
        .owned(derivedKind)
        .some((object) => object.metadata.name === name),
    );
  }

  /** When something in the namespace next changes by itself; Infinity: never. */
  nextMs(namespace: string): number {
    return this.#withCourse(namespace).reduce(
      (least, entry) => Math.min(least, this.behaviour(entry).nextMs()),
      Infinity,
    );
  }

  #derived(kind: Kind, namespace: string | undefined): readonly KubeObject[] {
    const derivedKind = ownedKind(kind);
    if (derivedKind !== undefined)
      return this.#withCourse(namespace).flatMap((entry) => this.behaviour(entry).owned(derivedKind));
    const name = `${groupOf(kind.apiVersion)}/${kind.kind}`;
    if (name === '/Event') return this.#events(namespace);
    if (name === '/Endpoints') return this.#perService(namespace, projectEndpoints);
    if (name === 'discovery.k8s.io/EndpointSlice') return this.#perService(namespace, projectEndpointSlice);
    return [];
  }

  #events(namespace: string | undefined): readonly KubeObject[] {
    return this.#withCourse(namespace).flatMap((entry) =>
      projectEvents(this.behaviour(entry).notes(), entry.stored.revision, this.#now),
    );
  }

  #perService(
    namespace: string | undefined,
    project: (service: KubeObject, pods: readonly KubeObject[], revision: number) => KubeObject | undefined,
  ): readonly KubeObject[] {
    const services = this.list({ apiVersion: 'v1', kind: 'Service' }, namespace);
    const pods = Map.groupBy(
      services.length === 0 ? [] : this.list({ apiVersion: 'v1', kind: 'Pod' }, namespace),
      (pod) => pod.metadata.namespace ?? '',
    );
    const revision = this.#store.revision(this.#cluster);
    return services.flatMap(
      (service) => project(service, pods.get(service.metadata.namespace ?? '') ?? [], revision) ?? [],
    );
  }

  /** What does something by itself. */
  #withCourse(namespace: string | undefined): readonly StoredEntry[] {
    const scope = namespace === undefined ? {} : { namespace };
    return [
      ...this.entries({ group: 'apps', kind: 'Deployment', ...scope }),
      ...this.entries({ group: 'apps', kind: 'StatefulSet', ...scope }),
      ...this.entries({ group: 'apps', kind: 'DaemonSet', ...scope }),
      ...this.entries({ group: 'batch', kind: 'CronJob', ...scope }),
      ...this.entries({ group: 'batch', kind: 'Job', ...scope }),
      ...this.entries({ group: '', kind: 'Pod', ...scope }),
    ].toSorted((a, b) => compareText(placeOf(a), placeOf(b)));
  }
}

/** The kinds that controllers make and that behaviours can show. */
function ownedKind({ apiVersion, kind }: Kind): OwnedKind | undefined {
  if ((kind === 'Pod' || kind === 'PersistentVolumeClaim') && groupOf(apiVersion) === '') return kind;
  if (kind === 'Job' && groupOf(apiVersion) === 'batch') return kind;
  return kind === 'ReplicaSet' && groupOf(apiVersion) === 'apps' ? 'ReplicaSet' : undefined;
}

function placeOfObject({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}

function placeOf({ key }: StoredEntry): string {
  return `${key.namespace}/${key.name}/${key.kind}`;
}
