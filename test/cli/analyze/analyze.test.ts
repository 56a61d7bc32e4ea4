import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-analyze-'));
  await mkdir(join(stateDir, 'dump'));
});

async function analyze(text: string, ...words: readonly string[]): Promise<RealEnd> {
  await writeFile(join(stateDir, 'dump/all.yaml'), text);
  return realCli(['analyze', '--from', 'dump', ...words], { stateDir });
}

const service = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web, tier: front } }
`;
const endpoints = `apiVersion: v1
kind: Endpoints
metadata: { name: web, namespace: shop }
`;
const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web-1
  labels: { app: web }
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-a, uid: u }]
spec: { containers: [{ name: c, image: web }] }
status:
  phase: Pending
  containerStatuses:
    - { name: c, state: { waiting: { reason: ErrImagePull, message: "\\e[31mno such image" } } }
`;
const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: gce
  tls: [{ secretName: cert }]
`;
const list = (...items: readonly string[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.map((item) => parse(item) as unknown) });

test('problems of a dump, for people', async () => {
  const { code, stdout } = await analyze(pod);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `high  Pod default/web-1 (ReplicaSet/web-a)  ErrImagePull
  Container c does not start: [31mno such image
  at dump/all.yaml:7:22
  fix: Correct what the message names: image, its registry, or what the container refers to.

1 problem found in 1 object
`,
  });
});

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, uid: d }
spec: { replicas: 3 }
status: { replicas: 3, unavailableReplicas: 3, conditions: [{ type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: slow }] }
`;
const replicaSet = `apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-a
  uid: u
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d }]
`;

test('what belongs together stands under its root, however many Pods there are', async () => {
  const pods = ['web-1', 'web-2', 'web-3'].map((name) => pod.replace('name: web-1', `name: ${name}`));
  const { stdout } = await analyze(list(...pods, replicaSet, deployment));
  expect(stdout).toBe(`high  Pod default/web-1 (Deployment/web)  ErrImagePull
  Container c does not start: [31mno such image
  at dump/all.yaml:1:238
  fix: Correct what the message names: image, its registry, or what the container refers to.
  the same: Pod default/web-2, Pod default/web-3
  > critical  Deployment default/web  ReplicasUnavailable: 0 of 3 replicas are ready. (Deployment default/web owns Pod default/web-1)
  > high  Deployment default/web  RolloutStalled: The rollout does not go on (ProgressDeadlineExceeded): slow (Deployment default/web owns Pod default/web-1)

5 problems found in 5 objects: 1 incident
`);
});

test('-o json holds incidents by what their findings are known by', async () => {
  const { stdout } = await analyze(list(pod, replicaSet, deployment), '-o', 'json');
  const { incidents } = JSON.parse(stdout) as { readonly incidents: readonly unknown[] };
  const place = { cluster: '', namespace: 'default' };
  const owned = 'Deployment default/web owns Pod default/web-1';
  const own = { ...place, kind: 'Deployment', name: 'web' };
  expect(incidents).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown,
      severity: 'critical',
      root: {
        ...place,
        kind: 'Pod',
        name: 'web-1',
        id: 'ErrImagePull',
        container: 'c',
        fieldPath: 'spec.containers{c}',
      },
      alike: [],
      consequences: [
        { finding: { ...own, id: 'ReplicasUnavailable', fieldPath: 'spec.replicas' }, because: owned },
        {
          finding: { ...own, id: 'RolloutStalled', fieldPath: 'spec.progressDeadlineSeconds' },
          because: owned,
        },
      ],
    },
  ]);
});

