import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
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

test.each<readonly [string, string, () => Promise<unknown>]>([
  [
    'larger than 16 MiB',
    'it is larger than 16 MiB',
    () => write('big.json', Buffer.alloc(16 * 1024 * 1024 + 1, ' ')),
  ],
  ['a link to nothing', 'no such file', () => symlink('nowhere', join(stateDir, 'dump/big.json'))],
  ['no text', 'UTF-8', () => write('big.json', Uint8Array.of(0xff, 0xfe, 0x00))],
])('a file that is %s is named, and the others are judged', async (_, said, make) => {
  await write('pod.yaml', waitingPod('one'));
  await make();
  const { code, stdout, stderr } = await analyze();
  expect(code).toBe(2);
  expect(stderr).toContain('dump/big.json:1:1: error ');
  expect(stderr).toContain(said);
  expect(stdout).toContain('Pod default/one');
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
