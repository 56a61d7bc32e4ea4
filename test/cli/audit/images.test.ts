import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../real-cli.ts';
import { deployment } from './manifests.ts';

const openssl = {
  VulnerabilityID: 'CVE-2026-0001',
  PkgName: 'openssl',
  InstalledVersion: '3.0.1',
  FixedVersion: '3.0.2',
  Severity: 'CRITICAL',
  Title: 'reads too far',
};
const report = JSON.stringify({
  SchemaVersion: 2,
  ArtifactName: 'web',
  Results: [{ Target: 'debian', Vulnerabilities: [openssl, { ...openssl, PkgName: 'libssl' }] }],
});

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-images-'));
  await mkdir(join(stateDir, 'bin'));
});

/** Puts an executable `trivy` on PATH that is this shell script; it notes each of its calls. */
async function install(script: string): Promise<void> {
  const path = join(stateDir, 'bin/trivy');
  await writeFile(path, `#!/bin/sh\necho "$*" >> "${join(stateDir, 'calls')}"\n${script}\n`);
  await chmod(path, 0o755);
}

async function calls(): Promise<readonly string[]> {
  return (await readFile(join(stateDir, 'calls'), 'utf8')).trim().split('\n');
}

async function audit(
  text: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RealEnd> {
  await writeFile(join(stateDir, 'web.yaml'), text);
  await writeFile(join(stateDir, 'report.json'), report);
  const path = `relative:${join(stateDir, 'bin')}:/usr/bin:/bin`;
  return realCli(['audit', '-f', 'web.yaml', ...words], { stateDir, env: { PATH: path, ...env } });
}

const two = deployment({}) + deployment({}).replaceAll('name: web', 'name: api');

test('what Trivy finds is a finding of each object for each severity, and an image is scanned once', async () => {
  await install(`cat "${stateDir}/report.json"`);
  const { code, stdout } = await audit(two);
  expect(code).toBe(0);
  expect(stdout).toContain(`Deployment web  score 60 of 100
 -40  critical  CriticalVulnerabilities  web.yaml:17:11 spec.template.spec.containers[0].image
      Trivy knows 1 critical vulnerability of image "registry.test/web:1@sha256:${'a'.repeat(64)}": CVE-2026-0001.
      CVE-2026-0001 in openssl 3.0.1: reads too far; fixed in 3.0.2
`);
  expect(stdout).toContain('Deployment api  score 60 of 100');
  expect(stdout).toContain('1 image scanned by Trivy');
  expect(await calls()).toEqual([
    `image --format json --quiet --scanners vuln -- registry.test/web:1@sha256:${'a'.repeat(64)}`,
  ]);
});

test('many vulnerabilities are one finding with some of their names', async () => {
  const one = { VulnerabilityID: 'CVE-0', PkgName: 'zlib', InstalledVersion: '1', Severity: 'HIGH' };
  const many = Array.from({ length: 400 }, (_, index) => ({ ...one, VulnerabilityID: `CVE-${index}` }));
  await writeFile(
    join(stateDir, 'many.json'),
    JSON.stringify({ SchemaVersion: 2, ArtifactName: 'i', Results: [{ Vulnerabilities: [...many, one] }] }),
  );
  await install(`cat "${stateDir}/many.json"`);
  const { findings } = JSON.parse((await audit(deployment({}), ['-o', 'json'])).stdout) as {
    readonly findings: readonly { readonly text: string }[];
  };
  expect(findings).toHaveLength(1);
  expect(findings[0]?.text).toContain('400 high vulnerabilities');
  expect(findings[0]?.text).toContain('CVE-0, CVE-1, CVE-2 and 397 more');
});

describe('an image that could not be looked into is said, and a wish is not met by it', () => {
  test.each([
    ['it fails', 'echo cannot pull it >&2; exit 1', 'Trivy ended with 1: cannot pull it'],
    ['it says nothing', 'exit 2', 'Trivy ended with 2 and said nothing'],
    ['what it prints is no report', 'echo {}', 'trivy report: SchemaVersion must be 2'],
    ['it knows nothing of it', 'echo \'{"SchemaVersion":2,"ArtifactName":"i"}\'', 'found no package'],
    ['it does not end', 'sleep 60', 'Trivy had not ended after 1 s'],
  ])('%s', async (_, script, said) => {
    await install(script.replace('sleep', 'exec sleep'));
    const words = ['--image-timeout', '200ms', '--fail-on', 'critical'];
    const { code, stdout } = await audit(deployment({}), script.startsWith('sleep') ? words : words.slice(2));
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining(said) as string });
  });

  test('it is no image name', async () => {
    await install(`cat "${stateDir}/report.json"`);
    const { stdout } = await audit(deployment({ image: '"--output=/tmp/x"' }));
    expect(stdout).toContain('not judged: image --output=/tmp/x: it is no image name');
    await expect(calls()).rejects.toThrow('ENOENT');
  });
});

describe('whether images are scanned', () => {
  test.each([
    [
      'in CI it has to be asked for',
      [],
      { CI: 'true' },
      'CI is set, and there --images has to ask for it',
      false,
    ],
    ['in CI it was asked for', ['--images'], { CI: 'true' }, '1 image scanned', true],
    ['it is not wanted', ['--no-images'], {}, 'score 100', false],
  ])('%s', async (_, words, env, said, isCalled) => {
    await install(`cat "${stateDir}/report.json"`);
    expect((await audit(deployment({}), words, env)).stdout).toContain(said);
    const seen = await calls().catch(() => []);
    expect(seen.length > 0).toBe(isCalled);
  });

  test('without Trivy it cannot be asked for', async () => {
    const { code, stderr } = await audit(deployment({}), ['--images']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('--images needs trivy') as string,
    });
  });
});

test('what is found in images can be exempted', async () => {
  await install(`cat "${stateDir}/report.json"`);
  const expires = new Date(Date.now() + 30 * 24 * 3_600_000).toISOString().slice(0, 10);
  const entry = `{ rule: CriticalVulnerabilities, reason: not reachable, owner: web team, expires: "${expires}" }`;
  await writeFile(join(stateDir, 'ignore.yaml'), `exemptions: [${entry}]\n`);
  const { stdout } = await audit(deployment({}), ['--ignore', 'ignore.yaml']);
  expect(stdout).toContain(
    `exempted until ${expires}: CriticalVulnerabilities (1 finding): not reachable (web team)\n`,
  );
  expect(stdout).toContain('score 100');
});
