import { readdirSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { SluiceError } from '../../api/errors.ts';
import { createPrivateFile, makePrivateDirectory } from './state-directory.ts';
import { fileError, isDamaged, isLocked } from './store-error.ts';

const suffix = '.lock';

/**
 * Tells living processes from dead ones. Each process that runs something holds an exclusive lock on a file of its own,
 * an empty SQLite database; the operating system drops the lock however the process ends, and an id is never used twice,
 * so that no process number can be mistaken for another.
 *
 * L1 `hold` and the removal of dead files happen inside a write transaction of the store, so never in two processes at once:
 *    none can remove a file that another has made and not yet locked.
 * L2 A process is in a row as owner only after its lock is held: no file, or a file that can be read, means dead.
 * L3 A probe takes a shared lock only, so two probes of one dead process do not take each other for its life.
 * L4 No lock file is opened here except through SQLite: closing any other descriptor of it would drop the lock (POSIX).
 */
export class ProcessLock {
  readonly processId: string;
  readonly #directory: string;
  #held: DatabaseSync | undefined;

  constructor(directory: string, processId: string) {
    this.#directory = directory;
    this.processId = processId;
  }

  /** Takes the lock of this process, once, and clears away what dead processes left (L1). */
  hold(): void {
    if (this.#held !== undefined) return;
    const file = this.#fileOf(this.processId);
    try {
      makePrivateDirectory(this.#directory);
      this.#removeDead();
      if (!createPrivateFile(file)) throw reusedId(this.processId);
    } catch (thrown) {
      throw fileError(thrown, this.#directory);
    }
    const lock = new DatabaseSync(file);
    try {
      // Its journal in memory: nothing is ever written, and a file of it would be left after a kill.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (thrown) {
      lock.close();
      throw thrown;
    }
    this.#held = lock;
  }

  /** Whether the process of this id lives; this one does from its first `hold` on. */
  isAlive(processId: string): boolean {
    if (processId === this.processId) return this.#held !== undefined;
    return isLockedFile(this.#fileOf(processId));
  }

  /** Removes the lock file of a process found dead (L1). */
  forget(processId: string): void {
    rmSync(this.#fileOf(processId), { force: true });
  }

  close(): void {
    if (this.#held === undefined) return;
    // Removed while still held, so that nobody finds a file that lost its lock but not its name.
    this.forget(this.processId);
    this.#held.close();
    this.#held = undefined;
  }

  #removeDead(): void {
    for (const name of readdirSync(this.#directory)) {
      const file = join(this.#directory, name);
      if (name.endsWith(suffix) && !isLockedFile(file)) rmSync(file, { force: true });
    }
  }

  #fileOf(processId: string): string {
    return join(this.#directory, encodeURIComponent(processId) + suffix);
  }
}

/** Throws what it cannot tell: a doubt must not count as dead. */
function isLockedFile(file: string): boolean {
  let probe: DatabaseSync | undefined;
  try {
    if (isGone(file)) return false;
    probe = new DatabaseSync(file, { readOnly: true });
    probe.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (thrown) {
    if (isLocked(thrown)) return true;
    // Content, which is never written, is looked at only after the lock was granted.
    if (isDamaged(thrown) || isGone(file)) return false;
    throw thrown;
  } finally {
    probe?.close();
  }
}

function isGone(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) === undefined;
}

function reusedId(processId: string): SluiceError {
  return new SluiceError('bug', 'ProcessIdReused', `The process id ${processId} is in use already.`);
}
