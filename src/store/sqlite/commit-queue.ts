import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { retryWhileLocked } from './retry-while-locked.ts';
import { mayHaveRolledBack } from './store-error.ts';

interface Job {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (thrown: unknown) => void;
}

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly thrown: unknown };

/**
 * Group commit: the writes asked for in one turn of the event loop share one transaction, and so one sync of the disk.
 *
 * Q1 A job's promise resolves only after the COMMIT that holds its changes.
 * Q2 A job that throws of its own accord is undone alone, by its savepoint; the others of its group go through.
 * Q3 When SQLite itself fails, the whole group is undone and told so: SQLite may have rolled back behind our back.
 */
export class CommitQueue {
  readonly #connection: DatabaseSync;
  readonly #patienceMs: number;
  readonly #onCommit: () => void;
  #waiting: Job[] = [];
  #drain: Promise<void> | undefined;

  constructor(connection: DatabaseSync, patienceMs: number, onCommit: () => void) {
    this.#connection = connection;
    this.#patienceMs = patienceMs;
    this.#onCommit = onCommit;
  }

  add<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.#drain ??= this.#run();
    });
  }

  /** Resolves when nothing is waiting any more. Never rejects. */
  async idle(): Promise<void> {
    await this.#drain;
  }

  async #run(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#commit(group);
    }
    this.#drain = undefined;
  }

  async #commit(group: readonly Job[]): Promise<void> {
    let outcomes: readonly Outcome[];
    try {
      outcomes = await retryWhileLocked(() => this.#transact(group), this.#patienceMs);
    } catch (thrown) {
      for (const job of group) job.reject(thrown);
      return;
    }
    for (const [index, outcome] of outcomes.entries()) settle(group[index], outcome);
    this.#onCommit();
  }

  /** Synchronous from BEGIN to COMMIT. Locks are met at BEGIN, so another try repeats no work. */
  #transact(group: readonly Job[]): Outcome[] {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = group.map((job) => this.#perform(job));
      this.#connection.exec('COMMIT');
      return outcomes;
    } catch (thrown) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw thrown;
    }
  }

  #perform(job: Job): Outcome {
    this.#connection.exec('SAVEPOINT job');
    try {
      const value = job.work();
      this.#connection.exec('RELEASE job');
      return { ok: true, value };
    } catch (thrown) {
      if (mayHaveRolledBack(thrown)) throw thrown;
      this.#connection.exec('ROLLBACK TO job');
      this.#connection.exec('RELEASE job');
      return { ok: false, thrown };
    }
  }
}

function settle(job: Job | undefined, outcome: Outcome): void {
  if (outcome.ok) job?.resolve(outcome.value as never);
  else job?.reject(outcome.thrown);
}
