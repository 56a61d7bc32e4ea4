import type { LogLimits } from '../log-room.ts';
import type {
  LogRecord,
  RunChange,
  RunCommand,
  RunLine,
  RunRef,
  RunStore,
  RunSummary,
  StoredCommand,
  StoredRun,
} from '../port.ts';
import { runExists, runIsLive, runNotFound, staleState } from '../store-refusals.ts';
import type { ChangeWatch } from './change-watch.ts';
import type { Database } from './database.ts';
import type { ProcessLock } from './process-lock.ts';
import { enterGroup } from './run-groups.ts';
import { appendLogs, readLogs } from './run-logs.ts';
import { addSecrets, insertRun, readRun, readSummaries, updateRun } from './run-rows.ts';
import type { NewRun } from './run-rows.ts';
import { deleteRun, insertSources } from './run-sources.ts';

export interface SqliteRunsOptions {
  readonly db: Database;
  readonly lock: ProcessLock;
  readonly changes: ChangeWatch;
  readonly now: () => number;
  readonly logLimits: LogLimits;
}

/**
 * Runs in SQLite.
 *
 * R1 A row's owner is the process that runs it. It changes only in a write transaction that has seen the former owner
 *    dead, gone or ourselves; write transactions are one at a time over all processes, so one of two claims wins.
 * R2 A save names the version it was made from; so even a runner that lost its claim cannot overwrite another's state.
 */
export class SqliteRuns implements RunStore {
  readonly #db: Database;
  readonly #lock: ProcessLock;
  readonly #now: () => number;
  readonly #logLimits: LogLimits;
  readonly #changes: ChangeWatch;

  constructor(options: SqliteRunsOptions) {
    this.#db = options.db;
    this.#lock = options.lock;
    this.#now = options.now;
    this.#logLimits = options.logLimits;
    this.#changes = options.changes;
  }

  create(run: NewRun): Promise<StoredRun> {
    const db = this.#db;
    return db.write(() => {
      const former = db.get(
        'SELECT id, finished, phase FROM runs WHERE namespace = ? AND name = ?',
        run.ref.namespace,
        run.ref.name,
      );
      if (former?.['finished'] === 0) throw runExists(run.ref, former['phase'] as StoredRun['phase']);
      if (former !== undefined) deleteRun(db, String(former['id']));
      this.#lock.hold();
      insertRun(db, run, this.#lock.processId);
      insertSources(db, run.id, run.sources);
      addSecrets(db, run.id, run.secrets);
      appendLogs(db, run.id, run.logs, this.#logLimits);
      return readRun(db, run.ref) as StoredRun;
    });
  }

  get(ref: RunRef): Promise<StoredRun | undefined> {
    return this.#db.read(() => readRun(this.#db, ref));
  }

  list(): Promise<readonly RunSummary[]> {
    return this.#db.read(() => readSummaries(this.#db));
  }

  save(id: string, expectedVersion: number, change: RunChange): Promise<number> {
    const db = this.#db;
    return db.write(() => {
      if (!updateRun(db, id, expectedVersion, change)) {
        const stored = db.get('SELECT version FROM runs WHERE id = ?', id)?.['version'];
        throw staleState(id, expectedVersion, stored === undefined ? undefined : Number(stored));
      }
      addSecrets(db, id, change.secrets);
      appendLogs(db, id, change.logs, this.#logLimits);
      return expectedVersion + 1;
    });
  }

  delete(ref: RunRef): Promise<boolean> {
    const db = this.#db;
    return db.write(() => {
      const row = db.get(
        'SELECT id, owner FROM runs WHERE namespace = ? AND name = ?',
        ref.namespace,
        ref.name,
      );
      if (row === undefined) return false;
      if (this.#isAlive(row['owner'])) throw runIsLive(ref);
      deleteRun(db, String(row['id']));
      return true;
    });
  }

  logs(id: string, afterRow = 0): Promise<{ readonly records: readonly LogRecord[]; readonly row: number }> {
    return this.#db.read(() => readLogs(this.#db, id, afterRow));
  }

  command(id: string, command: RunCommand): Promise<void> {
    const db = this.#db;
    return db.write(() => {
      if (db.get('SELECT 1 FROM runs WHERE id = ?', id) === undefined) throw runNotFound(id);
      const insert = 'INSERT INTO commands (run_id, at_ms, kind, step) VALUES (?, ?, ?, ?)';
      db.run(insert, id, this.#now(), command.kind, command.step ?? null);
    });
  }

  commands(id: string, afterSeq: number): Promise<readonly StoredCommand[]> {
    const db = this.#db;
    return db.read(() =>
      db
        .all('SELECT seq, kind, step FROM commands WHERE run_id = ? AND seq > ? ORDER BY seq', id, afterSeq)
        .map(({ seq, kind, step }) => ({
          seq: Number(seq),
          kind: kind as RunCommand['kind'],
          ...(step === null ? {} : { step: String(step) }),
        })),
    );
  }

  claim(id: string): Promise<boolean> {
    const db = this.#db;
    return db.write(() => {
      const row = db.get('SELECT owner FROM runs WHERE id = ?', id);
      if (row === undefined) return false;
      const owner = row['owner'];
      if (owner === this.#lock.processId) return true;
      if (this.#isAlive(owner)) return false;
      this.#lock.hold();
      db.run('UPDATE runs SET owner = ? WHERE id = ?', this.#lock.processId, id);
      if (typeof owner === 'string') this.#lock.forget(owner);
      return true;
    });
  }

  release(id: string): Promise<void> {
    return this.#db.write(() => {
      this.#db.run('UPDATE runs SET owner = NULL WHERE id = ? AND owner = ?', id, this.#lock.processId);
    });
  }

  enterGroup(id: string, group: string): Promise<RunLine> {
    return this.#db.write(() => enterGroup(this.#db, id, group, (owner) => this.#isAlive(owner)));
  }

  isLive(id: string): Promise<boolean> {
    return this.#db.read(() =>
      this.#isAlive(this.#db.get('SELECT owner FROM runs WHERE id = ?', id)?.['owner']),
    );
  }

  onChange(callback: () => void, signal: AbortSignal): void {
    this.#changes.add(callback, signal);
  }

  async close(): Promise<void> {
    this.#changes.stop();
    await this.#db.close();
    this.#lock.close();
  }

  #isAlive(owner: unknown): boolean {
    return typeof owner === 'string' && this.#lock.isAlive(owner);
  }
}
