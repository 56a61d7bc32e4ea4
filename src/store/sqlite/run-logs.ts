import { fitLog } from '../log-room.ts';
import type { LogLimits } from '../log-room.ts';
import type { LogRecord } from '../port.ts';
import type { Database, Row } from './database.ts';

const insertLog = `INSERT OR IGNORE INTO logs (run_id, step, key, time_ms, kind, text) VALUES (?, ?, ?, ?, ?, ?)`;

/** Adds records within the limits, those that are there already left out. Inside a write. */
export function appendLogs(
  db: Database,
  runId: string,
  records: readonly LogRecord[],
  limits: LogLimits,
): void {
  if (records.length === 0) return;
  let runBytes = Number(db.get('SELECT sum(bytes) AS n FROM log_sizes WHERE run_id = ?', runId)?.['n'] ?? 0);
  for (const record of records.toSorted((a, b) => a.timeMs - b.timeMs)) {
    if (isStored(db, runId, record)) continue;
    const stepBytes = sizeOfStep(db, runId, record.step);
    const fitted = fitLog(record, { stepBytes, runBytes }, limits);
    if (fitted.kept !== undefined) insert(db, runId, fitted.kept);
    if (fitted.notice !== undefined) insert(db, runId, fitted.notice);
    if (fitted.bytes > 0) {
      db.run(
        'INSERT OR REPLACE INTO log_sizes (run_id, step, bytes) VALUES (?, ?, ?)',
        runId,
        record.step,
        stepBytes + fitted.bytes,
      );
      runBytes += fitted.bytes;
    }
  }
}

/** Records after the row `afterRow`, and the row of the last one. Inside a read. */
export function readLogs(
  db: Database,
  runId: string,
  afterRow: number,
): { readonly records: readonly LogRecord[]; readonly row: number } {
  const rows = db.all(
    'SELECT row, step, key, time_ms, kind, text FROM logs WHERE run_id = ? AND row > ? ORDER BY row',
    runId,
    afterRow,
  );
  return { records: rows.map(toRecord), row: Number(rows.at(-1)?.['row'] ?? afterRow) };
}

function isStored(db: Database, runId: string, record: LogRecord): boolean {
  const found = 'SELECT 1 FROM logs WHERE run_id = ? AND step = ? AND key = ?';
  return db.get(found, runId, record.step, record.key) !== undefined;
}

function sizeOfStep(db: Database, runId: string, step: string): number {
  return Number(
    db.get('SELECT bytes FROM log_sizes WHERE run_id = ? AND step = ?', runId, step)?.['bytes'] ?? 0,
  );
}

function insert(db: Database, runId: string, record: LogRecord): void {
  db.run(insertLog, runId, record.step, record.key, record.timeMs, record.kind, record.text);
}

function toRecord(row: Row): LogRecord {
  return {
    step: String(row['step']),
    key: String(row['key']),
    timeMs: Number(row['time_ms']),
    kind: row['kind'] as LogRecord['kind'],
    text: String(row['text']),
  };
}
