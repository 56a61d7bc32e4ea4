import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { sluice, transcript, type FinishedRun } from '../crash/sluice-process.ts';
import { FakeNode } from './fake-node.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { closedPort } from './relay.ts';
import { kubeconfigWithMainAt } from './temporary-kubeconfig.ts';

const { kubeconfig, hasControllerManager } = realClusters();
const examples = join(import.meta.dirname, '../../examples');
const apis = { main: new KubeApi('main'), other: new KubeApi('other') };
let nodes: { readonly main: FakeNode; readonly other: FakeNode };
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-cluster-'));
  nodes = { main: new FakeNode(apis.main), other: new FakeNode(apis.other) };
});

afterAll(async () => {
  await Promise.all([nodes.main.stop(), nodes.other.stop()]);
  await Promise.all(Object.values(apis).map((api) => api.close()));
  rmSync(directory, { recursive: true });
});

// Without a kube-controller-manager no Deployment ever gets a Pod.
describe.skipIf(!hasControllerManager)('workflows on a real cluster', () => {
  test('chat-gpt: deploys, waits until it is ready, audits', { timeout: 60_000 }, async () => {
    const { code, run, stderr } = await runExample('chat-gpt.yaml', ['--offline']);
    expect(stderr).toMatch(/context main/);
    expect(stderr).toMatch(/offline engine/);
    expect(transcript(run)).toBe('apply succeeded, chat-diagnose skipped/Skip, chat-audit succeeded');
    expect(code).toBe(0);
    expect(await deployment('main', 'apply')).toMatchObject({
      metadata: {
        labels: { 'workflowrun.oam.dev/name': 'chat-gpt', 'workflowrun.oam.dev/namespace': 'default' },
      },
      status: { availableReplicas: 1 },
    });
  });

  test('chat-gpt-diagnose: an image that cannot be pulled is named', { timeout: 60_000 }, async () => {
    const { code, run, stderr } = await runExample('chat-gpt-diagnose.yaml', ['--offline']);
    expect(transcript(run)).toBe('apply failed/Timeout, chat-diagnose succeeded');
    expect(stderr).toMatch(/image.*invalid/i);
    expect(code).toBe(1);
  });

  test('cluster: other is the context of that name', { timeout: 60_000 }, async () => {
    const { code, run } = await runText(deployStep('elsewhere', 'other'));
    expect(transcript(run)).toBe('elsewhere succeeded');
    expect(code).toBe(0);
    expect(await deployment('other', 'elsewhere')).toMatchObject({ status: { availableReplicas: 1 } });
    expect(await deployment('main', 'elsewhere')).toBeUndefined();
  });

  test('killed while it waits, it is resumed and ends well', { timeout: 90_000 }, async () => {
    const asked = nodes.main.hold('slow');
    const stateDir = mkdtempSync(join(directory, 'state-'));
    const file = join(stateDir, 'run.yaml');
    writeFileSync(file, deployStep('survivor', '', 'slow'));
    const place = ['--kubeconfig', kubeconfig, '--context', 'main', '--state-dir', stateDir];
    const first = sluice(['run', file, ...place]);
    const pod = await asked;
    first.process.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    const before = await deployment('main', 'survivor');
    const second = sluice(['workflow', 'resume', 'survivor', '--state-dir', stateDir]);
    await nodes.main.release('slow', pod);
    const { code, stderr } = await second.ended;
    expect(stderr).toMatch(/survivor.*succeeded/s);
    expect(code).toBe(0);
    const after = await deployment('main', 'survivor');
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.metadata.generation).toBe(1);
  });
});

describe('what is refused before anything runs', () => {
  test('an unknown cluster is a fault with its place and the names there are', async () => {
    const { code, stderr, stdout } = await runText(deployStep('lost', 'production'));
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(
      /run\.yaml:\d+:\d+.*there is no cluster "production"; known are .*main.*other/s,
    );
    expect(await deployment('main', 'lost')).toBeUndefined();
  });

  test('no key and no offline engine on a real cluster', async () => {
    const { code, stderr, stdout } = await runExample('chat-gpt.yaml', []);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(/OPENAI_API_KEY/);
    expect(stdout + stderr).toMatch(/--offline/);
  });

  test('an unknown context', async () => {
    const { code, stderr } = await runText(deployStep('lost', ''), ['--context', 'staging']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/staging.*main.*other/s);
  });
});

test('a user without rights: the step fails and says what was forbidden', async () => {
  const { code, run } = await runText(deployStep('forbidden', ''), ['--context', 'nobody']);
  expect(code).toBe(1);
  expect(transcript(run)).toMatch(/^forbidden failed/);
  expect(run.status.steps[0]).toMatchObject({
    message: expect.stringMatching(/forbidden.*nobody|nobody.*forbidden/s) as string,
  });
});

test('a server that cannot be reached: exit code 6, with its address', { timeout: 60_000 }, async () => {
  const port = await closedPort();
  const elsewhere = kubeconfigWithMainAt(port);
  try {
    const { code, stderr } = await runText(deployStep('unreachable', ''), ['--kubeconfig', elsewhere.file]);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(code).toBe(6);
  } finally {
    elsewhere.remove();
  }
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly run: FinishedRun;
}

function runExample(name: string, flags: readonly string[]): Promise<Ran> {
  return runFile(join(examples, name), flags);
}

function runText(text: string, flags: readonly string[] = []): Promise<Ran> {
  const file = join(mkdtempSync(join(directory, 'input-')), 'run.yaml');
  writeFileSync(file, text);
  return runFile(file, flags);
}

/** `sluice run` on `main`, in a state directory of its own; flags given last count. */
async function runFile(file: string, flags: readonly string[]): Promise<Ran> {
  const stateDir = mkdtempSync(join(directory, 'state-'));
  const place = new Map([
    ['--kubeconfig', kubeconfig],
    ['--context', 'main'],
  ]);
  const rest = [...flags];
  for (const [flag] of place) {
    const at = rest.indexOf(flag);
    if (at >= 0) place.set(flag, rest.splice(at, 2)[1] ?? '');
  }
  const args = ['run', file, '-o', 'json', '--state-dir', stateDir, ...[...place].flat(), ...rest];
  const { code, stdout, stderr } = await sluice(args).ended;
  const isRun = stdout.trimStart().startsWith('{');
  const run = isRun ? (JSON.parse(stdout) as FinishedRun) : { status: { status: '', steps: [] } };
  return { code, stdout, stderr, run };
}

function deployStep(name: string, cluster: string, image = 'nginx'): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata:
  name: ${name}
  namespace: default
spec:
  workflowSpec:
    steps:
      - name: ${name}
        type: apply-deployment
        timeout: 40s
        properties:
          image: ${image}
          cluster: '${cluster}'
`;
}

async function deployment(context: keyof typeof apis, name: string): Promise<KubeObject | undefined> {
  const path = `/apis/apps/v1/namespaces/default/deployments/${name}`;
  const { status, body } = await apis[context].send('GET', path);
  return status === 200 ? (body as unknown as KubeObject) : undefined;
}
