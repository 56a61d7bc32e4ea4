import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chunk, says, serveModel, usageChunk, type ModelServer } from '../llm/model-server.ts';
import { realCli, type RealCli } from './real-cli.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-stream-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it, namespace: default}
spec:
  workflowSpec:
    steps:
    - name: why
      type: ai-diagnose
      properties:
        target:
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: web, namespace: default}
          data: {address: 10.20.30.40}
`;

async function diagnose(server: ModelServer, options: Partial<RealCli>, ...flags: readonly string[]) {
  const env = { OPENAI_BASE_URL: server.endpoint.baseUrl, OPENAI_MODEL: 'judge', ...options.env };
  return await realCli(['run', '-', ...flags], { stateDir, stdin: run, ...options, env });
}

test('an answer is shown as it comes to whoever watches, with what was masked put back', async () => {
  const seen = Promise.withResolvers<void>();
  const server = await serveModel((response, { body }) => {
    const address = /<ip:[0-9a-f]{6}>/.exec(JSON.stringify(body['messages']))?.[0] ?? 'no address';
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk(`Nobody listens at ${address.slice(0, 5)}`));
    response.write(chunk(`${address.slice(5)}, `));
    void seen.promise.then(() =>
      response.end(`${chunk('and that is all.', 'stop')}${usageChunk}data: [DONE]\n\n`),
    );
  });
  const onStderr = (text: string): void => {
    if (text.includes('Nobody listens at 10.20.30.40,')) seen.resolve();
  };
  const { code, stdout } = await diagnose(server, { columns: 100, onStderr });
  expect(code).toBe(0);
  expect(stdout).toContain('Nobody listens at 10.20.30.40, and that is all.');
  expect(server.asked[0]?.body).toMatchObject({ stream: true });
  await server.close();
});

test.each([
  ['where nobody looks', {}, []],
  ['in CI', { columns: 100, env: { CI: 'true' } }, []],
  ['for programs', { columns: 100 }, ['-o', 'json']],
])('nothing is streamed %s', async (_what, options, flags) => {
  const server = await serveModel(says('Nobody listens.'));
  const { code, stderr } = await diagnose(server, options, ...flags);
  expect(code).toBe(0);
  expect(server.asked[0]?.body).not.toHaveProperty('stream');
  expect(stderr).not.toContain('Nobody listens.');
  await server.close();
});
