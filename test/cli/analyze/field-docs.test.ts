import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeKubeconfig } from '../../cluster-port/kubeconfig-file.ts';
import { serveHttp } from '../../net/loopback.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
  writeFileSync(join(stateDir, 'dump.yaml'), dump);
  writeFileSync(join(stateDir, 'rules.yaml'), rules);
});
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

const dump = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 3 }
status: { replicas: 3, unavailableReplicas: 3 }
---
apiVersion: shop.example/v1
kind: Till
metadata: { name: one, namespace: shop }
spec: { size: 1 }
`;
const rules = `analyzers:
- name: Small
  selects: [{apiVersion: shop.example/v1, kind: Till}]
  when: object.spec.size < 2
  severity: medium
  text: It is small.
  fix: Make it larger.
  fieldPath: spec.size
`;

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['analyze', '--filter', 'Deployment', '--rules', 'rules.yaml', '--with-doc', ...words], {
    stateDir,
  });
}

test('--with-doc says of files what Kubernetes says of a field, and where nothing is known, that', async () => {
  const { code, stdout } = await analyze('--from', 'dump.yaml');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^ {2}field spec\.replicas <integer>, by Kubernetes \d\.\d+: Number of desired pods\./m,
  );
  expect(stdout).toContain('  field spec.size: no documentation at hand\n');
});

test('-o json and k8sgpt hold it', async () => {
  const { findings } = JSON.parse((await analyze('--from', 'dump.yaml', '-o', 'json')).stdout) as {
    readonly findings: readonly object[];
  };
  const text = expect.stringMatching(/^Number of desired pods\./) as string;
  expect(findings).toMatchObject([
    { id: 'ReplicasUnavailable', documentation: { field: 'spec.replicas', type: 'integer', text } },
    { id: 'custom/Small', documentation: null },
  ]);
  expect(JSON.parse((await analyze('--from', 'dump.yaml', '-o', 'k8sgpt')).stdout)).toMatchObject({
    results: [{ error: [{ KubernetesDoc: text }] }, { error: [{ KubernetesDoc: '' }] }],
  });
});

const till = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { size: { type: 'integer', description: 'How large \u001B[31mit is.' } },
    },
  },
  'x-kubernetes-group-version-kind': [{ group: 'shop.example', version: 'v1', kind: 'Till' }],
};

test.each([
  ['is asked once for each API version', 200, 'field spec.size <integer>, by the cluster: How large'],
  ['that refuses is no reason to fail', 403, 'field spec.size: no documentation at hand'],
] as const)('the API server %s', async (_what, status, text) => {
  const asked: string[] = [];
  const lists: Readonly<Record<string, readonly object[]>> = {
    '/apis/shop.example/v1/tills': ['one', 'two'].map((name) => ({
      metadata: { name, namespace: 'shop' },
      spec: { size: 1 },
    })),
  };
  const server = await serveHttp((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://server');
    response.setHeader('content-type', 'application/json');
    if (pathname.startsWith('/openapi/v3/')) {
      asked.push(pathname);
      response.statusCode = status;
      const body =
        status === 200 ? { components: { schemas: { Till: till } } } : { kind: 'Status', code: status };
      response.end(JSON.stringify(body));
    } else if (pathname === '/apis/shop.example/v1') {
      const resources = [{ name: 'tills', namespaced: true, kind: 'Till', verbs: ['list', 'get'] }];
      response.end(JSON.stringify({ kind: 'APIResourceList', groupVersion: 'shop.example/v1', resources }));
    } else {
      response.end(JSON.stringify({ kind: 'List', metadata: {}, items: lists[pathname] ?? [] }));
    }
  });
  const kubeconfig = writeKubeconfig([{ name: 'one', server: server.url }]);
  try {
    const { code, stdout } = await analyze('--kubeconfig', kubeconfig.file);
    expect(code).toBe(0);
    expect(stdout.split(text)).toHaveLength(3);
    expect(stdout).not.toContain('\u001B');
    expect(asked.filter((path) => path.includes('shop.example'))).toHaveLength(1);
  } finally {
    kubeconfig.remove();
    await server.close();
  }
});
