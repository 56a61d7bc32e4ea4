import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeKubeconfig, type KubeconfigFile } from '../../cluster-port/kubeconfig-file.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

let stateDir: string;
let server: Server;
let kubeconfig: KubeconfigFile;
/** Answers every list of Nodes. */
let answer: (response: ServerResponse, query: URLSearchParams) => void;

const bad = { type: 'Ready', status: 'False', reason: 'KubeletDown', message: 'no heartbeat' };
const node = (name: unknown): object => ({ metadata: { name, uid: 'u' }, status: { conditions: [bad] } });
const page = (items: unknown, next?: unknown): string =>
  JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', metadata: { continue: next }, items });

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const deep = page([{ ...node('one'), spec: { deep: 'DEEP' } }]).replace('"DEEP"', nested(100_000));

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-hostile-server-'));
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
    response.setHeader('content-type', 'application/json');
    if (pathname.endsWith('/nodes/one')) response.end(deep.replace(/^.*"items":\[/, '').replace(/\]\}$/, ''));
    else if (pathname.endsWith('/nodes')) answer(response, searchParams);
    else response.end(JSON.stringify({ kind: 'List', metadata: {}, items: [] }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  kubeconfig = writeKubeconfig([
    { name: 'main', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  ]);
});
afterAll(() => {
  kubeconfig.remove();
  server.closeAllConnections();
  server.close();
});

async function analyze(): Promise<RealEnd> {
  return realCli(['analyze', '--filter', 'Node,Ingress', '--kubeconfig', kubeconfig.file], { stateDir });
}

test.each<[what: string, body: (query: URLSearchParams) => string | Buffer, said: string]>([
  ['pages without an end and without items', () => page([], 'more'), 'more than 1000 pages'],
  ['the same page again and again', () => page([node('a')], 'more'), 'more than 1000 pages'],
  ['a page of 100 MB', () => Buffer.alloc(100 * 1024 * 1024, ' '), 'larger than'],
  ['no JSON', () => '<html>login</html>', 'is no JSON'],
  ['an object that nests without end', () => deep, 'nests too deeply'],
  ['JSON that is no object', () => '[]', 'is no list'],
  ['a list without items', () => '{}', 'is no list'],
  ['items that are no list', () => page({ a: 1 }), 'is no list'],
  ['items without metadata', () => page([node('one'), { status: {} }]), 'is no list'],
  ['items that are no objects', () => page([node('one'), null]), 'is no list'],
  ['items whose metadata is none', () => page([node('one'), { metadata: [] }]), 'is no list'],
])('%s: the kind is not checked, and said to be so; the rest is', async (_, body, said) => {
  answer = (response, query) => void response.end(body(query));
  const { code, stdout } = await analyze();
  expect(code).toBe(0);
  expect(stdout).toMatch(/not checked {2}Node: not checked: cannot list nodes \(Failed\): /);
  expect(stdout).toContain(said);
  expect(stdout).toContain('no problems found in 0 objects');
});

test.each<[what: string, items: readonly unknown[]]>([
  ['whose names are no text', [node(1), node(null), node({ a: 1 }), node(['x']), node('one')]],
  [
    'whose fields are of other types',
    [{ metadata: { labels: 1, uid: [] }, spec: 'x', status: 7 }, node('one')],
  ],
  ['of another kind', [{ ...node('one'), kind: 'Pod', apiVersion: 'v2' }]],
])('items %s: the others are judged', async (_, items) => {
  answer = (response) => void response.end(page(items));
  const { code, stdout, stderr } = await analyze();
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Node one  NodeNotReady');
});

test('a server that ends in the middle of an answer is said to have failed', async () => {
  answer = (response) => {
    response.setHeader('content-length', '1000');
    response.write('{"kind":"NodeList"');
    response.destroy();
  };
  const { stdout, stderr } = await analyze();
  expect(stdout + stderr).toMatch(/list nodes|cannot be reached/);
});

test.each([
  ['audit', '-A', '--no-images'],
  ['diagnose', 'node/one'],
  ['analyze', '--rules', 'rules.json'],
])('an object that nests without end does not end the program: %s', async (...words) => {
  const own = { apiVersion: 'v1', kind: 'Node' };
  const rule = {
    name: 'Own',
    selects: [own],
    when: 'object.spec != _|_',
    severity: 'low',
    text: '${ object }',
    fix: 'x',
  };
  await writeFile(join(stateDir, 'rules.json'), JSON.stringify({ analyzers: [rule] }));
  answer = (response) => void response.end(deep);
  const { code, stderr } = await realCli([...words, '--kubeconfig', kubeconfig.file], { stateDir });
  expect({ code, stderr }).not.toMatchObject({ code: 70 });
});
