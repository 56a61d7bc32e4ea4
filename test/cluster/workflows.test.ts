import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { sluice, transcript } from '../crash/sluice-process.ts';
import { FakeNode } from './fake-node.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { writeReadyStatus } from './ready-status.ts';
import { deployRun, examples, placeFlags, Workbench } from './run-sluice.ts';

const { hasControllerManager } = realClusters();
const bench = new Workbench();
const [main, other] = [new KubeApi('main'), new KubeApi('other')];

afterAll(async () => {
  await Promise.all([main.close(), other.close()]);
  bench.remove();
});

// Without a kube-controller-manager no Deployment ever gets a Pod.
describe.skipIf(!hasControllerManager)('with Pods', () => {
  let node: FakeNode;
  beforeAll(() => {
    node = new FakeNode(main);
  });
  afterAll(() => node.stop());

  test('chat-gpt: deploys, waits until it is ready, audits', { timeout: 60_000 }, async () => {
    await main.send('DELETE', deploymentPath('apply'));
    const { code, run, stderr, stateDir } = await bench.run(`${examples}/chat-gpt.yaml`, {}, ['--offline']);
    expect(stderr).toMatch(/context main/);
    expect(stderr).toMatch(/offline engine/);
    expect(transcript(run)).toBe('apply succeeded, chat-diagnose skipped/Skip, chat-audit succeeded');
    expect(await logsOf('chat-gpt', stateDir)).toMatch(/limits/i);
    expect(code).toBe(0);
    expect(await deployment(main, 'apply')).toMatchObject({
      metadata: {
        labels: { 'workflowrun.oam.dev/name': 'chat-gpt', 'workflowrun.oam.dev/namespace': 'default' },
      },
      status: { availableReplicas: 1 },
    });
  });

  test('chat-gpt-diagnose: an image that cannot be pulled is named', { timeout: 60_000 }, async () => {
    await main.send('DELETE', deploymentPath('apply'));
    const file = `${examples}/chat-gpt-diagnose.yaml`;
    const { code, run, stateDir } = await bench.run(file, {}, ['--offline']);
    expect(transcript(run)).toBe('apply failed/Timeout, chat-diagnose succeeded');
    expect(await logsOf('chat-gpt-diagnose', stateDir)).toMatch(/image.*invalid.*cannot be pulled/is);
    expect(code).toBe(1);
  });

  test('killed while it waits, it is resumed and ends well', { timeout: 60_000 }, async () => {
    const asked = node.hold('slow');
    const stateDir = bench.newDirectory();
    const file = bench.write(deployRun('survivor', { image: 'slow' }));
    const first = sluice(['run', file, '--state-dir', stateDir, ...placeFlags({})]);
    const pod = await asked;
    first.process.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    const before = await deployment(main, 'survivor');
    await node.release('slow', pod);
    // It goes on where it began: no flag says so again.
    const second = await sluice(['workflow', 'resume', 'survivor', '--state-dir', stateDir]).ended;
    expect(second.stderr).toMatch(/survivor.*succeeded/s);
    expect(second.code).toBe(0);
    const after = await deployment(main, 'survivor');
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.metadata.generation).toBe(1);
  });
});

test('cluster: other is the context of that name', { timeout: 60_000 }, async () => {
  const ready = new AbortController();
  const controller = other.follow(
    '/apis/apps/v1/namespaces/default/deployments',
    async (object) => {
      const isFresh = !isObject(object['status']) || object['status']['readyReplicas'] === undefined;
      if (object.metadata.name === 'elsewhere' && isFresh) await writeReadyStatus(other, object);
    },
    ready.signal,
  );
  const { code, run } = await bench.run(bench.write(deployRun('elsewhere', { cluster: 'other' })));
  ready.abort();
  await controller;
  expect(transcript(run)).toBe('elsewhere succeeded');
  expect(code).toBe(0);
  expect(await deployment(other, 'elsewhere')).toMatchObject({ status: { availableReplicas: 1 } });
  expect(await deployment(main, 'elsewhere')).toBeUndefined();
});

async function logsOf(run: string, stateDir: string): Promise<string> {
  const { stdout } = await sluice(['workflow', 'logs', run, '--state-dir', stateDir]).ended;
  return stdout;
}

function deploymentPath(name: string): string {
  return `/apis/apps/v1/namespaces/default/deployments/${name}`;
}

async function deployment(api: KubeApi, name: string): Promise<KubeObject | undefined> {
  const { status, body } = await api.send('GET', deploymentPath(name));
  return status === 200 ? (body as unknown as KubeObject) : undefined;
}
