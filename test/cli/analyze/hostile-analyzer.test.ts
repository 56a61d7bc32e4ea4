import { mkdtemp, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveHttp, type Running } from '../../net/loopback.ts';
import { realCli, type RealEnd } from '../real-cli.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
let server: Running | undefined;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-hostile-analyzer-'));
  await writeFile(join(stateDir, 'pods.yaml'), waitingPod('one'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function analyze(url: string): Promise<RealEnd> {
  const own = { name: 'Own', selects: [{ apiVersion: 'v1', kind: 'Pod' }], http: { url, timeout: '2s' } };
  await writeFile(join(stateDir, 'rules.json'), JSON.stringify({ analyzers: [own] }));
  return realCli(['analyze', '--from', 'pods.yaml', '--filter', 'Pod', '--rules', 'rules.json'], {
    stateDir,
  });
}

function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = (): void => {
    if (!response.destroyed && response.write(chunk)) setImmediate(more);
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}

const problem = {
  object: { kind: 'Pod', namespace: 'default', name: 'one' },
  severity: 'low',
  text: 't',
  fix: 'f',
};
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each<readonly [string, (response: ServerResponse) => void, RegExp]>([
  ['never ends its answer', flood, /larger than|more than/],
  [
    'sends to the metadata service',
    (response) => response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    /it answered 307/,
  ],
  ['nests without end', (response) => response.end(`{"findings":${nested(200_000)}}`), /nested|deep/],
  [
    'finds more than there can be',
    (response) => response.end(JSON.stringify({ findings: Array.from({ length: 10_001 }, () => problem) })),
    /its answer is not as it must be/,
  ],
  ['speaks of a prototype', (response) => response.end('{"__proto__":{"findings":[]}}'), /its answer is no/],
  [
    'has an id of ours',
    (response) => response.end(JSON.stringify({ findings: [{ ...problem, reason: 'x/../ErrImagePull' }] })),
    /its answer is not as it must be/,
  ],
])('an analyzer that %s has not checked, and the rest is printed', async (_what, answer, said) => {
  server = await serveHttp((request, response) => void request.resume().on('end', () => answer(response)));
  const { code, stdout, stderr } = await analyze(server.url);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Pod default/one  ErrImagePull');
  expect(stdout).toMatch(/not checked {2}custom\/Own: 1 object not checked in full: cannot ask /);
  expect(stdout).toMatch(said);
  expect(stdout).not.toMatch(/xxxx|meta-data/);
});

test.each([
  'http://169.254.169.254/',
  'http://2852039166/',
  'http://[fd00:ec2::254]/',
  'http://metadata.google.internal/',
])('the metadata service is no analyzer: %s', async (url) => {
  const { code, stdout } = await analyze(url);
  expect(code).toBe(0);
  expect(stdout).toContain('(Forbidden)');
  expect(stdout).toContain('it is the metadata service of a cloud');
});
