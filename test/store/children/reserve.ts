// DIRECTORY LIMIT: for each id read from standard input, reserves 10 tokens of one account under it and says what came of it.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { say } from './say.ts';

const [, , directory = '', limit] = process.argv;
const store = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
say('ready');
const account = { key: 'day/2026-11-21', limits: { tokens: Number(limit) } };
for await (const id of createInterface({ input: process.stdin })) {
  const { kind } = await store.spending.reserve(id, { calls: 1, tokens: 10, microDollars: 3 }, [account]);
  say(`${id} ${kind}`);
}
await store.close();
