import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { SluiceError } from '../../api/errors.ts';
import { CommitQueue } from './commit-queue.ts';
import { blockWhileLocked, retryWhileLocked } from './retry-while-locked.ts';
import { migrate } from './schema.ts';
import { createPrivateFile, keepPrivate } from './state-directory.ts';
import { storeError } from './store-error.ts';

export type Row = Record<string, SQLOutputValue>;

/** How long a statement itself waits for a lock, asleep in the event loop; beyond it the waits are asynchronous. */
const blockingWaitMs = 10;

/**
 * The database file and its one connection.
 *
 * D1 Between BEGIN and COMMIT no other code runs: transactions are synchronous, so one connection serves everyone.
 * D2 A write is done only when its promise resolves; by then it is on disk. `synchronous = FULL`: each commit is synced, so
 *    the record of an intent outlives a power cut too, where NORMAL outlives kill -9 only. Group commit pays for it:
 *    measured with three writes a run and 2 kB of state, one run after the other 2,000 runs/s with FULL and 3,200 with
 *    NORMAL, 64 runs at once 7,000 with either (`bench/store.ts`; a sync took 0.2 ms).
 * D3 What a user can mend leaves here as an error that names the file and says what to do; the rest is a bug, left as it is.
 */
export class Database {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #patienceMs: number;
  readonly #queue: CommitQueue;
  readonly #commitListeners = new Set<() => void>();
  #isClosed = false;

  private constructor(file: string, connection: DatabaseSync, patienceMs: number) {
    this.file = file;
    this.#connection = connection;
    this.#patienceMs = patienceMs;
    this.#queue = new CommitQueue(connection, patienceMs, () => {
      this.#committed();
    });
  }

  /** Opens or makes the database; waits up to `patienceMs` for another process's lock, here and in all calls. */
  static async open(file: string, patienceMs: number): Promise<Database> {
    try {
      if (!createPrivateFile(file)) for (const suffix of ['', '-wal', '-shm']) keepPrivate(file + suffix);
      const connection = new DatabaseSync(file, { timeout: blockingWaitMs });
      try {
        await retryWhileLocked(() => {
          // A pragma reads the file too, and so may meet the lock of whoever is just making it.
          connection.exec('PRAGMA synchronous = FULL');
          migrate(connection, file);
        }, patienceMs);
      } catch (thrown) {
        connection.close();
        throw thrown;
      }
      return new Database(file, connection, patienceMs);
    } catch (thrown) {
      throw storeError(thrown, file);
    }
  }

  /** Runs `work`, which only reads, on one state of the database. */
  async read<T>(work: () => T): Promise<T> {
    return this.#guard(() => retryWhileLocked(() => this.#snapshot(work), this.#patienceMs));
  }

  /** Runs `work` in a transaction, shared with other writes of this turn; what it throws undoes its own changes alone. */
  async write<T>(work: () => T): Promise<T> {
    return this.#guard(() => this.#queue.add(work));
  }

  /** `read` for a caller that cannot wait; inside another transaction it is a part of that. */
  readNow<T>(work: () => T): T {
    return this.#guardNow(() => {
      if (this.#connection.isTransaction) return work();
      return blockWhileLocked(() => this.#snapshot(work), this.#patienceMs);
    });
  }

  /** `write` for a caller that cannot wait: a transaction of its own, on disk when it returns. */
  writeNow<T>(work: () => T): T {
    const result = this.#guardNow(() => {
      blockWhileLocked(() => {
        this.#connection.exec('BEGIN IMMEDIATE');
      }, this.#patienceMs);
      try {
        const value = work();
        this.#connection.exec('COMMIT');
        return value;
      } catch (thrown) {
        if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
        throw thrown;
      }
    });
    this.#committed();
    return result;
  }

  /** The first row, or undefined. For use inside `read` and `write`, as are `all` and `run`. */
  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  /** Number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** Changes when another connection commits; undefined when it cannot be read now. */
  dataVersion(): unknown {
    try {
      return this.get('PRAGMA data_version')?.['data_version'];
    } catch {
      return undefined;
    }
  }

  /** Calls `listener` soon after each commit of this connection. */
  onCommit(listener: () => void): void {
    this.#commitListeners.add(listener);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Finishes the writes under way, then closes. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#queue.idle();
    this.#statements.clear();
    this.#connection.close();
  }

  async #guard<T>(call: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    try {
      return await call();
    } catch (thrown) {
      throw storeError(thrown, this.file);
    }
  }

  #guardNow<T>(call: () => T): T {
    this.#refuseClosed();
    try {
      return call();
    } catch (thrown) {
      throw storeError(thrown, this.file);
    }
  }

  #refuseClosed(): void {
    if (this.#isClosed)
      throw new SluiceError('bug', 'StoreClosed', `The store ${this.file} is already closed.`);
  }

  #committed(): void {
    // Later, and each on its own: none sees a transaction, and one that throws stops nobody.
    for (const listener of this.#commitListeners) queueMicrotask(listener);
  }

  #snapshot<T>(work: () => T): T {
    this.#connection.exec('BEGIN');
    try {
      return work();
    } finally {
      if (this.#connection.isTransaction) this.#connection.exec('COMMIT');
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
