// DIRECTORY: for each run id read from standard input, claims it and says whether it won.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { say } from './say.ts';

const store = await openSqliteStore({ directory: process.argv[2] ?? '', now: Date.now, newId: randomUUID });
say('ready');
for await (const id of createInterface({ input: process.stdin })) say(String(await store.runs.claim(id)));
await store.close();
