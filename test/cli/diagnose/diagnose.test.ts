import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Investigation } from '../../../src/runner/diagnose/investigation.ts';
import { realCli, type RealCli, type RealEnd } from '../real-cli.ts';
import { canaries, shop } from './shop.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  await writeFile(join(stateDir, 'dump.yaml'), shop());
});

async function diagnose(words: readonly string[], options: Partial<RealCli> = {}): Promise<RealEnd> {
  return realCli(['diagnose', ...words, '--from', 'dump.yaml'], { stateDir, ...options });
}

async function investigated(...words: readonly string[]): Promise<Investigation> {
  const { stdout } = await diagnose([...words, '-n', 'shop', '-o', 'json']);
  return JSON.parse(stdout) as Investigation;
}

test('a Deployment: the root, what follows, the fix, what changed, and what was not checked', async () => {
  const { code, stdout } = await diagnose(['deploy/web', '-n', 'shop']);
  expect(code).toBe(0);
  expect(stdout).toBe(`Deployment shop/web is broken

critical  Pod shop/web-b-k2x9p (Deployment/web)  CrashLoopBackOff
  Container "web" ends again and again with exit code 1.
  at spec.template.spec.containers[0] of Deployment shop/web
  Pod shop/web-b-k2x9p: container "web" waits, CrashLoopBackOff; last ended with Error, exit code 1; 7 restarts
  Last words of "web": connect postgres://***@db:5432 ECONNREFUSED, password ***
  likely: that it fails is certain; why is taken from its exit code and its last words
  ├─ Deployment shop/web  ReplicasUnavailable: 0 of 1 replicas are ready.
  └─ Service shop/web  EndpointsNotReady: None of the Pods behind the Service are ready: Pod/web-b-k2x9p.
     └─ Ingress shop/site  BackendNotReady: Service web, which it routes to, has no Pod that is ready.
  fix: Something that it connects to at start does not answer: check the address in its last words, and whether that service runs; better, let it wait and try again.
    kubectl -n shop logs web-b-k2x9p -c web --previous

revisions of Deployment shop/web
  revision 2 of 2026-11-01T09:00:00Z: 0 of 1 ready, registry.example.com/shop/web:2
  revision 1 of 2026-10-01T10:00:00Z: 0 of 0 ready, registry.example.com/shop/web:1
  from revision 1 to 2:
  spec.containers[web].image: "registry.example.com/shop/web:1" -> "registry.example.com/shop/web:2"

events of Deployment shop/web
  2026-11-01T10:00:00.000Z Warning BackOff (12x) on Pod shop/web-b-k2x9p: Back-off restarting failed container, token=***

made without a model: no model is set up (set one up with sluice auth add, or with OPENAI_API_KEY or OPENAI_BASE_URL)
`);
});

test.each(['deploy/web', 'deployment/web', 'rs/web-b', 'pod/web-b-k2x9p', 'svc/web', 'ing/site', 'ns/shop'])(
  '%s has the same root, told by the Deployment',
  async (name) => {
    const { health, causes } = await investigated(name);
    expect(health).toBe('broken');
    expect(causes.map(({ object, reason }) => `${object.kind} ${object.name} ${reason}`)).toEqual([
      'Pod web-b-k2x9p CrashLoopBackOff',
    ]);
    const [cause] = causes;
    expect(cause?.finding.fix).toContain('Something that it connects to at start does not answer');
  },
);

test('what follows stands under what explains it', async () => {
  const { causes } = await investigated('ing/site');
  const follows = causes[0]?.follows ?? [];
  expect(follows.map(({ object, id }) => `${object.kind} ${id}`)).toEqual([
    'Deployment ReplicasUnavailable',
    'Service EndpointsNotReady',
  ]);
  expect(follows[1]?.follows.map(({ object, id }) => `${object.kind} ${id}`)).toEqual([
    'Ingress BackendNotReady',
  ]);
});

test('a Pod is shown with what it belongs to', async () => {
  const { owners } = await investigated('pod/web-b-k2x9p');
  expect(owners.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['ReplicaSet web-b', 'Deployment web']);
});

test('the last change is shown, with the image before and after', async () => {
  const { changes } = await investigated('svc/web');
  expect(changes.map(({ text }) => text).join('\n')).toContain(
    'spec.containers[web].image: "registry.example.com/shop/web:1" -> "registry.example.com/shop/web:2"',
  );
});

