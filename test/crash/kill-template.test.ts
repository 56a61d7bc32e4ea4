import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aroundAnswer, killAt, killedAndResumed } from './killed-run.ts';
import { Provider } from './provider.ts';

interface FinishedRun {
  readonly status: {
    readonly phase: string;
    readonly steps: readonly {
      readonly phase: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

// Ops that follow from what others came to, pauses between them, logs that nobody evaluates, and a result with a default.
const template = `
import ("vela/op", "vela/http", "vela/builtin")

first: http.#HTTPPost & {$params: {url: parameter.url + "/first", request: body: "1"}}
said: op.#Log & {data: "first: \\(first.$returns.statusCode)"}
pause: builtin.#Suspend & {$params: duration: "300ms"}
more: {
	for n in ["a", "b"] if first.$returns.statusCode == 200 {
		(n): http.#HTTPPost & {$params: {url: parameter.url + "/" + n, request: body: *first.$returns.body | "none"}}
	}
}
again: builtin.#Suspend & {$params: duration: "300ms"}
if more.b.$returns.statusCode == 200 {
	last: http.#HTTPPost & {$params: {url: parameter.url + "/last", request: body: more.a.$returns.body}}
	told: builtin.#Message & {$params: message: "\\(last.$returns.statusCode)"}
}
parameter: url: string
`;

let provider: Provider;
let directory: string;

beforeAll(async () => {
  provider = await Provider.start();
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-template-'));
});
afterAll(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

const paths = ['/first', '/a', '/b', '/last'];

describe('kill -9 in the middle of a template in CUE', () => {
  const rows = [
    ...aroundAnswer.map((moment) => ({ path: '/first', ...moment })),
    { path: '/first', when: 'in the pause after the answer', answers: true, delayMs: 150 },
    ...aroundAnswer.map((moment) => ({ path: '/b', ...moment })),
    { path: '/last', when: 'with the answer', answers: true, delayMs: 0 },
  ];

  test.each(rows)('$path, $when', { timeout: 60_000 }, async ({ path, answers, delayMs }) => {
    const run = await killedAndResumed<FinishedRun>(
      provider,
      { directory, name: 'demo', text: documents() },
      killAt(provider, { path, answers, delayMs }),
    );
    const [step] = run?.status.steps ?? [];
    for (const each of paths) expect(provider.keysOf(each).length, each).toBeLessThanOrEqual(1);
    if (step?.phase === 'succeeded') {
      expect(step.message).toBe('200');
      expect(provider.seen).toHaveLength(paths.length);
    } else {
      // It may or may not have happened, and is not sent a second time.
      expect([step?.phase, step?.reason]).toEqual(['failed', 'Unknown']);
    }
    expect(provider.seen.map((seen) => seen.path)).toEqual(paths.slice(0, provider.seen.length));
  });
});

function documents(): string {
  return `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata: {name: orders, annotations: {definition.oam.dev/description: Orders things.}}
spec:
  schematic:
    cue:
      template: |${template.replaceAll('\n', '\n        ')}
---
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: demo, namespace: default}
spec:
  workflowSpec:
    steps:
      - {name: orders, type: orders, properties: {url: '${provider.url}'}}
`;
}