test("-o k8sgpt is k8sgpt's JSON in its words", async () => {
  const { stdout } = await analyze(list(service, endpoints, pod), '-o', 'k8sgpt', '--filter', 'pod,Service');
  expect(JSON.parse(stdout)).toEqual({
    provider: '',
    errors: [
      'Service: 1 object not checked in full: cannot list events (NotGiven): The files hold no object of kind Event.',
    ],
    status: 'ProblemDetected',
    problems: 2,
    results: [
      {
        kind: 'Pod',
        name: 'default/web-1',
        error: [{ Text: '[31mno such image', KubernetesDoc: '', Sensitive: [] }],
        details: '',
        parentObject: 'ReplicaSet/web-a',
      },
      {
        kind: 'Service',
        name: 'shop/web',
        error: [
          {
            Text: 'Service has no endpoints, expected label app=web,tier=front',
            KubernetesDoc: '',
            Sensitive: [],
          },
        ],
        details: '',
        parentObject: '',
      },
    ],
  });
});

test.each(['json', 'yaml'])('-o %s holds findings in our own words', async (format) => {
  const { stdout } = await analyze(pod, '-o', format, '--filter', 'Pod');
  const { findings, notChecked, checked } = parse(stdout) as Record<string, unknown>;
  expect(findings).toEqual([
    {
      id: 'ErrImagePull',
      severity: 'high',
      category: 'runtime',
      analyzer: 'Pod',
      parent: 'ReplicaSet/web-a',
      object: { cluster: '', apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web-1' },
      container: 'c',
      fieldPath: 'spec.containers{c}',
      text: 'Container c does not start: [31mno such image',
      fix: 'Correct what the message names: image, its registry, or what the container refers to.',
      evidence: [],
      place: { file: 'dump/all.yaml', line: 7, column: 22 },
    },
  ]);
  expect({ notChecked, checked }).toEqual({ notChecked: [], checked: [{ analyzer: 'Pod', objects: 1 }] });
});

test('what the files leave open is not called missing', async () => {
  const { stdout } = await analyze(ingress, '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [],
    notChecked: [{ analyzer: 'Ingress', verb: 'list', resource: 'secrets', reason: 'NotGiven', objects: 1 }],
  });
});

test.each([
  ['none', [], 0],
  ['a worse limit', ['--fail-on', 'critical'], 0],
  ['its severity', ['--fail-on', 'high'], 1],
  ['a lesser limit', ['--fail-on', 'low'], 1],
  ['another namespace', ['--fail-on', 'low', '-n', 'shop'], 0],
  ['other labels', ['--fail-on', 'low', '-l', 'app=db'], 0],
  ['another filter', ['--fail-on', 'low', '--filter', 'Node'], 0],
  ['an unknown filter', ['--filter', 'Pods'], 2],
  ['-A and -n', ['-A', '-n', 'shop'], 2],
])('the exit code of a high problem with %s', async (_, words, code) => {
  expect((await analyze(pod, ...words)).code).toBe(code);
});

test('one broken file is named, and the others are judged', async () => {
  await writeFile(join(stateDir, 'dump/broken.yaml'), 'kind: [');
  const { code, stdout, stderr } = await analyze(pod);
  expect(code).toBe(2);
  expect(stderr).toContain('broken.yaml:1');
  expect(stdout).toContain('ErrImagePull');
});

test('two looks at the in-memory cluster print the same bytes', async () => {
  const look = (): Promise<RealEnd> => realCli(['analyze', '-o', 'k8sgpt'], { stateDir });
  const [first, second] = [await look(), await look()];
  expect(first).toMatchObject({ code: 0, stdout: second.stdout });
  expect(JSON.parse(first.stdout)).toMatchObject({ errors: null, status: 'OK', problems: 0, results: [] });
});

const template = (labels: string, namespace = 'shop'): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec: { template: { metadata: { labels: ${labels} }, spec: { containers: [{ name: c, image: web:1 }] } } }
`;

test.each([
  ['a selector that no Pod template has', template('{ app: web }'), ['NoEndpoints']],
  ['a selector that one has', template('{ app: web, tier: front }'), []],
  ['Pod templates of another namespace alone', template('{ app: web }', 'other'), []],
])('of manifests, a Service with %s', async (_name, maker, ids) => {
  const { stdout } = await analyze(`${service}---\n${maker}`, '--filter', 'Service', '-o', 'json');
  const { findings } = JSON.parse(stdout) as { findings: readonly { id: string }[] };
  expect(findings.map(({ id }) => id)).toEqual(ids);
});
