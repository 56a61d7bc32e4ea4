import {
  addSpend,
  nothingSpent,
  overLimit,
  type ReserveResult,
  type Spend,
  type SpendAccount,
  type SpendStore,
} from '../../llm/budget/spend-store.ts';
import type { Database, Row } from './database.ts';

/** Longer than any run lives: an account that is dropped counts from nothing again. */
const keptForMs = 400 * 24 * 3_600_000;

/**
 * What models were paid, beside the runs: a transaction here is alone among all processes that share the directory. The
 * first reservation of a process also drops accounts that nobody will ask for again.
 */
export class SqliteSpending implements SpendStore {
  readonly #db: Database;
  readonly #now: () => number;
  #isPruned = false;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  reserve(id: string, amount: Spend, accounts: readonly SpendAccount[]): Promise<ReserveResult> {
    const db = this.#db;
    return db.write((): ReserveResult => {
      this.#prune();
      if (db.get('SELECT 1 FROM spend_reservations WHERE id = ?', id) !== undefined)
        return { kind: 'reserved' };
      for (const { key, limits } of accounts) {
        const spent = this.#read(key);
        const what = overLimit(addSpend(spent, amount), limits);
        if (what !== undefined) return { kind: 'over', key, what, spent: spent[what] };
      }
      for (const { key } of accounts) {
        this.#write(key, addSpend(this.#read(key), amount));
        db.run(
          'INSERT INTO spend_reservations (id, account, calls, tokens, micro_dollars, made_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
          id,
          key,
          ...valuesOf(amount),
          this.#now(),
        );
      }
      return { kind: 'reserved' };
    });
  }

  settle(id: string, spent: Spend): Promise<void> {
    const db = this.#db;
    return db.write(() => {
      const rows = db.all(
        'SELECT account, calls, tokens, micro_dollars FROM spend_reservations WHERE id = ?',
        id,
      );
      for (const row of rows) {
        const key = String(row['account']);
        const { calls, tokens, microDollars } = spendOf(row);
        const without = addSpend(this.#read(key), {
          calls: -calls,
          tokens: -tokens,
          microDollars: -microDollars,
        });
        this.#write(key, addSpend(without, spent));
      }
      db.run('DELETE FROM spend_reservations WHERE id = ?', id);
    });
  }

  spent(key: string): Promise<Spend> {
    return this.#db.read(() => this.#read(key));
  }

  #prune(): void {
    if (this.#isPruned) return;
    this.#isPruned = true;
    const since = this.#now() - keptForMs;
    this.#db.run('DELETE FROM spend_accounts WHERE changed_at_ms < ?', since);
    this.#db.run('DELETE FROM spend_reservations WHERE made_at_ms < ?', since);
  }

  #read(key: string): Spend {
    const row = this.#db.get('SELECT calls, tokens, micro_dollars FROM spend_accounts WHERE key = ?', key);
    return row === undefined ? nothingSpent : spendOf(row);
  }

  #write(key: string, spend: Spend): void {
    this.#db.run(
      'INSERT OR REPLACE INTO spend_accounts (key, calls, tokens, micro_dollars, changed_at_ms) VALUES (?, ?, ?, ?, ?)',
      key,
      ...valuesOf(spend),
      this.#now(),
    );
  }
}

function valuesOf({ calls, tokens, microDollars }: Spend): readonly [number, number, number] {
  return [calls, tokens, microDollars];
}

function spendOf(row: Row): Spend {
  return {
    calls: Number(row['calls']),
    tokens: Number(row['tokens']),
    microDollars: Number(row['micro_dollars']),
  };
}
