import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../real-cli.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-hostile-trivy-'));
});

/** Audits a Pod of this image with a `trivy` on PATH that is this program of sh. */
async function audit(image: string, program: string, ...words: readonly string[]): Promise<RealEnd> {
  const trivy = join(stateDir, 'trivy');
  await writeFile(trivy, `#!/bin/sh\n${program}\n`);
  await chmod(trivy, 0o755);
  const spec = { containers: [{ name: 'c', image }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec };
  await writeFile(join(stateDir, 'pod.json'), JSON.stringify(pod));
  const env = { PATH: `${stateDir}:${process.env['PATH'] ?? ''}`, TRIVY_PASSWORD: 'hunter2-of-registry' };
  return realCli(['audit', '-f', 'pod.json', '--images', ...words], { stateDir, env });
}

const image = 'corp.example/web:1.2';
const found = (fields: object): string =>
  JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: image,
    Results: [{ Target: 'os', Vulnerabilities: [{ VulnerabilityID: 'CVE-1', Severity: 'HIGH', ...fields }] }],
  });

test.each([
  ['never ends its report', 'yes', 'larger than 16 MiB', '2m'],
  ['never ends', 'exec sleep 60', 'had not ended', '1s'],
  ['says no JSON', 'echo "no database"', 'not JSON', '2m'],
  ['says something else', "echo '{}'", 'SchemaVersion', '2m'],
  [
    'ends with an error',
    'echo "cannot log in: password=hunter2 $TRIVY_PASSWORD" >&2; exit 1',
    'password=***',
    '2m',
  ],
  ['is killed', 'kill -9 $$', 'said nothing', '2m'],
  ['nests without end', "head -c 3000000 /dev/zero | tr '\\0' '['", 'nest', '2m'],
])('a Trivy that %s has checked nothing, and the rest is printed', async (_what, program, said, timeout) => {
  const { code, stdout, stderr } = await audit(image, program, '--image-timeout', timeout);
  expect(code).toBe(0);
  expect(stdout).toContain(`not judged: image ${image}: `);
  expect(stdout).toContain(said);
  expect(stdout).toContain('NoMemoryLimit');
  expect(stdout + stderr).not.toMatch(/hunter2(?!-of)/);
});

test('what Trivy says steers no terminal', async () => {
  const text = '\u001b[2J\u202Eevil\n::error::x';
  const report = found({ Title: text, PkgName: text, InstalledVersion: text, FixedVersion: text });
  await writeFile(join(stateDir, 'report.json'), report);
  const { code, stdout } = await audit(image, `cat ${join(stateDir, 'report.json')}`);
  expect(code).toBe(0);
  expect(stdout).toContain('HighVulnerabilities');
  expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^\s*::/mu);
});

test.each(['text', 'json', 'yaml', 'sarif', 'junit', 'markdown'])(
  'the password in the name of an image is not in -o %s',
  async (format) => {
    const named = 'https://robot:hunter2@corp.example/web:1.2';
    const { stdout, stderr } = await audit(named, 'exit 1', '-o', format);
    expect(stdout + stderr).toContain('corp.example');
    expect(stdout + stderr).not.toContain('hunter2');
  },
);

test('an image that looks like an option is none', async () => {
  const { stdout } = await audit('--server=http://evil.example', 'echo "$@" >&2; exit 1');
  expect(stdout).toMatch(/not judged: image --server=http:\/\/evil.example: it is no image name/);
});
