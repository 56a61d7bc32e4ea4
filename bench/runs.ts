import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '../src/runner/open-session.ts';
import type { Session } from '../src/runner/session.ts';
import { execute, fileOf, openTestSession } from '../test/session/open-test-session.ts';
import { figure, type Figure } from './measure.ts';

const pureRun = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {generateName: pure-, namespace: default}
spec:
  workflowSpec:
    steps:
      - {name: a, type: print-message-in-status, properties: {message: one}}
      - {name: b, type: print-message-in-status, properties: {message: two}}
      - {name: c, type: print-message-in-status, properties: {message: three}}
`;

/** Runs of three pure steps in one process, sixteen at a time, with and without the store. */
export async function benchRuns(): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const memory = await openTestSession();
  const sqlite = await openSession({ stateDir: directory, offline: false, env: {}, now: Date.now });
  try {
    const withoutStore = await runsPerSecond(memory, 300, 7);
    const withStore = await runsPerSecond(sqlite, 150, 7);
    return [
      figure('runs of three pure steps, without the store', 'runs/s', withoutStore, '≥ 1000'),
      figure('runs of three pure steps, with SQLite', 'runs/s', withStore, '≥ 200'),
      figure('resident memory after that', 'MiB', [process.memoryUsage().rss / 2 ** 20]),
    ];
  } finally {
    await memory.close();
    await sqlite.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runsPerSecond(session: Session, count: number, batches: number): Promise<readonly number[]> {
  const file = fileOf('pure.yaml', pureRun);
  const samples: number[] = [];
  for (let batch = 0; batch <= batches; batch += 1) {
    const begun = performance.now();
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const { view } = await execute(session, [file]);
        if (view.phase !== 'succeeded') throw new Error(`a run ended ${view.phase}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    if (batch > 0) samples.push((count * 1000) / (performance.now() - begun));
  }
  return samples;
}
