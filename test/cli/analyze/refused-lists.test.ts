import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { refusingServer } from '../refusing-server.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
let server: Awaited<ReturnType<typeof refusingServer>>;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-refused-'));
  server = await refusingServer(stateDir, {
    '/api/v1/pods': [parse(waitingPod('one')) as unknown],
    '/api/v1/services': [],
  });
});
afterAll(() => server.close());

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['analyze', ...server.words, ...words], { stateDir });
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
