import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { openMemoryCacheStore } from '../../src/llm/cache/memory-cache-store.ts';
import { openMemoryStore } from '../../src/store/memory/open.ts';
import { createSharedMemory } from '../../src/store/memory/shared-memory.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { nowMs } from '../gate/fixtures.ts';
import { temporaryDirectories } from '../store/temporary-directory.ts';
import { answerCases, type OpenAnswers } from './answer-contract.ts';
import { spendCases } from './spend-contract.ts';
import { retentionCases, stored, verdictCases } from './verdict-contract.ts';

const temporaryDirectory = temporaryDirectories();
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** Each use is a minute after the one before, so that the order of use is plain. */
function ticking(): () => number {
  let uses = 0;
  return () => nowMs + 60_000 * uses++;
}

async function sqlite(
  directory: string,
  now: () => number = () => nowMs,
  answerLimitBytes = 1_000_000,
): Promise<SqliteStore> {
  const store = await openSqliteStore({ directory, now, newId: randomUUID, answerLimitBytes });
  opened.push(store);
  return store;
}

describe('memory', () => {
  test.each(Object.entries(spendCases))('spending: %s', async (_name, run) => {
    const memory = createSharedMemory();
    await run(async () => openMemoryStore({ memory }).spending);
  });
  test.each(Object.entries({ ...verdictCases, ...retentionCases }))('verdicts: %s', async (_name, run) => {
    const memory = createSharedMemory();
    await run(async () => openMemoryStore({ memory }).verdicts);
  });
  test.each(Object.entries(answerCases))('answers: %s', async (_name, run) => {
    let store: ReturnType<typeof openMemoryCacheStore> | undefined;
    await run(async (limitBytes) => (store ??= openMemoryCacheStore(100, limitBytes)));
  });
  test('the key lives as long as the memory', async () => {
    const memory = createSharedMemory();
    const key = await openMemoryStore({ memory }).installationKey();
    expect(await openMemoryStore({ memory }).installationKey()).toBe(key);
    expect(await openMemoryStore().installationKey()).not.toBe(key);
  });
});

describe('sqlite', () => {
  test.each(Object.entries(spendCases))('spending: %s', async (_name, run) => {
    const directory = temporaryDirectory();
    await run(async () => (await sqlite(directory)).spending);
  });
  test.each(Object.entries({ ...verdictCases, ...retentionCases }))('verdicts: %s', async (_name, run) => {
    const directory = temporaryDirectory();
    await run(async () => (await sqlite(directory)).verdicts);
  });
  test.each(Object.entries(answerCases))('answers: %s', async (_name, run) => {
    const directory = temporaryDirectory();
    const now = ticking();
    const open: OpenAnswers = async (limitBytes) => (await sqlite(directory, now, limitBytes)).answers;
    await run(open);
  });

  test('the key of the installation is made once, however many ask', async () => {
    const directory = temporaryDirectory();
    const stores = await Promise.all([sqlite(directory), sqlite(directory), sqlite(directory)]);
    const keys = await Promise.all(stores.map((store) => store.installationKey()));
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set([...keys, await (await sqlite(directory)).installationKey()]).size).toBe(1);
    expect(await (await sqlite(temporaryDirectory())).installationKey()).not.toBe(keys[0]);
  });

  test('the first write of a process drops what is too old', async () => {
    const directory = temporaryDirectory();
    const dayMs = 24 * 3_600_000;
    const before = await sqlite(directory);
    await before.verdicts.put(stored('passed'));
    await before.verdicts.put(stored('failed', {}, 11));
    await before.answers.put('k', { value: 'x', storedAtMs: nowMs, expiresAtMs: nowMs + dayMs });
    await before.spending.reserve('r', { calls: 1, tokens: 5, microDollars: 0 }, [
      { key: 'run/u', limits: {} },
    ]);
    const idsAfter = async (days: number): Promise<readonly string[]> => {
      const store = await sqlite(directory, () => nowMs + days * dayMs);
      await store.verdicts.put(stored(`new${days}`, { storedAtMs: nowMs + days * dayMs }));
      await store.answers.put('new', { value: 'x', storedAtMs: 0, expiresAtMs: 9e15 });
      await store.spending.reserve(`new${days}`, { calls: 1, tokens: 1, microDollars: 0 }, []);
      return (await store.verdicts.list({ namespace: 'team', limit: 9 })).map(({ id }) => id);
    };
    expect(await idsAfter(89)).toEqual(['new89', 'failed', 'passed']);
    expect(await idsAfter(91)).toEqual(['new91', 'new89', 'failed']);
    expect(await before.answers.get('k')).toBeUndefined();
    expect((await before.spending.spent('run/u')).tokens).toBe(5);
    expect(await idsAfter(366)).toEqual(['new366']);
    await idsAfter(401);
    expect((await before.spending.spent('run/u')).tokens).toBe(0);
  });
});
