import type { ObjectFilter, ObjectKey, ObjectRow, ObjectStore } from '../../cluster/memory/object-store.ts';
import type { ChangeWatch } from './change-watch.ts';
import type { Database } from './database.ts';

const keyColumns = 'cluster, api_group, kind, namespace, name';
const byKey = 'cluster = ? AND api_group = ? AND kind = ? AND namespace = ? AND name = ?';

/** The objects of in-memory clusters, beside the runs; a transaction here is alone among all processes. */
export class SqliteObjects implements ObjectStore {
  readonly #db: Database;
  readonly #changes: ChangeWatch;

  constructor(db: Database, changes: ChangeWatch) {
    this.#db = db;
    this.#changes = changes;
  }

  get(key: ObjectKey): string | undefined {
    return this.read(() => {
      const row = this.#db.get(`SELECT record FROM objects WHERE ${byKey}`, ...valuesOf(key));
      return row === undefined ? undefined : String(row['record']);
    });
  }

  list({ cluster, group, kind, namespace }: ObjectFilter): readonly ObjectRow[] {
    return this.read(() =>
      this.#db
        .all(
          `SELECT ${keyColumns}, record FROM objects WHERE cluster = ?1 AND (?2 IS NULL OR api_group = ?2)
             AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR namespace = ?4)`,
          cluster,
          group ?? null,
          kind ?? null,
          namespace ?? null,
        )
        .map((row) => ({
          key: {
            cluster: String(row['cluster']),
            group: String(row['api_group']),
            kind: String(row['kind']),
            namespace: String(row['namespace']),
            name: String(row['name']),
          },
          record: String(row['record']),
        })),
    );
  }

  clusters(): readonly string[] {
    return this.read(() => this.#db.all('SELECT name FROM clusters').map(({ name }) => String(name)));
  }

  revision(cluster: string): number {
    return this.read(() =>
      Number(this.#db.get('SELECT revision FROM clusters WHERE name = ?', cluster)?.['revision'] ?? 0),
    );
  }

  put(key: ObjectKey, record: string): void {
    this.#db.run(
      `INSERT INTO objects (${keyColumns}, record) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET record = excluded.record`,
      ...valuesOf(key),
      record,
    );
  }

  delete(key: ObjectKey): boolean {
    return this.#db.run(`DELETE FROM objects WHERE ${byKey}`, ...valuesOf(key)) > 0;
  }

  nextRevision(cluster: string): number {
    const row = this.#db.get(
      `INSERT INTO clusters (name, revision) VALUES (?, 1)
         ON CONFLICT DO UPDATE SET revision = revision + 1 RETURNING revision`,
      cluster,
    );
    return Number(row?.['revision']);
  }

  read<T>(work: () => T): T {
    return this.#db.readNow(work);
  }

  write<T>(work: () => T): T {
    return this.#db.writeNow(work);
  }

  onChange(callback: () => void, signal: AbortSignal): void {
    this.#changes.add(callback, signal);
  }
}

function valuesOf(key: ObjectKey): [string, string, string, string, string] {
  return [key.cluster, key.group, key.kind, key.namespace, key.name];
}