describe('health', () => {
  test.each([
    ['cm/fine', 'healthy'],
    ['secret/db', 'unknown'],
    ['rs/web-a', 'healthy'],
  ])('%s is %s', async (name, health) => {
    expect(await investigated(name)).toMatchObject({ health, causes: [] });
  });

  test('of a kind that no rule knows is what its conditions say', async () => {
    const certificate = (status: string): string => `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: site, namespace: shop }
status: { conditions: [{ type: Ready, status: "${status}", reason: DoesNotExist, message: "issuer not found" }] }
`;
    await writeFile(join(stateDir, 'dump.yaml'), certificate('True'));
    expect(await investigated('cert-manager.io/v1/Certificate/site')).toMatchObject({ health: 'healthy' });
    await writeFile(join(stateDir, 'dump.yaml'), certificate('False'));
    expect(await investigated('cert-manager.io/v1/Certificate/site')).toMatchObject({
      health: 'broken',
      causes: [
        {
          reason: 'ConditionNotMet',
          finding: { text: 'Its condition Ready is False (DoesNotExist): issuer not found' },
        },
      ],
    });
  });

  test('of a Pod is its own; what is wrong with its owner stands beside it', async () => {
    const well = shop()
      .split('---\n')
      .find((text) => text.includes('kind: Pod') && text.includes('name: web-b-'))
      ?.replaceAll('k2x9p', 'good1')
      .replace(
        /status:\n[^]*/,
        'status: { phase: Running, conditions: [{ type: Ready, status: "True" }] }\n',
      );
    await writeFile(join(stateDir, 'dump.yaml'), `${shop()}---\n${well}`);
    const { health, causes, around } = await investigated('pod/web-b-good1');
    expect({ health, causes }).toEqual({ health: 'healthy', causes: [] });
    expect(around.map(({ object, id }) => `${object.kind} ${object.name} ${id}`)).toEqual([
      'Pod web-b-k2x9p CrashLoopBackOff',
    ]);
    expect((await diagnose(['pod/web-b-good1', '-n', 'shop'])).stdout).toContain('\nbeside it\n');
  });

  test('a healthy object is said to be so in a line', async () => {
    const { stdout } = await diagnose(['cm/fine', '-n', 'shop']);
    expect(stdout).toContain('ConfigMap shop/fine is healthy: no rule finds anything wrong with it\n');
  });
});

test.each(['text', 'json', 'yaml', 'markdown'])(
  '-o %s: the same state, the same bytes, and no secret',
  async (output) => {
    const words = ['deploy/web', '-n', 'shop', '-o', output];
    const [one, two] = [await diagnose(words), await diagnose(words)];
    expect(one.stdout).toBe(two.stdout);
    expect(one.stdout + one.stderr).not.toMatch(canaries);
    expect(one.stdout).toContain('ECONNREFUSED');
  },
);

test('-o yaml holds what -o json does', async () => {
  const { stdout } = await diagnose(['deploy/web', '-n', 'shop', '-o', 'yaml']);
  expect(parse(stdout)).toEqual(await investigated('deploy/web'));
});

