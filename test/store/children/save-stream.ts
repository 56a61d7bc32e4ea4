// DIRECTORY RUN...: creates the runs and saves each in a stream without end; says `RUN VERSION` after each answer.
import { randomUUID } from 'node:crypto';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { change, log, newRun } from '../../contract/run-fixtures.ts';
import { say } from './say.ts';

const [directory = '', ...names] = process.argv.slice(2);
const { runs } = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });

await Promise.all(
  names.map(async (name) => {
    const created = await runs.create(newRun(name, { state: '1' }));
    say(`${name} ${created.version}`);
    for (let version = created.version; ;) {
      const next = version + 1;
      const logs = [log('s', String(next))];
      version = await runs.save(
        created.id,
        version,
        change({ state: String(next), logs, secrets: [`secret ${next}`] }),
      );
      say(`${name} ${version}`);
    }
  }),
);
