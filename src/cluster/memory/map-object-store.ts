import type { ObjectFilter, ObjectKey, ObjectRow, ObjectStore } from './object-store.ts';

/** An object store that lives and dies with the process. */
export function openMapObjectStore(): ObjectStore {
  return new MapObjectStore();
}

class MapObjectStore implements ObjectStore {
  #rows = new Map<string, ObjectRow>();
  #revisions = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  get(key: ObjectKey): string | undefined {
    return this.#rows.get(rowId(key))?.record;
  }

  list(filter: ObjectFilter): readonly ObjectRow[] {
    return [...this.#rows.values()].filter(
      ({ key }) =>
        key.cluster === filter.cluster &&
        (filter.group === undefined || key.group === filter.group) &&
        (filter.kind === undefined || key.kind === filter.kind) &&
        (filter.namespace === undefined || key.namespace === filter.namespace),
    );
  }

  clusters(): readonly string[] {
    return [...this.#revisions.keys()];
  }

  revision(cluster: string): number {
    return this.#revisions.get(cluster) ?? 0;
  }

  put(key: ObjectKey, record: string): void {
    this.#rows.set(rowId(key), { key, record });
  }

  delete(key: ObjectKey): boolean {
    return this.#rows.delete(rowId(key));
  }

  nextRevision(cluster: string): number {
    const next = this.revision(cluster) + 1;
    this.#revisions.set(cluster, next);
    return next;
  }

  read<T>(work: () => T): T {
    return work();
  }

  write<T>(work: () => T): T {
    const before = { rows: new Map(this.#rows), revisions: new Map(this.#revisions) };
    let result: T;
    try {
      result = work();
    } catch (thrown) {
      this.#rows = before.rows;
      this.#revisions = before.revisions;
      throw thrown;
    }
    // Later, and each on its own: a listener sees the state after the commit, and one that throws stops no other.
    for (const listener of this.#listeners) queueMicrotask(() => this.#listeners.has(listener) && listener());
    return result;
  }

  onChange(callback: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const listener = (): void => {
      callback();
    };
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }
}

function rowId(key: ObjectKey): string {
  return JSON.stringify([key.cluster, key.group, key.kind, key.namespace, key.name]);
}
