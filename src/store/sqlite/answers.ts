import { parseJson, stringifyJson } from '../../api/json.ts';
import type { CacheEntry } from '../../llm/cache/answer-cache.ts';
import type { AnswerStore, KeptAnswer } from '../../llm/cache/answer-store.ts';
import type { Database } from './database.ts';

/** Of all answers together: some ten thousand, or a few hundred of the longest. */
const defaultLimitBytes = 64 * 1024 * 1024;
/** A use is noted at most so often: each note is a write. */
const noteUseEveryMs = 60_000;

/**
 * Answers of models beside the runs. Past the limit those not used for longest go; those that have expired, with the first
 * one that a process puts.
 */
export class SqliteAnswers implements AnswerStore {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #limitBytes: number;
  #isPruned = false;

  constructor(db: Database, now: () => number, limitBytes: number = defaultLimitBytes) {
    this.#db = db;
    this.#now = now;
    this.#limitBytes = limitBytes;
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    const db = this.#db;
    const row = await db.read(() =>
      db.get('SELECT label, stored_at_ms, expires_at_ms, used_at_ms, value FROM answers WHERE key = ?', key),
    );
    if (row === undefined) return undefined;
    const nowMs = this.#now();
    if (Math.abs(nowMs - Number(row['used_at_ms'])) >= noteUseEveryMs)
      await db.write(() => db.run('UPDATE answers SET used_at_ms = ? WHERE key = ?', nowMs, key));
    return {
      value: parseJson(String(row['value'])),
      ...(row['label'] === null ? {} : { label: String(row['label']) }),
      storedAtMs: Number(row['stored_at_ms']),
      expiresAtMs: Number(row['expires_at_ms']),
    };
  }

  put(key: string, { value, label, storedAtMs, expiresAtMs }: CacheEntry): Promise<void> {
    const text = stringifyJson(value);
    return this.#db.write(() => {
      this.#prune();
      this.#db.run(
        `INSERT OR REPLACE INTO answers (key, label, bytes, stored_at_ms, expires_at_ms, used_at_ms, value)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        key,
        label ?? null,
        Buffer.byteLength(text),
        storedAtMs,
        expiresAtMs,
        this.#now(),
        text,
      );
      this.#db.run(
        `DELETE FROM answers WHERE rowid IN (SELECT rowid FROM
           (SELECT rowid, sum(bytes) OVER (ORDER BY used_at_ms DESC, rowid DESC) AS total FROM answers)
           WHERE total > ?)`,
        this.#limitBytes,
      );
    });
  }

  async delete(key: string): Promise<void> {
    await this.#db.write(() => this.#db.run('DELETE FROM answers WHERE key = ?', key));
  }

  list(): Promise<readonly KeptAnswer[]> {
    return this.#db.read(() =>
      this.#db
        .all(
          'SELECT key, label, bytes, stored_at_ms, expires_at_ms FROM answers ORDER BY stored_at_ms DESC, rowid DESC',
        )
        .map((row) => ({
          key: String(row['key']),
          label: row['label'] === null ? undefined : String(row['label']),
          storedAtMs: Number(row['stored_at_ms']),
          expiresAtMs: Number(row['expires_at_ms']),
          bytes: Number(row['bytes']),
        })),
    );
  }

  purge(upToMs: number): Promise<number> {
    return this.#db.write(() => this.#db.run('DELETE FROM answers WHERE stored_at_ms <= ?', upToMs));
  }

  #prune(): void {
    if (this.#isPruned) return;
    this.#isPruned = true;
    this.#db.run('DELETE FROM answers WHERE expires_at_ms <= ?', this.#now());
  }
}
