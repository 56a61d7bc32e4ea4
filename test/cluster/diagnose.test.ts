import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { KubernetesCluster } from '../../src/cluster/kubernetes/kubernetes-cluster.ts';
import { watchLimits } from '../../src/cluster/kubernetes/watch-loop.ts';
import type { Investigation } from '../../src/runner/diagnose/investigation.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { canaries, shop } from '../cli/diagnose/shop.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { inNamespaces, replayState, type ReplayedState } from './replayed-state.ts';
import { clientWith, newAccount } from './service-accounts.ts';

let api: KubeApi;
let namespace: string;
let state: ReplayedState;
const client = clientWith('other', accessOf('other').token);

beforeAll(async () => {
  api = new KubeApi('other');
  namespace = await api.newNamespace();
  await newAccount(api, namespace, 'default');
  const objects = parseAllDocuments(shop())
    .map((document) => document.toJS() as KubeObject)
    .filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace === 'shop')
    .map((object) => inNamespaces(object as unknown as Json, new Map([['shop', namespace]])));
  const cluster = new KubernetesCluster('', client, watchLimits);
  state = await replayState(api, cluster, objects as unknown as readonly KubeObject[]);
});

afterAll(async () => {
  await state.remove();
  await client.close();
  await api.close();
});

async function diagnose(...words: readonly string[]): Promise<RealEnd> {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  const { kubeconfig } = realClusters();
  const place = ['--kubeconfig', kubeconfig, '--context', 'other', '-n', namespace];
  return realCli(['diagnose', ...words, ...place], { stateDir });
}

test.each(['deploy/web', 'svc/web', 'ing/site'])('%s: the root, the last change, no secret', async (name) => {
  const { code, stdout, stderr } = await diagnose(name, '-o', 'json');
  expect(code).toBe(0);
  const { health, causes, changes } = JSON.parse(stdout) as Investigation;
  expect(health).toBe('broken');
  expect(causes[0]).toMatchObject({ reason: 'CrashLoopBackOff', object: { kind: 'Pod', namespace } });
  expect(changes[0]?.text).toContain('web:1" -> "registry.example.com/shop/web:2"');
  expect(stdout + stderr).not.toMatch(canaries);
});

test('the same state gives the same bytes', async () => {
  const [first, second] = [await diagnose('deploy/web'), await diagnose('deploy/web')];
  expect(second).toEqual(first);
  expect(first.stdout).toMatch(new RegExp(`^Deployment ${namespace}/web is broken\\n`));
});

test('a name alone is asked back, and one that is not there has a neighbour', async () => {
  const asked = await diagnose('web');
  expect(asked.code).toBe(2);
  expect(asked.stdout).toContain(`sluice diagnose service/web -n ${namespace}`);
  const near = await diagnose('deploy/wep');
  expect({ code: near.code, hint: near.stderr.includes('Did you mean web?') }).toEqual({
    code: 2,
    hint: true,
  });
});

test('a step of type analyze tells what is wrong, and fails for it where it is to', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  const { kubeconfig } = realClusters();
  const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: { name: look, namespace: ${namespace} }
spec:
  workflowSpec:
    steps:
      - name: look
        type: analyze
        outputs: [{ name: analysis, valueFrom: summary }]
      - name: serious
        type: analyze
        properties: { failOn: high, target: { apiVersion: apps/v1, kind: Deployment, name: web } }
`;
  await writeFile(join(stateDir, 'run.yaml'), run);
  const place = ['--kubeconfig', kubeconfig, '--context', 'other', '-o', 'json'];
  const { code, stdout } = await realCli(['run', 'run.yaml', ...place], { stateDir });
  expect(code).toBe(1);
  const { status } = JSON.parse(stdout) as { readonly status: { readonly steps: readonly object[] } };
  expect(status.steps).toMatchObject([
    { name: 'look', phase: 'succeeded' },
    { name: 'serious', phase: 'failed', message: expect.stringContaining('CrashLoopBackOff') as string },
  ]);
  expect(stdout).not.toMatch(canaries);
});
