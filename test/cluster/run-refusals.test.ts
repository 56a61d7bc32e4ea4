import { afterAll, describe, expect, test } from 'vitest';
import { transcript } from '../crash/sluice-process.ts';
import { KubeApi } from './kube-api.ts';
import { closedPort } from './relay.ts';
import { deployRun, examples, Workbench } from './run-sluice.ts';
import { kubeconfigWithServerAt } from './temporary-kubeconfig.ts';

const bench = new Workbench();
const api = new KubeApi('main');

afterAll(async () => {
  await api.close();
  bench.remove();
});

describe('what is refused before anything runs', () => {
  test('an unknown cluster is a fault with its place and the names there are', async () => {
    const file = bench.write(deployRun('lost', { cluster: 'production' }));
    const { code, stderr, stdout } = await bench.run(file);
    expect(stdout + stderr).toMatch(
      /run\.yaml:\d+:\d+.*there is no cluster "production"; known are .*main.*other/s,
    );
    expect(code).toBe(2);
    const { status } = await api.send('GET', '/apis/apps/v1/namespaces/default/deployments/lost');
    expect(status).toBe(404);
  });

  test('no key and no offline engine', async () => {
    const { code, stderr, stdout } = await bench.run(`${examples}/chat-gpt.yaml`);
    expect(stdout + stderr).toMatch(/OPENAI_API_KEY/);
    expect(stdout + stderr).toMatch(/--offline/);
    expect(code).toBe(2);
  });

  test('an unknown context', async () => {
    const { code, stderr } = await bench.run(bench.write(deployRun('lost')), { context: 'staging' });
    expect(stderr).toMatch(/staging.*main.*other/s);
    expect(code).toBe(2);
  });
});

test('a user without rights: the step fails and says what was forbidden', async () => {
  const { code, run } = await bench.run(bench.write(deployRun('forbidden')), { context: 'nobody' });
  expect(transcript(run)).toMatch(/^forbidden failed/);
  expect(run.status.steps[0]).toMatchObject({
    message: expect.stringMatching(/forbidden.*nobody|nobody.*forbidden/s) as string,
  });
  expect(code).toBe(1);
});

test('a server that cannot be reached: exit code 6, with its address', async () => {
  const port = await closedPort();
  const elsewhere = kubeconfigWithServerAt('main', port);
  try {
    const file = bench.write(deployRun('unreachable'));
    const { code, stderr } = await bench.run(file, { kubeconfig: elsewhere.file });
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(code).toBe(6);
  } finally {
    elsewhere.remove();
  }
});
