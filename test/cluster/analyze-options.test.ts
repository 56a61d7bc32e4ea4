import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { says, serveModel, type ModelServer } from '../llm/model-server.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';

let api: KubeApi;
let model: ModelServer;
let namespace: string;
let stateDir: string;

beforeAll(async () => {
  api = new KubeApi('other');
  namespace = await api.newNamespace();
  model = await serveModel(says('It is.'));
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-options-'));
  const server = `servers: [{name: lab, url: "${model.endpoint.baseUrl}", model: big, key: lab-key-0123456789}]`;
  writeFileSync(join(stateDir, 'models.yaml'), `${server}\ndefault: lab\n`, { mode: 0o600 });
  await api.do('POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    metadata: { name: 'web' },
    spec: { ingressClassName: 'gce', defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  });
  for (const name of ['plain', 'sealed'])
    await api.do('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name, labels: { kind: name } },
      stringData: { password: 'swordfish-swordfish' },
    });
});

afterAll(async () => {
  await Promise.all([api.close(), model.close()]);
  rmSync(stateDir, { recursive: true });
});

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  const place = ['--kubeconfig', realClusters().kubeconfig, '--context', 'other', '-n', namespace];
  return realCli(['analyze', '--filter', 'Ingress', ...place, ...words], { stateDir });
}

test('an incident of a cluster is explained once, without its names where these are not to go out', async () => {
  const words = ['--explain', '--anonymize'];
  const { code, stdout } = await analyze(...words);
  expect(code).toBe(0);
  expect(stdout).toContain('explained by judge-1');
  expect(JSON.stringify(model.asked.map(({ body }) => body))).not.toContain(namespace);
  expect((await analyze(...words)).stdout).toBe(stdout);
  expect(model.asked).toHaveLength(1);
});

test('fields are documented by the cluster', async () => {
  const { stdout } = await analyze('--with-doc');
  expect(stdout).toMatch(/field spec\.defaultBackend\.service\.name <string>, by the cluster: \S/);
});

test('a rule sees objects of the cluster, and of Secrets the metadata', async () => {
  writeFileSync(
    join(stateDir, 'rules.yaml'),
    `analyzers:
- name: Plain
  selects: [{apiVersion: v1, kind: Secret, labelSelector: kind}]
  when: object.metadata.labels.kind == "plain"
  severity: low
  text: "\${$json(object)}"
  fix: Seal it.
- name: Foreign
  selects: [{apiVersion: none.example/v1, kind: None}]
  when: object.x == 1
  severity: low
  text: It is.
  fix: None.
`,
  );
  const { code, stdout } = await analyze('--rules', join(stateDir, 'rules.yaml'));
  expect(code).toBe(0);
  expect(stdout).toContain(`low  Secret ${namespace}/plain  custom/Plain`);
  expect(stdout).not.toContain(`${namespace}/sealed`);
  expect(stdout).not.toMatch(/swordfish/);
  expect(stdout).toContain('custom/Foreign: not installed: the cluster does not serve');
});
