import { parseJson, stringifyJson } from '../../api/json.ts';
import type { PastRun } from '../../gate/evaluate/gate-input.ts';
import {
  isPassed,
  isReusable,
  keptPerGate,
  keptSince,
  overridden,
  pastRunOfEntry,
  type KeptEntry,
} from '../../gate/kept-entry.ts';
import type { StoredVerdict, VerdictQuery, VerdictStore } from '../../gate/verdict-store.ts';
import type { Override } from '../../gate/verdict.ts';
import type { Database, Row } from './database.ts';

const columns = 'invalid_by, invalid_why, entry';
const newestFirst = 'ORDER BY stored_at_ms DESC, rowid DESC';

/** Verdicts beside the runs; they outlive them. The first one that a process puts also drops what was kept for long enough. */
export class SqliteVerdicts implements VerdictStore {
  readonly #db: Database;
  readonly #now: () => number;
  #isPruned = false;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  put(entry: StoredVerdict): Promise<void> {
    const { namespace, id, run, cacheKey, storedAtMs, verdict } = entry;
    return this.#db.write(() => {
      this.#prune();
      this.#db.run(
        `INSERT OR IGNORE INTO verdicts (namespace, id, run, gate, policy, cache_key, passed, stored_at_ms, entry)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        namespace,
        id,
        run,
        verdict.gate,
        verdict.policy.digest,
        cacheKey,
        Number(isPassed(entry)),
        storedAtMs,
        stringifyJson(entry),
      );
      for (const passed of [1, 0]) {
        this.#db.run(
          `DELETE FROM verdicts WHERE rowid IN (SELECT rowid FROM verdicts
             WHERE namespace = ? AND gate = ? AND passed = ? ${newestFirst} LIMIT -1 OFFSET ${keptPerGate})`,
          namespace,
          verdict.gate,
          passed,
        );
      }
    });
  }

  get(namespace: string, id: string): Promise<StoredVerdict | undefined> {
    return this.#db.read(() => this.#find(namespace, id)?.entry);
  }

  list({ namespace, gate, run, limit }: VerdictQuery): Promise<readonly StoredVerdict[]> {
    return this.#db.read(() =>
      this.#db
        .all(
          `SELECT ${columns} FROM verdicts WHERE namespace = ?1 AND (?2 IS NULL OR gate = ?2)
             AND (?3 IS NULL OR run = ?3) ${newestFirst} LIMIT ?4`,
          namespace,
          gate ?? null,
          run ?? null,
          limit,
        )
        .map((row) => keptOf(row).entry),
    );
  }

  history(namespace: string, gate: string, policyDigest: string, limit: number): Promise<readonly PastRun[]> {
    return this.#db.read(() =>
      this.#db
        .all(
          `SELECT ${columns} FROM verdicts WHERE namespace = ? AND gate = ? AND policy = ? ${newestFirst} LIMIT ?`,
          namespace,
          gate,
          policyDigest,
          limit,
        )
        .map((row) => pastRunOfEntry(keptOf(row))),
    );
  }

  reuse(namespace: string, cacheKey: string, nowMs: number): Promise<StoredVerdict | undefined> {
    return this.#db.read(
      () =>
        this.#db
          .all(
            `SELECT ${columns} FROM verdicts WHERE namespace = ? AND cache_key = ? ${newestFirst}`,
            namespace,
            cacheKey,
          )
          .map(keptOf)
          .find((kept) => isReusable(kept, cacheKey, nowMs))?.entry,
    );
  }

  override(namespace: string, id: string, override: Override): Promise<StoredVerdict | undefined> {
    return this.#db.write(() => {
      const kept = this.#find(namespace, id);
      if (kept === undefined) return undefined;
      const { entry } = overridden(kept, override);
      this.#db.run(
        'UPDATE verdicts SET entry = ? WHERE namespace = ? AND id = ?',
        stringifyJson(entry),
        namespace,
        id,
      );
      return entry;
    });
  }

  invalidate(
    namespace: string,
    id: string,
    { by, why }: { readonly by: string; readonly why: string },
  ): Promise<boolean> {
    return this.#db.write(
      () =>
        this.#db.run(
          'UPDATE verdicts SET invalid_by = ?, invalid_why = ? WHERE namespace = ? AND id = ?',
          by,
          why,
          namespace,
          id,
        ) > 0,
    );
  }

  #prune(): void {
    if (this.#isPruned) return;
    this.#isPruned = true;
    for (const passed of [true, false])
      this.#db.run(
        'DELETE FROM verdicts WHERE passed = ? AND stored_at_ms <= ?',
        Number(passed),
        keptSince(passed, this.#now()),
      );
  }

  #find(namespace: string, id: string): KeptEntry | undefined {
    const row = this.#db.get(`SELECT ${columns} FROM verdicts WHERE namespace = ? AND id = ?`, namespace, id);
    return row === undefined ? undefined : keptOf(row);
  }
}

function keptOf(row: Row): KeptEntry {
  const entry = parseJson(String(row['entry'])) as unknown as StoredVerdict;
  if (row['invalid_by'] === null) return { entry };
  return { entry, invalid: { by: String(row['invalid_by']), why: String(row['invalid_why']) } };
}
