// DIRECTORY [unprivileged]: opens the store and saves more and more until it cannot; says what it answered and the error.
// `unprivileged` gives up root's right to write everywhere, once all modules are read.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSluiceError } from '../../../src/api/errors.ts';
import type { RunStore } from '../../../src/store/port.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { change, newRun, refOf } from '../../contract/run-fixtures.ts';
import { say } from './say.ts';

const [directory = '', mode] = process.argv.slice(2);
if (mode === 'unprivileged' && process.geteuid?.() === 0) process.seteuid?.(65_534);
try {
  const { runs } = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
  await runs.create(newRun('a'));
  const { version, error } = await fill(runs);
  report(error);
  const stored = await runs.get(refOf('a'));
  say(JSON.stringify({ answered: version, stored: stored?.version, length: stored?.state.length }));
  rmSync(join(directory, 'ballast'), { force: true });
  say(String(await runs.save('id-a', version, change()).catch((thrown: unknown) => String(thrown))));
} catch (thrown) {
  report(thrown);
}

/** Saves longer and longer states until one is refused. */
async function fill(runs: RunStore): Promise<{ readonly version: number; readonly error: unknown }> {
  let version = 1;
  try {
    while (version < 1000) {
      const state = JSON.stringify('x'.repeat(2000 * version));
      version = await runs.save('id-a', version, change({ state }));
    }
    return { version, error: undefined };
  } catch (error) {
    return { version, error };
  }
}

function report(thrown: unknown): void {
  if (!isSluiceError(thrown)) throw thrown;
  const { kind, code, message, hint } = thrown;
  say(JSON.stringify({ kind, code, message, hint }));
}
