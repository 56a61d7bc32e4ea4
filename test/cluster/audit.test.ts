import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { deployment, service } from '../cli/audit/manifests.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { runnerRights } from '../../src/controller/install/rights.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { allow, newAccount } from './service-accounts.ts';

let api: KubeApi;
let namespace: string;
let stateDir: string;

/** What a server stores has defaults in it, which no rule may take for what somebody wrote. */
beforeAll(async () => {
  api = new KubeApi('other');
  namespace = await api.newNamespace();
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  const paths = ['apps/v1', 'networking.k8s.io/v1', 'policy/v1'].map((group) => `/apis/${group}`);
  const kinds = ['deployments', 'networkpolicies', 'poddisruptionbudgets'];
  const objects = parseAllDocuments(deployment({ image: 'web' })).map((each) => each.toJS() as object);
  for (const [index, object] of objects.entries())
    await api.do('POST', `${paths[index]}/namespaces/${namespace}/${kinds[index]}`, object);
  const [own] = parseAllDocuments(service('other')).map((each) => each.toJS() as object);
  await api.do('POST', `/api/v1/namespaces/${namespace}/services`, own ?? {});
});
afterAll(async () => {
  await api.close();
  rmSync(stateDir, { recursive: true });
});

async function audit(...words: readonly string[]): Promise<RealEnd> {
  const place = ['--kubeconfig', realClusters().kubeconfig, '--context', 'other'];
  return realCli(['audit', ...place, ...words], { stateDir });
}

test('one object is judged by what is around it', async () => {
  const { code, stdout } = await audit('deploy/web', '-n', namespace);
  expect(code).toBe(0);
  expect(stdout).toContain(`Deployment ${namespace}/web  score 92 of 100\n  -8  medium  ImageTagMutable`);
  expect(stdout).toContain('score 92 of 100: 1 medium\n');
  expect(stdout).not.toContain('not judged');
});

test('a namespace is judged as its manifests are', async () => {
  const { stdout } = await audit('-n', namespace, '-o', 'json');
  const { findings, notJudged, notCovered } = JSON.parse(stdout) as {
    readonly findings: readonly { readonly id: string }[];
    readonly notJudged: readonly object[];
    readonly notCovered: readonly object[];
  };
  expect(findings.map(({ id }) => id)).toEqual(['ServiceSelectsNothing', 'ImageTagMutable']);
  expect([...notJudged, ...notCovered]).toEqual([]);
});

test('of a whole cluster the roles that it brings are left out, and said to be', async () => {
  const { code, stdout } = await audit('-A');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+ roles that Kubernetes brings left out/m);
  expect(stdout).not.toMatch(/^ClusterRole system:/m);
  expect(stdout).toContain(`Deployment ${namespace}/web  score 92 of 100`);
});

test('a step of type audit judges an object with no more rights than accounts of runs have', async () => {
  const token = await newAccount(api, namespace, 'runner');
  const rules = runnerRights.map(({ group, resources, verbs }) => ({ apiGroups: [group], resources, verbs }));
  await allow(api, { from: namespace, name: 'runner' }, namespace, rules);
  const { server, ca } = accessOf('other');
  const config = {
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': btoa(ca) } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace } }],
    'current-context': 'c',
  };
  writeFileSync(join(stateDir, 'kubeconfig'), JSON.stringify(config));
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const steps = ['high', 'medium'].map((failOn) => ({
    name: failOn,
    type: 'audit',
    properties: { target, failOn },
  }));
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'audit', namespace },
    spec: { workflowSpec: { steps } },
  };
  writeFileSync(join(stateDir, 'run.json'), JSON.stringify(run));
  const place = ['--kubeconfig', join(stateDir, 'kubeconfig'), '-o', 'json'];
  const { stdout } = await realCli(['run', 'run.json', ...place], { stateDir });
  const { status } = JSON.parse(stdout) as { readonly status: { readonly steps: readonly object[] } };
  const message = `score 92 of 100; 1 finding, the worst: ImageTagMutable of Deployment ${namespace}/web`;
  expect(status.steps).toMatchObject([
    { name: 'high', phase: 'succeeded', message },
    { name: 'medium', phase: 'failed', message },
  ]);
});
