import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { SqliteStore } from '../../src/store/sqlite/open.ts';
import { newRun, refOf } from '../contract/run-fixtures.ts';
import { Child, script } from './child.ts';

let base: string;
let directory: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'sluice-processes-'));
  directory = join(base, 'state');
});

afterEach(async () => {
  await rm(base, { recursive: true });
});

test('after kill -9 at any point every answered save is there, whole, and the run can be claimed at once', async () => {
  const random = seededRandom(20_260_401);
  const victims = Array.from({ length: 32 }, (_, n) => ({ n, afterLines: 3 + Math.floor(random() * 60) }));
  // Several at a time: they share the directory too.
  await Promise.all([0, 1, 2, 3].map((lane) => killEach(victims.filter(({ n }) => n % 4 === lane))));
});

async function killEach(
  victims: readonly { readonly n: number; readonly afterLines: number }[],
): Promise<void> {
  for (const { n, afterLines } of victims) {
    const names = ['a', 'b', 'c'].map((name) => `${name}${n}`);
    const child = new Child(script('save-stream', directory, ...names));
    await child.line(afterLines);
    const said = await child.kill();
    await withStore(async ({ runs }) => {
      for (const name of names) await expectIntact(runs, name, said);
    });
  }
}

async function expectIntact(runs: SqliteStore['runs'], name: string, said: readonly string[]): Promise<void> {
  const answered = said.filter((line) => line.startsWith(`${name} `)).length;
  const run = await runs.get(refOf(name));
  const version = run?.version ?? 0;
  // One more may have been committed than the child lived to say.
  expect([answered, answered + 1]).toContain(version);
  if (run === undefined) return;
  expect(run.state).toBe(String(version));
  expect(run.secrets).toHaveLength(version - 1);
  expect((await runs.logs(run.id)).records.map(({ key }) => Number(key))).toEqual(
    Array.from({ length: version - 1 }, (_, index) => index + 2),
  );
  expect(await runs.isLive(run.id)).toBe(false);
  expect(await runs.claim(run.id)).toBe(true);
}

test('of two processes that claim at once exactly one wins, whether the last owner closed or was killed', async () => {
  const killed = new Child(script('save-stream', directory, 'k0', 'k1', 'k2', 'k3'));
  await killed.line(4);
  await killed.kill();
  await withStore(async ({ runs }) => {
    for (let n = 0; n < 12; n += 1) await runs.create(newRun(`r${n}`));
  });
  const racers = [new Child(script('claim-race', directory)), new Child(script('claim-race', directory))];
  await Promise.all(racers.map((racer) => racer.line(1)));
  const ids = Array.from({ length: 16 }, (_, n) => (n < 4 ? `id-k${n}` : `id-r${n - 4}`));
  for (const [n, id] of ids.entries()) {
    for (const racer of racers) racer.send(id);
    const answers = await Promise.all(racers.map((racer) => racer.line(n + 2)));
    expect(answers.toSorted()).toEqual(['false', 'true']);
  }
  await Promise.all(racers.map((racer) => racer.end()));
});

test('a claim is respected while its process lives and void once it is killed', async () => {
  const child = new Child(script('save-stream', directory, 'a'));
  await child.line(2);
  await withStore(async ({ runs }) => {
    expect(await runs.isLive('id-a')).toBe(true);
    expect(await runs.claim('id-a')).toBe(false);
    await expect(runs.delete(refOf('a'))).rejects.toMatchObject({ code: 'RunIsLive' });
    await child.kill();
    expect(await runs.isLive('id-a')).toBe(false);
    expect(await runs.claim('id-a')).toBe(true);
  });
});

test('eight processes share a new directory, each with a run of its own', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `run${n}`);
  const children = names.map((name) => new Child(script('whole-run', directory, name, '30')));
  await Promise.all(children.map((child) => child.end()));
  await withStore(async ({ runs }) => {
    const listed = await runs.list();
    expect(listed.map(({ ref }) => ref.name).toSorted()).toEqual(names);
    expect(listed.every(({ version, finished }) => version === 31 && finished)).toBe(true);
    for (const { id } of listed) expect((await runs.logs(id)).records).toHaveLength(29);
  });
  expect(await readdir(join(directory, 'locks'))).toEqual([]);
});

test('lock files of killed processes are cleared away', async () => {
  const killed = new Child(script('save-stream', directory, 'a'));
  await killed.line(1);
  await killed.kill();
  expect(await readdir(join(directory, 'locks'))).toHaveLength(1);
  await withStore(async ({ runs }) => {
    await runs.create(newRun('b'));
    expect(await readdir(join(directory, 'locks'))).toHaveLength(1);
  });
  expect(await readdir(join(directory, 'locks'))).toEqual([]);
});

async function withStore(use: (store: SqliteStore) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

/** Mulberry32: the same kills each time. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
