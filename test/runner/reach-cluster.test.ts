import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-reach-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A cluster at a port where nobody listens: the one that is kept for TCP's own multiplexer. */
const kubeconfig = join(directory, 'kubeconfig');
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    clusters: [{ name: 'main', cluster: { server: 'https://127.0.0.1:1' } }],
    contexts: [{ name: 'main', context: { cluster: 'main', user: 'me' } }],
    users: [{ name: 'me', user: { token: 'secret-token' } }],
  }),
);

function run(...steps: readonly string[]): readonly [ReturnType<typeof fileOf>] {
  const text = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: reach}
spec:
  workflowSpec:
    steps:
${steps.map((step) => `      - ${step}\n`).join('')}`;
  return [fileOf('run.yaml', text)];
}

test('a cluster out of reach is told before anything runs', async () => {
  const session = await openTestSession({ kubeconfig });
  const files = run('{name: web, type: apply-deployment, properties: {image: nginx}}');
  await expect(execute(session, files)).rejects.toMatchObject({
    kind: 'environment',
    message: expect.stringContaining('127.0.0.1:1') as string,
  });
  expect(await session.list()).toEqual([]);
  await session.close();
});

test('a run that uses no cluster asks none', async () => {
  const session = await openTestSession({ kubeconfig });
  const files = run('{name: say, type: print-message-in-status, properties: {message: hello}}');
  expect((await execute(session, files)).view.phase).toBe('succeeded');
  await session.close();
});
