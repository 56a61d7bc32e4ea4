import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { resourceOf } from '../../../src/cluster/known-kinds.ts';
import { realCli } from '../real-cli.ts';
import { fakeCluster } from '../../ops/fake-cluster.ts';
import { objectWords } from '../../../src/cli/completion/object-names.ts';
import { refusingServer } from '../refusing-server.ts';
import { canaries, shop } from './shop.ts';

const release = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: { name: release }
spec:
  workflowSpec:
    steps:
      - name: web
        type: apply-object
        properties:
          value:
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web }
            spec:
              selector: { matchLabels: { app: web } }
              template:
                metadata: { labels: { app: web } }
                spec:
                  containers:
                    - { name: web, image: "ngnix:1", env: [{ name: DB_PASSWORD, value: hunter2canary }] }
      - name: svc
        type: apply-object
        properties:
          value:
            apiVersion: v1
            kind: Service
            metadata: { name: web }
            spec: { selector: { app: web }, ports: [{ port: 80 }] }
      - name: failed
        type: wait-for-object
        timeout: 30s
        properties:
          apiVersion: apps/v1
          kind: Deployment
          name: web
          until: { condition: { type: Available, status: "False" } }
      - name: problem
        type: analyze
        properties: { wait: 3s }
`;

test('what a run has left in the in-memory cluster is diagnosed', { timeout: 30_000 }, async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  await writeFile(join(stateDir, 'release.yaml'), release);
  expect((await realCli(['run', 'release.yaml'], { stateDir })).code).toBe(0);
  const { code, stdout } = await realCli(['diagnose', 'svc/web', '--fail-on', 'high'], { stateDir });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Service default\/web is broken\n/);
  expect(stdout).toMatch(
    / {2}Pod default\/web-\S+ \(Deployment\/web\) {2}(?:ErrImagePull|ImagePullBackOff)\n/,
  );
  expect(stdout).toContain('Did you mean "nginx:1"?');
  // The Pod and its events repeat each other, and the Deployment is within its deadline.
  expect(stdout.match(/pull access denied/g)).toHaveLength(1);
  expect(stdout).toMatch(/─ Deployment default\/web {2}\w+: .*0 of 1 replicas are (?:available|ready)\./);
  expect(stdout).toContain('    kubectl -n default set image deployment/web web=IMAGE\n');
  expect(stdout).not.toMatch(canaries);
});

test('what may not be read is named, and nothing is concluded from it', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  const objects = parseAllDocuments(shop()).map((document) => document.toJS() as { readonly kind: string });
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  const server = await refusingServer(stateDir, {
    '/apis/apps/v1/namespaces/shop/deployments': [deployment],
    '/apis/apps/v1/namespaces/shop/deployments/web': deployment,
  });
  try {
    const words = ['diagnose', 'deploy/web', '-n', 'shop', ...server.words];
    const { code, stdout, stderr } = await realCli(words, { stateDir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Deployment shop\/web /);
    expect(stdout).toContain('not checked\n  cannot list ReplicaSet: not for you\n');
    expect(stdout).toContain('  cannot list Pod: not for you\n');
    expect(stdout).toContain('likely: this is how the object does; nothing that explains it was found');
    expect(stdout + stderr).not.toMatch(canaries);
    expect((await realCli([...words, '--fail-on', 'critical'], { stateDir })).code).not.toBe(0);
  } finally {
    server.close();
  }
});

describe('logs of a cluster', () => {
  /** The shop as its API server answers, with a log of the container that crashes. */
  async function served(stateDir: string): ReturnType<typeof refusingServer> {
    const objects = parseAllDocuments(shop()).map((document) => document.toJS() as KubeObject);
    const answers: Record<string, unknown> = {};
    for (const object of objects) {
      const { apiVersion, kind, metadata } = object;
      const group = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
      const [plural = ''] = resourceOf(apiVersion, kind).split('.');
      const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
      const list = `${group}${place}/${plural}`;
      answers[list] = [...((answers[list] as readonly KubeObject[] | undefined) ?? []), object];
      answers[`${list}/${metadata.name ?? ''}`] = object;
    }
    const log = '/api/v1/namespaces/shop/pods/web-b-k2x9p/log';
    return refusingServer(stateDir, {
      ...answers,
      [log]: 'starting, then fatal: api_key=logcanary1234567890',
    });
  }

  test('are shown without secrets, as many lines as are asked for', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
    const server = await served(stateDir);
    try {
      const words = ['diagnose', 'svc/web', '-n', 'shop', ...server.words];
      const { stdout } = await realCli(words, { stateDir });
      expect(stdout).toMatch(
        /\nlast lines of the previous log of container web in Pod shop\/web-b-k2x9p\n.*starting, then fatal/,
      );
      expect(stdout).not.toMatch(canaries);
      const { stdout: without } = await realCli([...words, '--logs', '0'], { stateDir });
      expect(without).not.toMatch(/last lines|starting, then/);
    } finally {
      server.close();
    }
  });

  test.each(['-1', 'many', '99999'])('--logs %s is refused', async (lines) => {
    const { code, stderr } = await realCli(['diagnose', 'svc/web', `--logs=${lines}`], {
      stateDir: tmpdir(),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('expected a whole number from 0 to 2000');
  });
});

test.each([
  ['', ['deployment/web', 'service/web', 'service/api']],
  ['dep', ['deployment/web']],
  ['svc/', ['svc/web', 'svc/api']],
  ['svc/w', ['svc/web']],
  ['nothing/', []],
])('the shell completes %j', async (typed, expected) => {
  const cluster = fakeCluster();
  const service = (name: string, namespace = 'default'): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
  });
  cluster.seed(
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' } },
    service('web'),
    service('api'),
    service('other', 'shop'),
  );
  expect(await objectWords(typed, undefined, cluster)).toEqual(expected);
});
