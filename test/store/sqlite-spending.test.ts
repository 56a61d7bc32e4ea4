import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Spend } from '../../src/llm/budget/spend-store.ts';
import { Child, script } from './child.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const temporaryDirectory = temporaryDirectories();

test('processes that share a directory do not pass a limit together', async () => {
  const directory = temporaryDirectory();
  const children = [1, 2, 3].map(() => new Child(script('reserve', directory, '250')));
  await Promise.all(children.map((child) => child.line(1)));
  for (const [index, child] of children.entries())
    for (let n = 0; n < 20; n += 1) child.send(`${index}-${n}`);
  const said = (await Promise.all(children.map((child) => child.end()))).flat();
  expect(said.filter((line) => line.endsWith(' reserved'))).toHaveLength(25);
  expect(said.filter((line) => line.endsWith(' over'))).toHaveLength(35);
  expect(await spent(directory)).toEqual({ calls: 25, tokens: 250, microDollars: 75 });
});

test('what a killed process had reserved stays counted', async () => {
  const directory = temporaryDirectory();
  const child = new Child(script('reserve', directory, '25'));
  child.send('a');
  await child.line(2);
  await child.kill();
  expect(await spent(directory)).toEqual({ calls: 1, tokens: 10, microDollars: 3 });
  const next = new Child(script('reserve', directory, '25'));
  for (const id of ['b', 'c']) next.send(id);
  expect(await next.end()).toEqual(['ready', 'b reserved', 'c over']);
});

async function spent(directory: string): Promise<Spend> {
  const store = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
  try {
    return await store.spending.spent('day/2026-11-21');
  } finally {
    await store.close();
  }
}
