import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bodyOf, serveHttp, type Running } from '../../net/loopback.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-rules-'));
  writeFileSync(join(stateDir, 'dump.yaml'), dump);
});
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

const dump = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { tier: front } }
spec: { replicas: 1, template: { spec: { containers: [{ name: c, image: web, env: [{ name: PASSWORD, value: hunter2-hunter2 }] }] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec: { replicas: 3 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: none, namespace: lab }
spec: {}
---
apiVersion: v1
kind: Secret
metadata: { name: key, namespace: shop }
stringData: { password: swordfish-swordfish }
`;

function rule(when: string, more = ''): string {
  return `analyzers:
- name: TooFewReplicas
  selects: [{apiVersion: apps/v1, kind: Deployment${more}}]
  when: ${JSON.stringify(when)}
  severity: medium
  text: "\${object.metadata.name} has \${object.spec.replicas} replicas."
  fix: Give it two.
  fieldPath: spec.replicas
`;
}

async function analyze(
  rules: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RealEnd> {
  writeFileSync(join(stateDir, 'rules.yaml'), rules);
  const all = ['analyze', '--from', 'dump.yaml', '--rules', 'rules.yaml', '--filter', 'Node', ...words];
  return realCli(all, { stateDir, env });
}

interface Report {
  readonly findings: readonly Readonly<Record<string, unknown>>[];
  readonly incidents: readonly unknown[];
  readonly notChecked: readonly Readonly<Record<string, unknown>>[];
}

async function report(rules: string, ...words: readonly string[]): Promise<Report> {
  return JSON.parse((await analyze(rules, ['-o', 'json', ...words])).stdout) as Report;
}

describe('a rule', () => {
  test('finds what its condition holds for, with a place and an identity of its own', async () => {
    const { findings, incidents, notChecked } = await report(rule('object.spec.replicas < 2'));
    expect(findings).toMatchObject([
      {
        id: 'custom/TooFewReplicas',
        severity: 'medium',
        object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        fieldPath: 'spec.replicas',
        text: 'web has 1 replicas.',
        fix: 'Give it two.',
        place: { file: 'dump.yaml', line: 4 },
      },
    ]);
    expect(incidents).toHaveLength(1);
    expect(notChecked).toMatchObject([
      { analyzer: 'custom/TooFewReplicas', verb: 'evaluate', objects: 1, reason: 'Failed' },
    ]);
    expect(notChecked[0]?.['text']).toBe('rules.yaml:4:22: undefined field: replicas');
  });

  test.each([
    ['a default in CUE', '(*object.spec.replicas | 0) < 2', '', [], ['none', 'web']],
    ['a package', 'import "strings"\nstrings.HasPrefix(object.metadata.name, "a")', '', [], ['api']],
    ['labels of its own', 'true', ', labelSelector: tier=front', [], ['web']],
    ['a namespace of its own', 'true', ', namespace: "l*"', [], ['none']],
    ['-n', 'true', '', ['-n', 'lab'], ['none']],
    ['-l', 'true', '', ['-l', 'tier=front'], ['web']],
  ])('%s', async (_what, when, more, words, names) => {
    const { findings } = await report(rule(when, more), ...words);
    expect(findings.map(({ object }) => (object as { name: string }).name)).toEqual(names);
  });

  test('can be exempted and be known', async () => {
    writeFileSync(
      join(stateDir, 'ignore.yaml'),
      `exemptions: [{rule: custom/TooFewReplicas, name: web, reason: known, expires: "${soon()}"}]`,
    );
    const rules = rule('object.spec.replicas < 2');
    expect((await report(rules, '--ignore', 'ignore.yaml')).findings).toEqual([]);
    writeFileSync(join(stateDir, 'base.json'), (await analyze(rules, ['-o', 'json'])).stdout);
    expect((await report(rules, '--baseline', 'base.json')).findings).toEqual([]);
  });

  test('shows in k8sgpt’s JSON and makes --fail-on fail', async () => {
    const rules = rule('object.metadata.name == "web"');
    const { code, stdout } = await analyze(rules, ['-o', 'k8sgpt', '--fail-on', 'medium']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      results: [{ kind: 'Deployment', name: 'shop/web', error: [{ Text: 'web has 1 replicas.' }] }],
    });
  });

  test.each([
    ['comes to no boolean', 'object.spec.replicas', 'when comes to something else than true or false'],
    [
      'takes too long',
      'len([for a in [1,2,3,4,5,6,7,8,9,0], for b in [1,2,3,4,5,6,7,8,9,0], for c in [1,2,3,4,5,6,7,8,9,0], for d in [1,2,3,4,5,6,7,8,9,0], for e in [1,2,3,4,5,6,7,8,9,0], for f in [1,2,3,4,5,6,7,8,9,0], for g in [1,2,3,4,5,6,7,8,9,0] {object.metadata.name}]) > 0',
      'rules.yaml:4',
    ],
  ])('that %s has not checked, and with --fail-on that is not green', async (_what, when, text) => {
    const { code, stdout } = await analyze(rule(when), ['--fail-on', 'low']);
    expect(stdout).toContain(text);
    expect(code).toBe(2);
  });

  test('prints no value of a Secret or of the environment', async () => {
    const { stdout } = await analyze(`analyzers:
- name: Leak
  selects: [{apiVersion: v1, kind: Secret}, {apiVersion: apps/v1, kind: Deployment}]
  when: object.metadata.name == "key" || object.metadata.name == "web"
  severity: low
  text: "\${$json(object)}"
  fix: None.
`);
    expect(stdout).toContain('custom/Leak');
    expect(stdout).not.toMatch(/swordfish|hunter2/);
  });
});

describe('a file that is wrong is refused, with the places', () => {
  test.each([
    ['CUE', rule('object.spec.replicas <'), /rules\.yaml:4:\d+.*when: /],
    ['a name', rule('parameter.x == 1'), /rules\.yaml:4:10.*there is no parameter here/],
    ['an expression', rule('true').replace('object.metadata.name}', 'metadata.name}'), /rules\.yaml:6:\d+/],
    ['labels', rule('true', ', labelSelector: "a in"'), /rules\.yaml:3:\d+/],
    ['nothing to do', rule('true').replace('  fix: Give it two.\n', ''), /rules\.yaml:2.*a rule wants fix/],
    ['a field', rule('true').replace('fix:', 'fox:'), /rules\.yaml:7:3/],
    [
      'two of a name',
      rule('true') + rule('true').replace('analyzers:\n', ''),
      /there are two analyzers named/,
    ],
    ['both kinds', `${rule('true')}  http: {url: "http://127.0.0.1:1/"}\n`, /when is of a rule/],
    ['an unset variable', remote('http://127.0.0.1:1/', 'env: ANALYZER_TOKEN'), /ANALYZER_TOKEN is not set/],
    ['a password in an address', remote('http://a:b@127.0.0.1:1/'), /no user and no password/],
  ])('%s', async (_what, rules, text) => {
    const { code, stdout, stderr } = await analyze(rules);
    expect(stderr).toMatch(text);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('an analyzer over HTTP', () => {
  let server: Running;
  let bodies: string[];
  let tokens: (string | undefined)[];
  afterEach(() => server.close());

  async function serve(answer: (response: ServerResponse) => void): Promise<void> {
    bodies = [];
    tokens = [];
    server = await serveHttp((request, response) => {
      tokens.push(request.headers.authorization);
      void bodyOf(request).then((text) => {
        bodies.push(text);
        answer(response);
      });
    });
  }

  function finds(...findings: readonly object[]): (response: ServerResponse) => void {
    return (response) => response.end(JSON.stringify({ findings }));
  }

  const problem = {
    object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    reason: 'Alone',
    severity: 'high',
    text: 'It is \u001B[31malone.',
    fix: 'Add one.',
  };

  test('is sent objects without secrets, and finds', async () => {
    await serve(finds(problem));
    const rules = remote(server.url, 'env: ANALYZER_TOKEN');
    const { code, stdout, stderr } = await analyze(rules, [], { ANALYZER_TOKEN: 'Bearer t0ken-t0ken' });
    expect([code, tokens]).toEqual([0, ['Bearer t0ken-t0ken']]);
    expect(stdout).toContain('high  Deployment shop/web  custom/Remote/Alone\n  It is');
    expect(stdout + stderr).not.toContain('t0ken-t0ken');
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      version: 'sluice.dev/analyzer/v1',
      analyzer: 'Remote',
      objects: [{ metadata: { name: 'web' } }, { metadata: { name: 'api' } }, {}, { kind: 'Secret' }],
    });
    expect(bodies[0]).not.toMatch(/swordfish|hunter2/);
  });

  test.each<readonly [string, (response: ServerResponse) => void, string]>([
    ['answers 500', (response) => response.writeHead(500).end('secret words'), 'it answered 500, not 200'],
    ['answers no JSON', (response) => response.end('secret words'), 'its answer is no JSON that counts'],
    ['sends elsewhere', (response) => response.writeHead(302, { location: '/x' }).end(), 'it answered 302'],
    ['makes a field up', finds({ ...problem, extra: 1 }), 'findings[0].extra does not exist'],
    ['makes an object up', finds({ ...problem, object: { kind: 'Pod', name: 'x' } }), 'findings[0] is about'],
    ['says it twice', finds(problem, problem), 'findings[1] is the same as an earlier one'],
    ['breaks off', (response) => response.destroy(), 'cannot ask 127.0.0.1'],
    ['does not answer', () => undefined, '(TimedOut)'],
  ])('that %s has not checked, and the rest is printed', async (_what, answer, text) => {
    await serve(answer);
    const { code, stdout } = await analyze(remote(server.url) + rule('true').replace('analyzers:\n', ''));
    expect(code).toBe(0);
    expect(stdout).toContain(text);
    expect(stdout).toContain('custom/TooFewReplicas');
    expect(stdout).not.toContain('secret words');
  });
});

function remote(url: string, valueFrom = ''): string {
  const header = valueFrom === '' ? '' : `, headers: [{name: Authorization, valueFrom: {${valueFrom}}}]`;
  return `analyzers:
- name: Remote
  selects: [{apiVersion: apps/v1, kind: Deployment}, {apiVersion: v1, kind: Secret}]
  http: {url: "${url}", timeout: 500ms${header}}
`;
}

function soon(): string {
  return new Date(Date.now() + 30 * 24 * 3_600_000).toISOString().slice(0, 10);
}
