import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../api/errors.ts';
import { damagedError } from './store-error.ts';

/** `slui` in ASCII, in the header of each of our databases: tells them from another program's. */
const applicationId = 0x736c7569;

/**
 * Entry n takes a database from schema version n to n + 1. An entry that has been released never changes: databases made
 * with it exist. Versions only go up.
 */
export const migrations: readonly string[] = [
  `
  -- The small columns come first and the state last: a list then reads no overflow pages.
  CREATE TABLE runs (
    id TEXT NOT NULL UNIQUE, namespace TEXT NOT NULL, name TEXT NOT NULL,
    version INTEGER NOT NULL, phase TEXT NOT NULL, finished INTEGER NOT NULL,
    started_at_ms REAL NOT NULL, ended_at_ms REAL, steps_done INTEGER NOT NULL, steps_total INTEGER NOT NULL,
    owner TEXT, state TEXT NOT NULL,
    UNIQUE (namespace, name)
  ) STRICT;
  -- Apart from runs, because it never changes and a save rewrites its whole row.
  CREATE TABLE run_sources (
    run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    document TEXT NOT NULL, workflow TEXT, step_types TEXT NOT NULL, options TEXT NOT NULL
  ) STRICT;
  CREATE TABLE texts (digest TEXT NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
  CREATE TABLE run_texts (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, digest TEXT NOT NULL,
    PRIMARY KEY (run_id, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX run_texts_by_digest ON run_texts (digest);
  CREATE TABLE run_secrets (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, value TEXT NOT NULL,
    PRIMARY KEY (run_id, value)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE logs (
    row INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step TEXT NOT NULL, key TEXT NOT NULL, time_ms REAL NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (run_id, step, key)
  ) STRICT;
  CREATE INDEX logs_by_run ON logs (run_id);
  CREATE TABLE log_sizes (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, step TEXT NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (run_id, step)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE commands (
    seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    at_ms REAL NOT NULL, kind TEXT NOT NULL, step TEXT
  ) STRICT;
  CREATE INDEX commands_by_run ON commands (run_id);
  CREATE TABLE definitions (
    name TEXT PRIMARY KEY, format TEXT NOT NULL, file TEXT NOT NULL, updated_at_ms REAL NOT NULL, text TEXT NOT NULL
  ) STRICT;
  CREATE TABLE clusters (name TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT;
  CREATE TABLE objects (
    cluster TEXT NOT NULL, api_group TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (cluster, api_group, kind, namespace, name)
  ) STRICT;
  `,
  `
  -- What is reserved is counted in the account from the start; its row says what to replace when the call is settled.
  CREATE TABLE spend_accounts (
    key TEXT PRIMARY KEY, calls REAL NOT NULL, tokens REAL NOT NULL, micro_dollars REAL NOT NULL,
    changed_at_ms REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE spend_reservations (
    id TEXT NOT NULL, account TEXT NOT NULL, calls REAL NOT NULL, tokens REAL NOT NULL, micro_dollars REAL NOT NULL,
    made_at_ms REAL NOT NULL,
    PRIMARY KEY (id, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE answers (
    key TEXT NOT NULL UNIQUE, label TEXT, bytes INTEGER NOT NULL, stored_at_ms REAL NOT NULL,
    expires_at_ms REAL NOT NULL, used_at_ms REAL NOT NULL, value TEXT NOT NULL
  ) STRICT;
  CREATE INDEX answers_by_use ON answers (used_at_ms, bytes);
  CREATE TABLE verdicts (
    namespace TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, gate TEXT NOT NULL, policy TEXT NOT NULL,
    cache_key TEXT, passed INTEGER NOT NULL, stored_at_ms REAL NOT NULL, invalid_by TEXT, invalid_why TEXT,
    entry TEXT NOT NULL,
    UNIQUE (namespace, id)
  ) STRICT;
  CREATE INDEX verdicts_by_gate ON verdicts (namespace, gate, stored_at_ms);
  CREATE INDEX verdicts_by_cache_key ON verdicts (namespace, cache_key);
  CREATE TABLE installation (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), key TEXT NOT NULL) STRICT;
  `,
  `
  -- In the order in which they asked first.
  CREATE TABLE run_groups (
    seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL, has_begun INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX run_groups_by_name ON run_groups (name);
  `,
  `
  -- The Workflows that steps of the run call.
  ALTER TABLE run_sources ADD COLUMN called TEXT;
  `,
  `
  CREATE TABLE packages (
    name TEXT PRIMARY KEY, file TEXT NOT NULL, updated_at_ms REAL NOT NULL, text TEXT NOT NULL
  ) STRICT;
  `,
];

/**
 * Brings an open database to the newest schema and to write-ahead logging, or throws `environment`: `StoreTooNew` when a
 * newer Sluice made it, `StoreDamaged` when another program did. May throw SQLite's busy error: try the whole call again.
 */
export function migrate(db: DatabaseSync, file: string, steps: readonly string[] = migrations): void {
  const found = readVersion(db);
  if (found.application !== applicationId || found.version !== steps.length) upgrade(db, file, steps);
  // Kept in the file: for all but a new database this changes nothing.
  db.exec('PRAGMA journal_mode = WAL');
}

function upgrade(db: DatabaseSync, file: string, steps: readonly string[]): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have migrated meanwhile.
    const found = readVersion(db);
    refuseForeign(db, file, found, steps.length);
    for (const step of steps.slice(found.version)) db.exec(step);
    db.exec(`PRAGMA application_id = ${applicationId}`);
    db.exec(`PRAGMA user_version = ${steps.length}`);
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

interface Found {
  readonly application: number;
  readonly version: number;
}

function readVersion(db: DatabaseSync): Found {
  const application = db.prepare('PRAGMA application_id').get()?.['application_id'];
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  return { application: Number(application), version: Number(version) };
}

function refuseForeign(db: DatabaseSync, file: string, found: Found, newest: number): void {
  if (found.application !== applicationId) {
    const isEmpty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0;
    if (!isEmpty || found.version !== 0)
      throw damagedError(undefined, file, 'it is the database of another program');
  } else if (found.version > newest) {
    throw new SluiceError(
      'environment',
      'StoreTooNew',
      `The database ${file} has schema ${found.version}, and this Sluice knows schemas up to ${newest}.`,
      { hint: 'Use the newer Sluice that made it, or choose another place with --state-dir.' },
    );
  }
}
