import type { RunChange, RunRef, RunSummary, StoredRun } from '../port.ts';
import type { Database, Row } from './database.ts';
import { readSources } from './run-sources.ts';

export type NewRun = Omit<StoredRun, 'version' | 'secrets' | 'finished' | 'endedAtMs'> & RunChange;

const summaryColumns =
  'id, namespace, name, version, phase, finished, started_at_ms, ended_at_ms, steps_done, steps_total';

export function insertRun(db: Database, run: NewRun, owner: string): void {
  db.run(
    `INSERT INTO runs (${summaryColumns}, owner, state) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run.id,
    run.ref.namespace,
    run.ref.name,
    run.phase,
    Number(run.finished),
    run.startedAtMs,
    run.endedAtMs ?? null,
    run.progress.done,
    run.progress.total,
    owner,
    run.state,
  );
}

/** False when `expectedVersion` is not the stored one. */
export function updateRun(db: Database, id: string, expectedVersion: number, change: RunChange): boolean {
  const changed = db.run(
    `UPDATE runs SET version = version + 1, phase = ?, finished = ?, ended_at_ms = ?, steps_done = ?, steps_total = ?,
       state = ? WHERE id = ? AND version = ?`,
    change.phase,
    Number(change.finished),
    change.endedAtMs ?? null,
    change.progress.done,
    change.progress.total,
    change.state,
    id,
    expectedVersion,
  );
  return changed === 1;
}

export function addSecrets(db: Database, runId: string, values: readonly string[]): void {
  for (const value of values)
    db.run('INSERT OR IGNORE INTO run_secrets (run_id, value) VALUES (?, ?)', runId, value);
}

export function readRun(db: Database, ref: RunRef): StoredRun | undefined {
  const row = db.get(
    `SELECT ${summaryColumns}, state FROM runs WHERE namespace = ? AND name = ?`,
    ref.namespace,
    ref.name,
  );
  if (row === undefined) return undefined;
  const { progress: _, ...summary } = toSummary(row);
  const secrets = db.all('SELECT value FROM run_secrets WHERE run_id = ? ORDER BY value', summary.id);
  return {
    ...summary,
    sources: readSources(db, summary.id),
    state: String(row['state']),
    secrets: secrets.map(({ value }) => String(value)),
  };
}

export function readSummaries(db: Database): readonly RunSummary[] {
  return db.all(`SELECT ${summaryColumns} FROM runs ORDER BY started_at_ms DESC, rowid DESC`).map(toSummary);
}

function toSummary(row: Row): RunSummary {
  return {
    id: String(row['id']),
    ref: { namespace: String(row['namespace']), name: String(row['name']) },
    version: Number(row['version']),
    phase: row['phase'] as RunSummary['phase'],
    finished: row['finished'] === 1,
    startedAtMs: Number(row['started_at_ms']),
    endedAtMs: row['ended_at_ms'] === null ? undefined : Number(row['ended_at_ms']),
    progress: { done: Number(row['steps_done']), total: Number(row['steps_total']) },
  };
}
