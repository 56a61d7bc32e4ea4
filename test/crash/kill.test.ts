import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aroundAnswer, killAt, killedAndResumed, resumed } from './killed-run.ts';
import { Provider } from './provider.ts';
import { sluice, transcript, type FinishedRun } from './sluice-process.ts';

const calm =
  'get succeeded, post succeeded, ask succeeded, deploy succeeded, pause succeeded, group succeeded, tell succeeded';
const unknownPost =
  'get succeeded, post failed/Unknown, ask skipped/Skip, deploy skipped/Skip, pause skipped/Skip, group skipped/Skip, tell skipped/Skip';

let provider: Provider;
let directory: string;
let file: string;

beforeAll(async () => {
  provider = await Provider.start();
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
  file = join(directory, 'run.yaml');
  writeFileSync(file, workflow(provider.url));
});

afterAll(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('kill -9 around every request', () => {
  const paths = ['/get', '/post', '/v1/chat/completions', '/a', '/b'] as const;
  const moments = [...aroundAnswer, { when: '3 ms after the answer', answers: true, delayMs: 3 }];
  const rows = paths.flatMap((path) => moments.map((moment) => ({ path, ...moment })));

  test.each(rows)('$path, $when', { timeout: 60_000 }, async ({ path, answers, delayMs }) => {
    const run = await disturbed(killAt(provider, { path, answers, delayMs }));
    // Some time after the answer to /get the POST is on its way.
    const isAroundPost = path === '/post' || (path === '/get' && delayMs > 0);
    expectOneOf(run, isAroundPost ? [calm, unknownPost] : [calm]);
  });
});

describe('kill -9 at any time', () => {
  const offsets = Array.from({ length: 24 }, (_, i) => 100 + i * 45);

  test.each(offsets)('%i ms after the start', { timeout: 60_000 }, async (offset) => {
    const run = await disturbed((kill) => setTimeout(kill, offset));
    if (run !== undefined) expectOneOf(run, [calm, unknownPost]);
  });
});

test('killed again and again, it still ends as if nothing had happened', { timeout: 120_000 }, async () => {
  const state = mkdtempSync(join(directory, 'state-'));
  provider.reset();
  let attempt = sluice(['run', file, '--state-dir', state]);
  // The first kill comes when there is something to go on from.
  provider.onRequest = () => attempt.process.kill('SIGKILL');
  await attempt.ended;
  provider.onRequest = (_seen, answer) => answer();
  for (let i = 0; i < 10; i += 1) {
    attempt = sluice(['workflow', 'resume', 'crash', '--state-dir', state]);
    const killer = setTimeout(() => attempt.process.kill('SIGKILL'), 500 + i * 60);
    const { signal } = await attempt.ended;
    clearTimeout(killer);
    if (signal === null) break;
  }
  expectOneOf(await resumed(state, 'crash'), [calm, unknownPost]);
});

/** Kills the workflow as `arrange` has it, and gives what it came to. Undefined: killed before it was stored. */
function disturbed(arrange: (kill: () => void) => void): Promise<FinishedRun | undefined> {
  return killedAndResumed(provider, { directory, name: 'crash', text: workflow(provider.url) }, arrange);
}

function expectOneOf(run: FinishedRun | undefined, ends: readonly string[]): void {
  if (run === undefined) throw new Error('the run was not stored');
  expect(ends).toContain(transcript(run));
  // The oracle is what the server saw: a POST that may not be repeated arrives at most once.
  expect(provider.keysOf('/post').length).toBeLessThanOrEqual(1);
  // What may be repeated is repeated under the same key.
  for (const path of ['/get', '/v1/chat/completions', '/a', '/b']) {
    expect(new Set(provider.keysOf(path)).size).toBeLessThanOrEqual(1);
  }
}

function workflow(url: string): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: crash, namespace: default}
spec:
  workflowSpec:
    steps:
      - {name: get, type: request, properties: {url: "${url}/get"}}
      - {name: post, type: request, properties: {url: "${url}/post", method: POST, body: {a: 1}}}
      - name: ask
        type: chat-gpt
        properties:
          baseUrl: ${url}/v1
          token: {value: sk-not-a-real-key}
          prompt: {type: custom, content: "How are you?"}
      - {name: deploy, type: apply-deployment, properties: {image: "nginx:1.27"}}
      - {name: pause, type: suspend, properties: {duration: 150ms}}
      - name: group
        type: step-group
        subSteps:
          - {name: a, type: request, properties: {url: "${url}/a", method: PUT}}
          - {name: b, type: request, properties: {url: "${url}/b"}}
      - {name: tell, type: print-message-in-status, properties: {message: done}}
`;
}
