import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aroundAnswer, killAt, killedAndResumed } from './killed-run.ts';
import { Provider } from './provider.ts';

interface CallingRun {
  readonly status: {
    readonly steps: readonly {
      readonly phase: string;
      readonly subSteps?: readonly {
        readonly name: string;
        readonly phase: string;
        readonly reason?: string;
      }[];
    }[];
  };
}

let provider: Provider;
let directory: string;

beforeAll(async () => {
  provider = await Provider.start();
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-call-'));
});
afterAll(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('kill -9 in the middle of a Workflow that a step calls', () => {
  const rows = ['POST', 'PUT'].flatMap((method) =>
    ['/one/first', '/two/last'].flatMap((path) =>
      aroundAnswer.map((moment) => ({ method, path, ...moment })),
    ),
  );

  test.each(rows)('$method $path, $when', { timeout: 60_000 }, async ({ method, path, answers, delayMs }) => {
    const run = await killedAndResumed<CallingRun>(
      provider,
      { directory, name: 'demo', text: documents(method) },
      killAt(provider, { path, answers, delayMs }),
    );
    const calls = run?.status.steps ?? [];
    expect(calls.map(({ subSteps = [] }) => subSteps.map(({ name }) => name))).toEqual([
      ['one/first', 'one/last'],
      ['two/first', 'two/last'],
    ]);
    let isBroken = false;
    for (const { name, phase, reason } of calls.flatMap(({ subSteps = [] }) => subSteps)) {
      const keys = provider.keysOf(`/${name}`);
      expect(new Set(keys).size, name).toBeLessThanOrEqual(1);
      if (method === 'POST') expect(keys.length, name).toBeLessThanOrEqual(1);
      if (phase === 'succeeded') expect(keys.length, name).toBeGreaterThanOrEqual(1);
      else if (isBroken) expect([name, phase, keys]).toEqual([name, 'skipped', []]);
      // It may or may not have happened, and is not sent a second time; nothing of its run goes on from it.
      else expect([method, phase, reason]).toEqual(['POST', 'failed', 'Unknown']);
      isBroken ||= phase !== 'succeeded';
    }
  });
});

function documents(method: string): string {
  const step = (name: string): string => `  - name: ${name}
    type: request
    inputs: [{from: context.parameters.${name}, parameterKey: url}]
    properties: {method: ${method}, url: ""}
`;
  const call = (name: string): string => `      - name: ${name}
        type: call-workflow
        properties:
          workflow: release
          parameters: {first: '${provider.url}/${name}/first', last: '${provider.url}/${name}/last'}
`;
  return `apiVersion: core.oam.dev/v1alpha1
kind: Workflow
metadata: {name: release, namespace: default}
parameters:
  type: object
  required: [first, last]
  properties: {first: {type: string, description: The first address.}, last: {type: string, description: The last.}}
mode: {steps: StepByStep}
steps:
${step('first')}${step('last')}---
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: demo, namespace: default}
spec:
  workflowSpec:
    steps:
${call('one')}${call('two')}`;
}
