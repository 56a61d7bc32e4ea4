import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { assembleSession } from '../../src/runner/assemble-session.ts';
import { openMemoryStore } from '../../src/store/memory/open.ts';
import { execute, fileOf } from '../session/open-test-session.ts';

/** What docs/guarantees.md says a run costs. An evaluation that takes long may add a save, so a few are granted. */
const granted = 2;

test.each([
  ['POST requests', 8, 8 + 1],
  ['pure steps', 8, 1],
] as const)('%s: %i in a row cost %i saves', async (what, count, promised) => {
  const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const step = (index: number): string =>
    what === 'POST requests'
      ? `{name: s${index}, type: request, properties: {url: "${url}/${index}", method: POST, body: {}}}`
      : `{name: s${index}, type: print-message-in-status, properties: {message: hello}}`;
  const steps = Array.from({ length: count }, (_, index) => `      - ${step(index)}\n`).join('');
  const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: saves}
spec:
  workflowSpec:
    steps:
${steps}`;
  const store = openMemoryStore();
  let saves = 0;
  const counted = {
    ...store,
    runs: new Proxy(store.runs, {
      get(target, name) {
        if (name === 'save') saves += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }),
  };
  const session = await assembleSession({ offline: false, env: {}, now: Date.now }, counted, 'no state');
  try {
    const { view } = await execute(session, [fileOf('run.yaml', run)]);
    expect(view.phase).toBe('succeeded');
    expect(saves).toBeGreaterThanOrEqual(promised);
    expect(saves).toBeLessThanOrEqual(promised + granted);
  } finally {
    await session.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
});
