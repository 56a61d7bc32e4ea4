import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { stored } from './stored.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-generate-change-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const open = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: true
      containers:
      - name: web
        image: corp.example/web:1
        env: [{name: LEVEL, value: debug}, {name: DB_PASSWORD, value: hunter2-hunter2}]
        securityContext: {privileged: true, runAsUser: 0, capabilities: {add: [SYS_ADMIN, NET_BIND_SERVICE]}}
      - {name: proxy, image: corp.example/proxy:1}
`;
const others = `---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: hunter2-hunter2}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
`;

async function change(words: readonly string[], text: string = open): Promise<RealEnd> {
  writeFileSync(join(stateDir, 'web.yaml'), text);
  return realCli(['generate', '--from', 'web.yaml', ...words], { stateDir });
}

test('a request changes what it names, and nothing else', async () => {
  const { code, stdout, stderr } = await change([
    'set image corp.example/web:2, 3 replicas and 512Mi of memory',
    '--env',
    'LEVEL=info',
  ]);
  expect(code).toBe(0);
  const before = parse(open) as object;
  const after = parse(stdout) as {
    spec: { replicas: number; template: { spec: { containers: readonly object[] } } };
  };
  expect(after.spec.replicas).toBe(3);
  const [web, proxy] = after.spec.template.spec.containers;
  expect(web).toMatchObject({
    image: 'corp.example/web:2',
    env: [{ name: 'LEVEL', value: 'info' }, { name: 'DB_PASSWORD' }],
    resources: { requests: { memory: '512Mi' }, limits: { memory: '512Mi' } },
  });
  expect(before).toMatchObject({ spec: { template: { spec: { containers: [{}, proxy] } } } });
  expect(stderr).toContain('-   replicas: 2\n+   replicas: 3\n');
  expect(stderr).toContain('value: "***"');
  expect(stderr).not.toContain('hunter2');
});

test('the word secure gives the Pods the restrictions that what is made has', async () => {
  const { stdout } = await change(['secure', '--env', 'LEVEL=info', '--image', 'corp.example/web:1']);
  expect((parse(stdout) as { spec: { template: { spec: object } } }).spec.template.spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        },
      },
      { securityContext: { capabilities: { drop: ['ALL'] } } },
    ],
  });
  expect(stdout).not.toMatch(/hostNetwork|privileged|runAsUser/);
});

test('Secrets are left out, and what was not changed stays', async () => {
  const { stdout, stderr } = await change(['--replicas', '3'], open + others);
  const kinds = parseAllDocuments(stdout).map((document) => (document.toJSON() as { kind: string }).kind);
  expect(kinds).toEqual(['Service', 'Deployment']);
  expect(stderr).toContain('Secret shop/db is left out: its values would be shown\n');
});

test.each<[string, readonly string[], string, RegExp]>([
  ['nothing to change', ['please'], open, /^Say what to change: with --image, /m],
  [
    'a variable of what is made',
    ['--image', 'corp.example/web:2', '--port', '80'],
    open,
    /^port is no variable of it$/m,
  ],
  ['a schedule', ['--schedule', '@daily'], open, /^a Deployment has no schedule$/m],
  [
    'an image that no container has',
    ['--image', 'corp.example/other:2'],
    open,
    /^it has several containers/m,
  ],
  ['memory of nobody knows which', ['--memory', '1Gi'], open, /^it has several containers/m],
  [
    'one of two',
    ['--replicas', '3'],
    `${open}---\n${open.replaceAll('web', 'api')}`,
    /which of its workloads is meant: Deployment shop\/web, Deployment shop\/api/,
  ],
  ['nothing that runs', ['--replicas', '3'], others, /^nothing in it runs Pods/m],
  ['a negation', ['3 replicas, not 4'], open, /"not": fixed rules cannot tell/],
  ['a file with a fault', ['--replicas', '3'], 'kind: [', /web\.yaml:1/],
  [
    'fields that there are not',
    ['--replicas', '3'],
    open.replace('hostNetwork', 'hostNetwrk'),
    /hostNetwrk is no field that the API knows \(did you mean hostNetwork\?\)/,
  ],
])('is refused: %s', async (_, words, text, said) => {
  const { code, stderr } = await change([...words, '--apply', '--yes'], text);
  expect(code).toBe(2);
  expect(stderr).toMatch(said);
  expect(await stored(stateDir, 'deploy')).toEqual([]);
});
