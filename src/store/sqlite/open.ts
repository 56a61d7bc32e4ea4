import { join } from 'node:path';
import type { ObjectStore } from '../../cluster/memory/object-store.ts';
import type { VerdictStore } from '../../gate/verdict-store.ts';
import type { SpendStore } from '../../llm/budget/spend-store.ts';
import type { AnswerStore } from '../../llm/cache/answer-store.ts';
import { defaultLogLimits } from '../log-room.ts';
import type { LogLimits } from '../log-room.ts';
import type { DefinitionStore, RunStore } from '../port.ts';
import { SqliteAnswers } from './answers.ts';
import { ChangeWatch } from './change-watch.ts';
import { Database } from './database.ts';
import { SqliteDefinitions } from './definitions.ts';
import { installationKey } from './installation.ts';
import { SqliteObjects } from './objects.ts';
import { ProcessLock } from './process-lock.ts';
import { SqliteRuns } from './runs.ts';
import { SqliteSpending } from './spending.ts';
import { prepareStateDirectory } from './state-directory.ts';
import { SqliteVerdicts } from './verdicts.ts';

export interface SqliteStoreOptions {
  /** The state directory; made when it is missing. Local disks only: locks over a network file system cannot be relied on. */
  readonly directory: string;
  readonly now: () => number;
  /** Gives an id that no other process ever gets, such as a UUID. */
  readonly newId: () => string;
  /** How long a call waits for another process's lock on the database before `StoreLocked`. */
  readonly lockPatienceMs?: number;
  readonly logLimits?: LogLimits;
  /** Of all answers of models together; 64 MiB by default. */
  readonly answerLimitBytes?: number;
}

export interface SqliteStore {
  /** Absolute path of the state directory. */
  readonly directory: string;
  readonly runs: RunStore;
  readonly definitions: DefinitionStore;
  /** What users applied to in-memory clusters. */
  readonly objects: ObjectStore;
  readonly verdicts: VerdictStore;
  readonly spending: SpendStore;
  readonly answers: AnswerStore;
  /** 64 hex digits, made once: what pseudonyms are derived from. */
  installationKey(): Promise<string>;
  /** Finishes the writes under way and gives up every claim of this process. */
  close(): Promise<void>;
}

/** Opens the store under a state directory; many processes may have the same one open. Throws SluiceError `environment`. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const directory = prepareStateDirectory(options.directory);
  const db = await Database.open(join(directory, 'sluice.db'), options.lockPatienceMs ?? 5000);
  const lock = new ProcessLock(join(directory, 'locks'), options.newId());
  const changes = new ChangeWatch(db);
  const { now, logLimits = defaultLogLimits } = options;
  const runs = new SqliteRuns({ db, lock, changes, now, logLimits });
  return {
    directory,
    runs,
    definitions: new SqliteDefinitions(db, now),
    objects: new SqliteObjects(db, changes),
    verdicts: new SqliteVerdicts(db, now),
    spending: new SqliteSpending(db, now),
    answers: new SqliteAnswers(db, now, options.answerLimitBytes),
    installationKey: () => installationKey(db),
    close: () => runs.close(),
  };
}
