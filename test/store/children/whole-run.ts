// DIRECTORY RUN SAVES: creates a run, saves it, finishes it and closes the store.
import { randomUUID } from 'node:crypto';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { change, finished, log, newRun } from '../../contract/run-fixtures.ts';

const [directory = '', name = '', saves = ''] = process.argv.slice(2);
const store = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
let { id, version } = await store.runs.create(newRun(name));
for (let n = 1; n < Number(saves); n += 1) {
  version = await store.runs.save(id, version, change({ logs: [log('s', String(n))] }));
}
await store.runs.save(id, version, change(finished));
await store.close();
