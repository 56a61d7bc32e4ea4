import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { migrate, migrations } from '../../src/store/sqlite/schema.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const temporaryDirectory = temporaryDirectories();

test('a database made by a newer Sluice is refused and left alone', async () => {
  const directory = temporaryDirectory();
  const options = { directory, now: Date.now, newId: randomUUID };
  await (await openSqliteStore(options)).close();
  const file = join(directory, 'sluice.db');
  const newer = migrations.length + 1;
  query(file, `PRAGMA user_version = ${newer}`);
  await expect(openSqliteStore(options)).rejects.toMatchObject({
    kind: 'environment',
    code: 'StoreTooNew',
    message: `The database ${file} has schema ${newer}, and this Sluice knows schemas up to ${migrations.length}.`,
  });
  expect(query(file, 'PRAGMA user_version')).toEqual({ user_version: newer });
});

test('an older database is brought forward step by step with what it holds', () => {
  const file = join(temporaryDirectory(), 'x.db');
  const steps = ['CREATE TABLE t (a)', 'ALTER TABLE t ADD COLUMN b', 'UPDATE t SET b = a + 1'];
  migrateWith(file, steps.slice(0, 1));
  query(file, 'INSERT INTO t VALUES (1)');
  migrateWith(file, steps);
  migrateWith(file, steps);
  expect(query(file, 'SELECT * FROM t')).toEqual({ a: 1, b: 2 });
  expect(query(file, 'PRAGMA user_version')).toEqual({ user_version: 3 });
});

test('a migration that fails leaves the database as it was', () => {
  const file = join(temporaryDirectory(), 'x.db');
  migrateWith(file, ['CREATE TABLE t (a)']);
  expect(() => {
    migrateWith(file, ['CREATE TABLE t (a)', 'CREATE TABLE u (a)', 'no SQL']);
  }).toThrow('syntax error');
  expect(query(file, 'PRAGMA user_version')).toEqual({ user_version: 1 });
  expect(query(file, "SELECT count(*) AS n FROM sqlite_schema WHERE name = 'u'")).toEqual({ n: 0 });
});

test('a database from before models were kept gets their tables, and keeps what it holds', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'sluice.db');
  migrateWith(file, migrations.slice(0, 1));
  query(file, "INSERT INTO definitions VALUES ('greet', 'yaml', 'greet.yaml', 1, 'kind: X')");
  const store = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
  try {
    expect(await store.definitions.list()).toMatchObject([{ name: 'greet', text: 'kind: X' }]);
    await store.spending.reserve('r', { calls: 1, tokens: 2, microDollars: 3 }, [{ key: 'a', limits: {} }]);
    expect((await store.spending.spent('a')).tokens).toBe(2);
    expect(await store.answers.list()).toEqual([]);
    expect(await store.verdicts.list({ namespace: 'default', limit: 1 })).toEqual([]);
    expect(await store.installationKey()).toMatch(/^[0-9a-f]{64}$/);
  } finally {
    await store.close();
  }
});

function migrateWith(file: string, steps: readonly string[]): void {
  const db = new DatabaseSync(file);
  try {
    migrate(db, file, steps);
  } finally {
    db.close();
  }
}

function query(file: string, sql: string): unknown {
  const db = new DatabaseSync(file);
  const row = db.prepare(sql).get();
  db.close();
  return row === undefined ? undefined : { ...row };
}
