import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { Bench } from './bench.ts';
import { hostileRun } from './hostile-run.ts';
import { choose, randomOf, report, seed } from './options.ts';
import { isFinished, phaseOf, statusOf } from './run-status.ts';

/** `SLUICE_CRASH_INPUTS=100000` takes hours. */
const inputs = Number(process.env['SLUICE_CRASH_INPUTS'] ?? choose(300, 10_000));
const batch = 50;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

describe(`hostile runs (seed ${seed})`, () => {
  test(`${inputs} inputs`, { timeout: 24 * 3_600_000 }, async () => {
    await bench.ensureController();
    const counts = new Map<string, number>();
    const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
    const begunMs = performance.now();
    for (let first = 0; first < inputs; first += batch) {
      const accepted: string[] = [];
      const size = Math.min(batch, inputs - first);
      await Promise.all(
        Array.from({ length: size }, async (_, i) => {
          const name = `hostile-${first + i}`;
          const run = hostileRun(name, randomOf(name), bench.provider.url);
          const { status, body } = await bench.api.send('POST', runs(), run);
          if (status < 300) accepted.push(name);
          count(status < 300 ? 'accepted' : `refused ${status}`);
          // The API server itself says no, and does not fall over.
          expect(status, JSON.stringify(body)).toBeLessThan(500);
        }),
      );
      for (const name of accepted) {
        const run = await bench.until(`${name} to be told of`, () => settled(bench.runs.get(name)));
        count(phaseOf(run));
        expect(bench.controller?.ended).toBeUndefined();
        await bench.remove(name);
      }
    }
    const perInput = (performance.now() - begunMs) / inputs;
    const notes = [...counts].map(([what, n]) => `${n} ${what}`).join(', ');
    report({
      row: 8,
      name: `${inputs} inputs`,
      cases: inputs,
      notes: `${notes}; ${perInput.toFixed(0)} ms each`,
    });
    expect(bench.controller?.output).not.toMatch(/\bat .+\.js:\d+:\d+/);
    expect(counts.get('accepted')).toBeGreaterThan(inputs / 10);
    expect(counts.get('succeeded')).toBeGreaterThan(0);
  });
});

function runs(): string {
  return `/apis/core.oam.dev/v1alpha1/namespaces/${bench.namespace}/workflowruns`;
}

/** It has ended, or says that it waits for a person. */
function settled(run: KubeObject | undefined): KubeObject | undefined {
  if (run === undefined) return undefined;
  return isFinished(run) || statusOf(run).status === 'suspending' ? run : undefined;
}
