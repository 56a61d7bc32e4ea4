import { describe, expect, test } from 'vitest';
import { readClusterFile } from '../../src/cluster/memory/cluster-file.ts';
import { noRules, type ClusterRules } from '../../src/cluster/memory/images/cluster-rules.ts';
import { fullImageName, parseImageName } from '../../src/cluster/memory/images/image-name.ts';
import { decideImage } from '../../src/cluster/memory/images/image-outcome.ts';
import { officialImages } from '../../src/cluster/memory/images/official-images.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an image name', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`nginx:1.27@${digest}`, `docker.io/library/nginx:1.27@${digest}`],
    ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['ghcr.io/a/b/c:v1', 'ghcr.io/a/b/c:v1'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['registry.example:5000/app', 'registry.example:5000/app:latest'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['a__b/c-d.e', 'docker.io/a__b/c-d.e:latest'],
    ['rocket.chat', 'docker.io/library/rocket.chat:latest'],
  ])('%s is %s', (text, full) => {
    const name = parseImageName(text);
    expect(name.kind === 'image' ? fullImageName(name) : name.reason).toBe(full);
  });

  test.each([
    ['', 'invalid reference format'],
    [' nginx', 'invalid reference format'],
    ['nginx:', 'invalid reference format'],
    ['nginx:1:2', 'invalid reference format'],
    ['nginx:-tag', 'invalid reference format'],
    ['nginx@sha256:short', 'invalid reference format'],
    ['https://docker.io/nginx', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['a_/b', 'invalid reference format'],
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['ghcr.io/Team/app', 'invalid reference format: repository name (Team/app) must be lowercase'],
    ['a'.repeat(64).replaceAll('a', 'f'), 'invalid reference format'],
    [`x/${'a'.repeat(300)}`, 'repository name must not be more than 255 characters'],
    ['a'.repeat(100_000), 'invalid reference format'],
  ])('%s is none', (text, reason) => {
    expect(parseImageName(text)).toEqual({ kind: 'malformed', reason });
  });
});

describe('whether an image pulls', () => {
  test.each([
    ['nginx', 'pulls'],
    ['library/nginx', 'pulls'],
    ['docker.io/nginx', 'pulls'],
    ['openjdk:8', 'pulls'],
    ['centos:7', 'pulls'],
    ['corp.example/app:1', 'pulls'],
    ['someone/app', 'pulls'],
    ['localhost:5000/app', 'pulls'],
    ['ngnix', 'refused'],
    ['invalid', 'refused'],
    ['library/ngnix', 'refused'],
    ['docker.io/library/ngnix', 'refused'],
    ['registry.invalid/app', 'refused'],
    ['a.b.INVALID:5000/app', 'refused'],
    ['invalid:5000/app', 'refused'],
    ['notinvalid.example/app', 'pulls'],
    ['UPPER', 'invalid-name'],
    ['a b', 'invalid-name'],
  ])('%s %s', (image, kind) => {
    expect(decideImage(image, '', noRules).kind).toBe(kind);
  });

  test.each([
    ['ngnix', /pull access denied, repository does not exist or may require authorization/],
    [
      'registry.invalid/app:1',
      /Head "https:\/\/registry\.invalid\/v2\/app\/manifests\/1": dial tcp: lookup registry\.invalid: no such host/,
    ],
  ])('%s says why', (image, says) => {
    expect(decideImage(image, '', noRules)).toMatchObject({ message: expect.stringMatching(says) as string });
  });

  const rules: ClusterRules = {
    images: [
      { image: 'corp.example/*:bad', pull: false, error: 'toomanyrequests' },
      { image: 'docker.io/library/redis:*', pull: false },
      { image: 'mine', pull: true },
      { image: 'corp.example/once*twice*thrice', pull: false },
      { image: 'prod-only/app', cluster: 'prod', pull: false },
      { image: 'corp.example/fails', exitCode: 2 },
      { image: 'Bad Name', pull: true },
    ],
  };
  test.each<readonly [string, string, object]>([
    ['corp.example/a/b:bad', '', { kind: 'refused', message: 'toomanyrequests' }],
    ['corp.example/a/b:good', '', { kind: 'pulls' }],
    [
      'redis:7',
      '',
      { kind: 'refused', message: expect.stringContaining('docker.io/library/redis:7: not found') as string },
    ],
    ['mine', '', { kind: 'pulls' }],
    ['corp.example/once-twice-thrice', '', { kind: 'refused' }],
    ['corp.example/oncetwice', '', { kind: 'pulls' }],
    ['prod-only/app', 'prod', { kind: 'refused' }],
    ['prod-only/app', '', { kind: 'pulls' }],
    ['corp.example/fails', '', { kind: 'pulls', exitCode: 2 }],
    ['Bad Name', '', { kind: 'invalid-name' }],
  ])('%s on cluster "%s" by rule', (image, cluster, expected) => {
    expect(decideImage(image, cluster, rules)).toMatchObject(expected);
  });

  test('the names are those of Docker Official Images', () => {
    expect(officialImages.size).toBeGreaterThan(170);
    for (const name of officialImages) expect(decideImage(name, '', noRules).kind).toBe('pulls');
    for (const name of [
      'nginx',
      'redis',
      'postgres',
      'busybox',
      'alpine',
      'mysql',
      'node',
      'python',
      'httpd',
    ])
      expect(officialImages).toContain(name);
  });
});

describe('a cluster file', () => {
  test('gives rules', () => {
    expect(
      read('images:\n- image: "corp.example/*"\n  pull: no\n  error: gone\n- {image: x, exitCode: 1}'),
    ).toEqual({
      images: [
        { image: 'corp.example/*', pull: false, error: 'gone' },
        { image: 'x', exitCode: 1 },
      ],
    });
    expect(read('images:')).toEqual({ images: [] });
  });

  test.each([
    ['- a', /^c\.yaml:1:1: .*must be a map/],
    ['imags: []', /^c\.yaml:1:1: .*no field imags/],
    ['images: x', /^c\.yaml:1:1: .*must be a list/],
    ['images:\n- pull: true', /^c\.yaml:2:3: .*must name an image/],
    ['images:\n- image: x\n  pul: true', /^c\.yaml:3:3: .*no field pul/],
    ['images:\n- image: x\n  pull: "no"', /^c\.yaml:3:3: .*pull must be a boolean/],
    ['images:\n- image: x\n  exitCode: 300', /^c\.yaml:3:3: .*from 0 to 255/],
    ['', /no document/],
    ['images: [', /^c\.yaml:1:/],
    ['images: []\n---\nimages: []', /second document/],
  ])('%j is refused at its place', (text, says) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ kind: 'invalid', message: expect.stringMatching(says) as string }) as Error,
    );
  });
});

function read(text: string): ClusterRules {
  return readClusterFile(new TextEncoder().encode(text), 'c.yaml');
}
