import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aroundAnswer, killAt, killedAndResumed } from './killed-run.ts';
import { Provider } from './provider.ts';
import { transcript, type FinishedRun } from './sluice-process.ts';

let provider: Provider;
let directory: string;

beforeAll(async () => {
  provider = await Provider.start();
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-handlers-'));
});
afterAll(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Steps whose request may not be repeated. */
const once = new Set(['order', 'tell', 'bill']);

const rowsOf = (...paths: readonly string[]) =>
  paths.flatMap((path) => aroundAnswer.map((moment) => ({ path, ...moment })));

describe('kill -9 around the handlers of a run that failed', () => {
  test.each(rowsOf('/order', '/missing', '/undo', '/tell', '/tidy', '/bill'))(
    '$path, $when',
    { timeout: 60_000 },
    async (moment) => {
      const run = await disturbed('/missing', moment);
      const check = transcript(run).startsWith('order failed/Unknown') ? 'skipped/Skip' : 'failed/Action';
      expectEnd(run, {
        order: 'succeeded',
        check,
        undo: 'succeeded',
        tell: 'succeeded',
        tidy: 'succeeded',
        bill: 'succeeded',
      });
      expect(run.status.status).toBe('failed');
    },
  );
});

describe('kill -9 around the end of a run that succeeded', () => {
  test.each(rowsOf('/check', '/tidy', '/bill'))('$path, $when', { timeout: 60_000 }, async (moment) => {
    const run = await disturbed('/check', moment);
    expectEnd(run, {
      order: 'succeeded',
      check: 'succeeded',
      undo: 'skipped/Skip',
      tell: 'skipped/Skip',
      tidy: 'succeeded',
      bill: 'succeeded',
    });
    // Nobody knows whether what had to be done was done: then the run has not succeeded.
    expect(run.status.status).toBe(transcript(run).endsWith('Unknown') ? 'failed' : 'succeeded');
  });
});

/**
 * Each step ended so, or not known how where its request may not be repeated: one of them at most, as there was one kill. What
 * was done was done under one key and in the order of the lists, and is sent again only where that is safe.
 */
function expectEnd(run: FinishedRun, calm: Readonly<Record<string, string>>): void {
  const ends = run.status.steps.map(({ name, phase, reason }) => [
    name,
    [phase, reason].filter(Boolean).join('/'),
  ]);
  const unknown = ends.filter(([, end]) => end === 'failed/Unknown').map(([name = '']) => name);
  expect(unknown.length).toBeLessThanOrEqual(1);
  expect(unknown.filter((name) => !once.has(name))).toEqual([]);
  const wanted = Object.entries(calm).map(([name, end]) => [
    name,
    unknown.includes(name) ? 'failed/Unknown' : end,
  ]);
  expect(ends).toEqual(wanted);
  const done = wanted.filter(([, end]) => end !== 'skipped/Skip').map(([name = '']) => name);
  const seen = [...new Set(provider.seen.map(({ path }) => stepOf(path)))];
  // What is unknown may have been sent or not.
  expect(seen).toEqual(done.filter((name) => seen.includes(name) || !unknown.includes(name)));
  for (const { path } of provider.seen) {
    const keys = provider.keysOf(path);
    expect(new Set(keys).size, path).toBe(1);
    if (once.has(stepOf(path))) expect(keys.length, path).toBe(1);
  }
}

function stepOf(path: string): string {
  return path === '/missing' ? 'check' : path.slice(1);
}

async function disturbed(check: string, moment: (typeof aroundAnswer)[number] & { readonly path: string }) {
  const text = workflow(provider.url, check);
  const run = await killedAndResumed<FinishedRun>(
    provider,
    { directory, name: 'handled', text },
    killAt(provider, moment),
  );
  return run ?? expect.fail('the run was not stored');
}

function workflow(url: string, check: string): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: handled, namespace: default}
spec:
  workflowSpec:
    steps:
      - {name: order, type: request, properties: {url: "${url}/order", method: POST}}
      - {name: check, type: request, properties: {url: "${url}${check}"}}
    onFailure:
      - {name: undo, type: request, properties: {url: "${url}/undo", method: DELETE}}
      - {name: tell, type: request, properties: {url: "${url}/tell", method: POST}}
    finally:
      - {name: tidy, type: request, properties: {url: "${url}/tidy", method: PUT}}
      - {name: bill, type: request, properties: {url: "${url}/bill", method: POST}}
`;
}
