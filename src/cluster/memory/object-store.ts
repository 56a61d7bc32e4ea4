/** Names one stored object. All versions of an API group share their objects, so a key has the group alone. */
export interface ObjectKey {
  /** '' is the default cluster. */
  readonly cluster: string;
  /** '' is the core group. */
  readonly group: string;
  readonly kind: string;
  /** '' for a kind without namespaces. */
  readonly namespace: string;
  readonly name: string;
}

export interface ObjectRow {
  readonly key: ObjectKey;
  /** JSON text that the in-memory cluster alone reads. May hold the values of Secrets: keep it where only the user can read. */
  readonly record: string;
}

export interface ObjectFilter {
  readonly cluster: string;
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
}

/**
 * Where in-memory clusters keep what users applied. Everything is synchronous: a write is on disk when its transaction
 * returns. Throws SluiceError `environment` for a full disk and a read-only, locked or damaged database.
 */
export interface ObjectStore {
  get(key: ObjectKey): string | undefined;
  /** In any order. Fields that the filter leaves out match everything. */
  list(filter: ObjectFilter): readonly ObjectRow[];
  /** The clusters that `nextRevision` was ever called for, in any order. Deleting all objects does not remove one. */
  clusters(): readonly string[];
  /** The last number that `nextRevision` gave this cluster; 0 when it has none yet. */
  revision(cluster: string): number;

  /** The three below are called inside `write` only. */
  put(key: ObjectKey, record: string): void;
  /** Whether there was something to delete. */
  delete(key: ObjectKey): boolean;
  /** Counts up from 1, for each cluster by itself; a number is never given twice, nor after deletes or in another process. */
  nextRevision(cluster: string): number;

  /** Runs `work`, which only reads, on one state of the store. May be called inside `write`, and inside itself. */
  read<T>(work: () => T): T;
  /** Runs `work` as one transaction, alone among all processes; what it throws undoes all of it and is thrown on. Not nested. */
  write<T>(work: () => T): T;
  /**
   * Calls back soon (100 ms) after a committed change of this process or another, until `signal` aborts. A spurious call is
   * allowed. Never calls from inside `write`, and keeps no process alive.
   */
  onChange(callback: () => void, signal: AbortSignal): void;
}
