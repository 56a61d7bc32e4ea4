import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aroundAnswer, killAt, killedAndResumed } from './killed-run.ts';
import { Provider } from './provider.ts';

interface ListedRun {
  readonly status: {
    readonly steps: readonly {
      readonly phase: string;
      readonly subSteps: readonly {
        readonly name: string;
        readonly phase: string;
        readonly reason?: string;
      }[];
    }[];
  };
}

const paths = ['/a', '/b', '/c', '/d'];
let provider: Provider;
let directory: string;

beforeAll(async () => {
  provider = await Provider.start();
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-list-'));
});
afterAll(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('kill -9 in the middle of a list', () => {
  const rows = ['POST', 'PUT'].flatMap((method) =>
    ['/b', '/d'].flatMap((path) => aroundAnswer.map((moment) => ({ method, path, ...moment }))),
  );

  test.each(rows)('$method $path, $when', { timeout: 60_000 }, async ({ method, path, answers, delayMs }) => {
    const run = await killedAndResumed<ListedRun>(
      provider,
      { directory, name: 'list', text: workflow(method) },
      killAt(provider, { path, answers, delayMs }),
    );
    const [list, after] = run?.status.steps ?? [];
    expect(list?.subSteps.map(({ name }) => name)).toEqual(['list[0]', 'list[1]', 'list[2]', 'list[3]']);
    for (const [at, { phase, reason }] of (list?.subSteps ?? []).entries()) {
      const keys = provider.keysOf(paths[at] ?? '');
      expect(new Set(keys).size, paths[at]).toBeLessThanOrEqual(1);
      if (phase === 'succeeded') expect(keys.length, paths[at]).toBeGreaterThanOrEqual(1);
      // It may or may not have happened, and is not sent a second time.
      else expect([method, phase, reason]).toEqual(['POST', 'failed', 'Unknown']);
      if (method === 'POST') expect(keys.length, paths[at]).toBeLessThanOrEqual(1);
    }
    expect(after?.phase).toBe('succeeded');
  });
});

function workflow(method: string): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: list, namespace: default}
spec:
  context: {urls: [${paths.map((path) => `"${provider.url}${path}"`).join(', ')}]}
  workflowSpec:
    steps:
      - name: list
        type: request
        forEach: {from: context.urls, maxParallel: 2, failFast: false}
        inputs: [{from: item, parameterKey: url}]
        properties: {method: ${method}, url: ""}
      - {name: tell, type: print-message-in-status, if: always, properties: {message: done}}
`;
}
