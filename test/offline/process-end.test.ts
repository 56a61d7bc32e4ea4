import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = `
  import { startOfflineEngine } from './src/offline/server.ts';
  const engine = await startOfflineEngine({ clusters: async () => [], now: Date.now, newId: () => crypto.randomUUID() });
  const reply = await fetch(engine.url + '/models');
  process.stdout.write(String(reply.status));
`;

test('an engine that nobody closed does not keep the process alive', async () => {
  const args = ['--input-type=module-typescript', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  expect(stdout).toBe('200');
});
