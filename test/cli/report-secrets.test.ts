import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { realCli } from './real-cli.ts';

const secret = 'canary-5e1f0b7c2d';

/** A server that says the key back to whoever shows it. */
async function startEcho(): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = 401;
    response.end(JSON.stringify({ error: { message: `bad key: ${request.headers.authorization ?? ''}` } }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

test('no secret gets into a report, an annotation or a job summary', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-report-secrets-'));
  const run = `apiVersion: v1
kind: Secret
metadata: { name: model }
stringData: { token: ${secret} }
---
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: { name: demo }
spec:
  workflowSpec:
    steps:
      - name: ask
        type: chat-gpt
        properties:
          baseUrl: ${await startEcho()}
          token: { secretRef: { name: model, key: token } }
          prompt: { type: audit, content: { kind: ConfigMap, apiVersion: v1, metadata: { name: a } } }
`;
  await writeFile(join(stateDir, 'run.yaml'), run);
  await writeFile(join(stateDir, 'job.md'), '');
  const words = [
    'run',
    'run.yaml',
    '--junit',
    'a.xml',
    '--sarif',
    'a.sarif',
    '--summary',
    'a.md',
    '-o',
    'json',
  ];
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(stateDir, 'job.md') };
  const { code, stdout, stderr } = await realCli(words, { stateDir, env });
  expect(code).toBe(1);
  const reports = await Promise.all(
    ['a.xml', 'a.sarif', 'a.md', 'job.md'].map((name) => readFile(join(stateDir, name), 'utf8')),
  );
  // Each of them tells of the failure, or the test would show nothing.
  for (const text of [...reports, stderr, stdout]) {
    expect(text).toContain('bad key');
    expect(text).not.toContain(secret);
  }
});
