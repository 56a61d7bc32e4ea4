import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { SqliteStore } from '../src/store/sqlite/open.ts';
import { change, finished, log, newRun } from '../test/contract/run-fixtures.ts';
import { figure, time, type Figure } from './measure.ts';

const samples = 7;
const runsPerSample = 150;
/** About what the state of a run of a few steps takes. */
const state = JSON.stringify('x'.repeat(2000));

/** Runs of three writes each (create, save, save) in one process, and opening a store that exists. */
export async function benchStore(): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const open = (): Promise<SqliteStore> => openSqliteStore({ directory, now: Date.now, newId: randomUUID });
  try {
    const store = await open();
    const oneByOne = await runsPerSecond(store, 1);
    const atOnce = await runsPerSecond(store, 64);
    await store.close();
    return [
      figure('store, runs one by one', 'runs/s', oneByOne, '≥ 200'),
      figure('store, 64 runs at once', 'runs/s', atOnce, '≥ 200'),
      await time(
        'store, open and close',
        'ms',
        { batches: 15, callsPerBatch: 5 },
        async () => (await open()).close(),
        '≤ 5',
      ),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function runsPerSecond(store: SqliteStore, parallel: number): Promise<readonly number[]> {
  const figures: number[] = [];
  for (let sample = 0; sample <= samples; sample += 1) {
    const names = Array.from({ length: runsPerSample }, (_, n) => `p${parallel}-s${sample}-n${n}`);
    const begun = performance.now();
    await Promise.all(Array.from({ length: parallel }, () => writeRuns(store, names)));
    // The first one warms up.
    if (sample > 0) figures.push((runsPerSample * 1000) / (performance.now() - begun));
  }
  return figures;
}

/** Takes names from the shared list until it is empty. */
async function writeRuns({ runs }: SqliteStore, names: string[]): Promise<void> {
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const { id, version } = await runs.create(newRun(name, { state }));
    const saved = await runs.save(id, version, change({ state, logs: [log('deploy', '1')] }));
    await runs.save(id, saved, change({ state, ...finished }));
  }
}
