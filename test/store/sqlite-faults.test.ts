import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { change, newRun, refOf } from '../contract/run-fixtures.ts';
import { Child, script } from './child.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const temporaryDirectory = temporaryDirectories();
const open = (directory: string): ReturnType<typeof openSqliteStore> =>
  openSqliteStore({ directory, now: Date.now, newId: randomUUID, lockPatienceMs: 150 });

describe('a damaged database is named, and moving it away helps', () => {
  const rows: Readonly<Record<string, (file: string) => void>> = {
    'its header overwritten': (file) => {
      overwrite(file, Buffer.from('this is no database, whatever its name says'), 0);
    },
    'cut in the middle': (file) => {
      truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
    },
    'cut in the middle of a page': (file) => {
      truncateSync(file, 6000);
    },
    'all pages but the first overwritten': (file) => {
      overwrite(file, Buffer.alloc(statSync(file).size - 4096, 0x5a), 4096);
    },
    'another kind of file': (file) => {
      writeFileSync(file, readFileSync(process.execPath).subarray(0, 100_000));
    },
    'the database of another program': (file) => {
      truncateSync(file, 0);
      const other = new DatabaseSync(file);
      other.exec('CREATE TABLE bookmarks (url TEXT)');
      other.close();
    },
  };
  test.each(Object.keys(rows))('%s', async (name) => {
    const directory = temporaryDirectory();
    const file = join(directory, 'sluice.db');
    const whole = await open(directory);
    await whole.runs.create(newRun('a', { state: JSON.stringify('x'.repeat(50_000)) }));
    await whole.close();
    rows[name]?.(file);
    await expect(useAll(directory)).rejects.toMatchObject({
      kind: 'environment',
      code: 'StoreDamaged',
      message: expect.stringContaining(file),
      hint: expect.stringContaining('Move it away'),
    });
    copyFileSync(file, `${file}.away`);
    truncateSync(file, 0);
    await useAll(directory);
  });
});

async function useAll(directory: string): Promise<void> {
  const store = await open(directory);
  try {
    await store.runs.list();
    await store.runs.get(refOf('a'));
  } finally {
    await store.close();
  }
}

function overwrite(file: string, bytes: Buffer, offset: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, offset);
  closeSync(descriptor);
}

describe('a database locked by another process', () => {
  test('for writing: reads go on, writes say so after some patience and go through once it is free', async () => {
    const directory = temporaryDirectory();
    const store = await open(directory);
    await store.runs.create(newRun('a'));
    const holder = new Child(script('hold-lock', join(directory, 'sluice.db'), 'writers'));
    await holder.line(1);
    expect(await store.runs.get(refOf('a'))).toMatchObject({ version: 1 });
    await (await open(directory)).close();
    await expect(store.runs.save('id-a', 1, change())).rejects.toMatchObject({
      kind: 'environment',
      code: 'StoreLocked',
      message: expect.stringContaining(directory),
    });
    const patient = await openSqliteStore({
      directory,
      now: Date.now,
      newId: randomUUID,
      lockPatienceMs: 10_000,
    });
    const waiting = patient.runs.save('id-a', 1, change());
    await holder.end();
    expect(await waiting).toBe(2);
    await patient.close();
    await store.close();
  });

  test('for everything: it cannot be opened', async () => {
    const directory = temporaryDirectory();
    await (await open(directory)).close();
    const holder = new Child(script('hold-lock', join(directory, 'sluice.db'), 'all'));
    await holder.line(1);
    await expect(open(directory)).rejects.toMatchObject({ kind: 'environment', code: 'StoreLocked' });
    await holder.kill();
    await (await open(directory)).close();
  });
});

describe('no room', () => {
  test('a full disk fails the save, keeps what was answered, and frees with the disk', async (context) => {
    const directory = temporaryDirectory();
    const mount = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c'];
    const tmpfs = `mount -t tmpfs -o size=1500k none ${directory}`;
    const tried = spawnSync('unshare', [...mount.slice(1), tmpfs]);
    if (tried.status !== 0) context.skip('needs unshare(1) and the right to mount a tmpfs');
    const fill = `${tmpfs} && head -c 500k /dev/zero > ${directory}/ballast && exec "$@"`;
    const said = await new Child([...mount, fill, 'sh', ...script('try-store', directory)]).end();
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ kind: 'environment', code: 'DiskFull' });
    const { answered, stored, length } = JSON.parse(said[1] ?? '') as Record<string, number>;
    expect(answered).toBeGreaterThan(3);
    expect(stored).toBe(answered);
    expect(length).toBe(2000 * ((answered ?? 0) - 1) + 2);
    expect(said[2]).toBe(String((answered ?? 0) + 1));
  });

  test('a limit on file sizes fails the save and keeps what was answered', async () => {
    const directory = join(temporaryDirectory(), 'state');
    mkdirSync(directory);
    const limited = ['sh', '-c', 'ulimit -f 1000; exec "$@"', 'sh', ...script('try-store', directory)];
    const said = await new Child(limited).end();
    expect(JSON.parse(said[0] ?? '')).toMatchObject({
      kind: 'environment',
      code: 'StoreFailed',
      message: expect.stringContaining(directory),
      hint: expect.stringContaining('ulimit'),
    });
    const { answered, stored } = JSON.parse(said[1] ?? '') as Record<string, number>;
    expect(answered).toBeGreaterThan(3);
    expect(stored).toBe(answered);
  });
});

test('a closed store says so, and what was asked for before the close is done', async () => {
  const directory = temporaryDirectory();
  const store = await open(directory);
  const created = store.runs.create(newRun('a'));
  await store.close();
  await store.close();
  expect(await created).toMatchObject({ version: 1 });
  await expect(store.runs.list()).rejects.toMatchObject({ kind: 'bug', code: 'StoreClosed' });
  await expect(store.runs.save('id-a', 1, change())).rejects.toMatchObject({ code: 'StoreClosed' });
});