describe('which object', () => {
  test('is asked back where several have the name', async () => {
    const { code, stdout } = await diagnose(['web', '-n', 'shop']);
    expect(code).toBe(2);
    expect(stdout).toBe(`Which web is meant?
  Deployment shop/web
    sluice diagnose deployment/web -n shop
  Service shop/web
    sluice diagnose service/web -n shop
`);
  });

  test('is clear where one has the name, in whatever namespace', async () => {
    const { code, stdout } = await diagnose(['site']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Ingress shop\/site is broken\n/);
  });

  test('may be two words', async () => {
    expect((await diagnose(['deploy', 'web', '-n', 'shop'])).stdout).toMatch(
      /^Deployment shop\/web is broken\n/,
    );
  });

  test.each([
    [
      ['why is my site down'],
      2,
      /Which object is it about\? This is wrong now:\n {2}Deployment shop\/web {2}critical/,
    ],
    [['why', 'is', 'it', 'slow?', '-n', 'shop'], 2, /This is wrong in namespace shop now:/],
    [['is', 'all', 'well', '-n', 'empty'], 2, /^There is nothing in namespace empty to look at\.\n$/],
    [['is', 'all', 'well', '-n', 'other'], 0, /^Nothing is wrong in namespace other that rules can see\.\n$/],
    [[], 2, /Which object is it about\?/],
  ])('is asked back for %j', async (words, code, says) => {
    const end = await diagnose(words);
    expect(end.code).toBe(code);
    expect(end.stdout).toMatch(says);
    expect(end.stdout + end.stderr).not.toMatch(canaries);
  });

  test.each([
    [['deploy/wep', '-n', 'shop'], /no Deployment wep in namespace shop\n.*Did you mean web\?/],
    [
      ['deploy/web'],
      /no Deployment web in namespace default\n.*There is one in namespace shop: name it with -n/,
    ],
    [
      ['svc/nothing-like-it', '-n', 'shop'],
      /no Service nothing-like-it.*\n.*Of kind Service there is shop\/web/,
    ],
    [['sitee'], /nothing called sitee\n.*Did you mean ingress\/site -n shop\?/],
    [['deploymnts/web'], /no kind deploymnts.*\n.*Did you mean deployments\?/],
  ])('%j is not there: what is near is named', async (words, says) => {
    const end = await diagnose(words);
    expect({ code: end.code, stdout: end.stdout }).toEqual({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(says);
  });
});

test.each([
  ['a cause that is as bad', ['deploy/web', '--fail-on', 'high'], 1],
  ['nothing wrong', ['cm/fine', '--fail-on', 'info'], 0],
  ['nobody who can tell', ['secret/db', '--fail-on', 'critical'], 2],
])('the exit code with --fail-on and %s', async (_, words, code) => {
  expect((await diagnose([...words, '-n', 'shop'])).code).toBe(code);
});

test('a file that cannot be read makes the exit code 2, and the rest is diagnosed', async () => {
  await writeFile(join(stateDir, 'dump.yaml'), `${shop()}---\nkind: [\n`);
  const { code, stdout } = await diagnose(['deploy/web', '-n', 'shop']);
  expect(code).toBe(2);
  expect(stdout).toMatch(/^Deployment shop\/web is broken\n/);
});

test.each(['text', 'markdown'])(
  'what names and messages hold steers no terminal and no page: -o %s',
  async (output) => {
    const said = String.raw`\u001b[31mred\u202e @everyone <img src=x> ](http://x)`;
    const hostile = shop().replace('connect postgres', `${said} postgres`);
    await writeFile(join(stateDir, 'dump.yaml'), hostile);
    const { code, stdout } = await diagnose(['deploy/web', '-n', 'shop', '-o', output]);
    expect(code).toBe(0);
    expect(stdout).toContain('red');
    expect(stdout).not.toMatch(/[^\P{Cf}\u200B]|(?!\n)\p{Cc}/u);
    if (output === 'markdown') expect(stdout).not.toMatch(/<img|@everyone|(?<!\\)\]\(http/);
  },
);

test('a webhook of another namespace that keeps its Pods from being made is followed to what is wrong there', async () => {
  await writeFile(join(stateDir, 'dump.yaml'), refusedPods);
  const { causes, notChecked } = await investigated('deploy/pay');
  expect(causes.map(({ object, reason }) => `${object.namespace}/${object.name} ${reason}`)).toEqual([
    'mesh/injector-1 ImagePullBackOff',
  ]);
  expect(causes[0]?.confidence.level).toBe('certain');
  expect(JSON.stringify(causes[0]?.follows)).toContain('"name":"pay"');
  // Two looks lack the same list, which is said once.
  expect(notChecked).toEqual(['cannot list Event: The files hold no object of kind Event.']);
});

const refusedPods = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: injector }
webhooks:
  - { name: inject.io, clientConfig: { service: { name: injector, namespace: mesh } } }
---
apiVersion: v1
kind: Service
metadata: { name: injector, namespace: mesh }
spec: { selector: { app: injector } }
---
apiVersion: v1
kind: Pod
metadata: { name: injector-1, namespace: mesh, uid: pod, labels: { app: injector } }
spec: { containers: [{ name: injector, image: "example.com/injector:9" }] }
status:
  phase: Pending
  conditions: [{ type: Ready, status: "False" }]
  containerStatuses:
    - { name: injector, ready: false, state: { waiting: { reason: ImagePullBackOff, message: not found } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pay, namespace: shop, uid: dep, generation: 1 }
spec: { replicas: 1, selector: { matchLabels: { app: pay } } }
status:
  observedGeneration: 1
  conditions:
    - { type: Available, status: "False", lastTransitionTime: "2026-11-01T09:00:00Z" }
    - { type: Progressing, status: "False", reason: ProgressDeadlineExceeded }
    - type: ReplicaFailure
      status: "True"
      reason: FailedCreate
      message: 'failed calling webhook "inject.io": no endpoints available for service "injector"'
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: pay-a
  namespace: shop
  uid: set
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: pay, uid: dep, controller: true }]
spec: { replicas: 1, selector: { matchLabels: { app: pay } } }
status:
  conditions:
    - type: ReplicaFailure
      status: "True"
      reason: FailedCreate
      message: 'failed calling webhook "inject.io": no endpoints available for service "injector"'
`;
