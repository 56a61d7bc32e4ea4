import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-bad-input-'));
  await mkdir(join(stateDir, 'dump'));
});

const write = (name: string, text: string | Uint8Array): Promise<void> =>
  writeFile(join(stateDir, 'dump', name), text);

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['analyze', '--from', 'dump', ...words], { stateDir });
}

test('of a thousand files one is broken: it is named with its line, and the others are judged', async () => {
  const names = Array.from({ length: 999 }, (_, index) => `${String(index).padStart(3, '0')}.yaml`);
  await Promise.all(names.map((name) => write(name, waitingPod(`pod-${name.slice(0, 3)}`))));
  await write('500-broken.yaml', 'apiVersion: v1\nkind: [\n');
  const { code, stdout, stderr } = await analyze('--filter', 'Pod', '-o', 'json');
  expect(code).toBe(2);
  expect(stderr.match(/^dump\/.*$/gm)).toEqual([
    expect.stringMatching(/^dump\/500-broken\.yaml:\d+:\d+: error /),
  ]);
  expect((JSON.parse(stdout) as { readonly findings: readonly unknown[] }).findings.length).toBe(999);
});

test.each<readonly [string, string, string, () => Promise<unknown>]>([
  [
    'YAML larger than 16 MiB',
    'big.yaml',
    'the file is larger than 16 MiB',
    () => write('big.yaml', Buffer.alloc(16 * 1024 * 1024 + 1, '#')),
  ],
  [
    'larger than 64 MiB',
    'big.json',
    'it is larger than 64 MiB',
    () => write('big.json', Buffer.alloc(64 * 1024 * 1024 + 1, ' ')),
  ],
  [
    'a link to nothing',
    'big.json',
    'no such file',
    () => symlink('nowhere', join(stateDir, 'dump/big.json')),
  ],
  ['no text', 'big.json', 'UTF-8', () => write('big.json', Uint8Array.of(0xff, 0xfe, 0x00))],
])('a file that is %s is named, and the others are judged', async (_, name, said, make) => {
  await write('pod.yaml', waitingPod('one'));
  await make();
  const { code, stdout, stderr } = await analyze();
  expect(code).toBe(2);
  expect(stderr).toContain(`dump/${name}:1:1: error `);
  expect(stderr).toContain(said);
  expect(stdout).toContain('Pod default/one');
});

test('a dump of 20 MB in JSON is read whole, and a finding has its line', async () => {
  const padding = { name: 'PADDING', value: 'x'.repeat(20_000) };
  const pods = Array.from({ length: 1000 }, (_, index) => {
    const pod = parse(waitingPod(`pod-${index}`)) as { readonly spec: { readonly containers: unknown[] } };
    return { ...pod, spec: { containers: [{ name: 'c', image: 'web', env: [padding] }] } };
  });
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }, undefined, 2);
  await write('dump.json', text);
  const { code, stdout } = await analyze('--filter', 'Pod', '-o', 'json');
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly place: object }[] };
  expect({ code, count: findings.length }).toEqual({ code: 0, count: 1000 });
  const line = text.split('\n').findIndex((each) => each.includes('"name": "c"')) + 1;
  expect(findings[0]?.place).toMatchObject({ file: 'dump/dump.json', line: line - 1 });
});

const secrets = Array.from({ length: 300 }, (_, index) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `s${index}`, namespace: 'default' },
  data: { password: Buffer.from(`hunter2-${'x'.repeat(7500)}`).toString('base64') },
}));

test.each(['text', 'json', 'yaml', 'sarif', 'junit', 'markdown', 'k8sgpt'])(
  'of a list of Secrets of 3 MB no value is in -o %s',
  async (format) => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: secrets });
    expect(text.length).toBeGreaterThan(3_000_000);
    await write('secrets.json', text);
    await write(
      'ingress.yaml',
      `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { ingressClassName: gce, tls: [{ secretName: s1 }, { secretName: gone }] }
`,
    );
    const { code, stdout, stderr } = await analyze('-o', format, '--filter', 'Ingress');
    expect(code).toBe(0);
    expect(stdout).toContain('gone');
    expect(stdout + stderr).not.toMatch(/aHVudGVyMi|hunter2/);
  },
);

test('what is at fault in a file with a Secret is named without its line', async () => {
  await write('secret.yaml', 'kind: Secret\nstringData: { password: hunter2, : ]\n');
  await write('pod.yaml', waitingPod('one'));
  const { code, stderr } = await analyze();
  expect(code).toBe(2);
  expect(stderr).toContain('dump/secret.yaml:2');
  expect(stderr).not.toContain('hunter2');
});

test('a name of nothing is wrong use', async () => {
  const { code, stdout, stderr } = await realCli(['analyze', '--from', 'nowhere'], { stateDir });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('cannot read nowhere');
});
