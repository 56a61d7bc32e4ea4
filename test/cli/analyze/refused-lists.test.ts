import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
let server: Server;

/** An API server that lists one Pod and Services, and nothing else. */
beforeAll(async () => {
  const lists: Readonly<Record<string, readonly unknown[]>> = {
    '/api/v1/pods': [parse(waitingPod('one')) as unknown],
    '/api/v1/services': [],
  };
  server = createServer((request, response) => {
    const items = lists[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(items === undefined ? 403 : 200, { 'content-type': 'application/json' });
    const refusal = {
      kind: 'Status',
      apiVersion: 'v1',
      reason: 'Forbidden',
      message: 'not for you',
      code: 403,
    };
    response.end(JSON.stringify(items === undefined ? refusal : { kind: 'List', metadata: {}, items }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-refused-'));
  const { port } = server.address() as AddressInfo;
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    'current-context': 'c',
  };
  await writeFile(join(stateDir, 'kubeconfig'), JSON.stringify(config));
});
afterAll(() => void server.close());

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['analyze', '--kubeconfig', join(stateDir, 'kubeconfig'), '--context', 'c', ...words], {
    stateDir,
  });
}

test('what may not be listed is named, and the findings are printed', async () => {
  const { code, stdout } = await analyze();
  expect(code).toBe(0);
  expect(stdout).toContain('Pod one  ErrImagePull');
  expect(stdout).toContain('not checked  Deployment: not checked: cannot list deployments.apps (Forbidden)');
});

test.each([
  ['a problem that is there', ['--fail-on', 'high'], 1],
  ['nothing so bad, and lists that were refused', ['--fail-on', 'critical'], 2],
  ['a refused list alone', ['--fail-on', 'critical', '--filter', 'Deployment'], 2],
])('the exit code with --fail-on and %s', async (_, words, code) => {
  expect((await analyze(...words)).code).toBe(code);
});
