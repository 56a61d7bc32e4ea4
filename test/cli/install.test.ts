import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { cli } from './cli-process.ts';

const objectsIn = (yaml: string): readonly KubeObject[] =>
  parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject);
const titles = (objects: readonly KubeObject[]): readonly string[] =>
  objects.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ?? ''}/${name ?? ''}`);

describe('install', () => {
  test('prints deploy/install.yaml', async () => {
    const { stdout, code } = await cli(['install']);
    const file = readFileSync(join(import.meta.dirname, '../../deploy/install.yaml'), 'utf8');
    expect([stdout, code]).toEqual([file.replaceAll(/^#.*\n/gm, ''), 0]);
  });

  test('takes an image, and lets the offline engine answer when told to', async () => {
    const { stdout } = await cli([
      'install',
      '--image',
      'example.com/x:1',
      '--allow-offline-model',
      '-o',
      'json',
    ]);
    const { items } = JSON.parse(stdout) as { readonly items: readonly KubeObject[] };
    const deployment = items.find(({ kind }) => kind === 'Deployment');
    const { containers } = (
      deployment as unknown as { spec: { template: { spec: { containers: readonly unknown[] } } } }
    ).spec.template.spec;
    expect(containers).toMatchObject([
      { image: 'example.com/x:1', args: expect.arrayContaining(['--allow-offline-model']) as unknown },
    ]);
  });

  test('--namespace prints what enables it, and nothing else', async () => {
    const { stdout } = await cli(['install', '--namespace', 'shop', '-n', 'pay']);
    expect(titles(objectsIn(stdout))).toEqual(
      ['shop', 'pay'].flatMap((namespace) => [
        `Role ${namespace}/sluice-impersonator`,
        `RoleBinding ${namespace}/sluice-impersonator`,
        `ServiceAccount ${namespace}/sluice-runner`,
        `Role ${namespace}/sluice-runner`,
        `RoleBinding ${namespace}/sluice-runner`,
      ]),
    );
  });

  test('an account of another name is named, not made', async () => {
    const { stdout } = await cli(['install', '--namespace', 'shop', '--service-account', 'deployer']);
    const objects = objectsIn(stdout);
    expect(titles(objects)).toEqual([
      'Role shop/sluice-impersonator-deployer',
      'RoleBinding shop/sluice-impersonator-deployer',
    ]);
    expect(objects[0]?.['rules']).toMatchObject([
      { verbs: ['impersonate'], resourceNames: ['deployer'] },
      {},
    ]);
  });

  test.each([
    ['no name of a namespace', ['--namespace', 'a.b'], /--namespace "a\.b" is no name/],
    ['a name that is too long', ['--namespace', 'a'.repeat(64)], /is no name/],
    [
      'no name of an account',
      ['--service-account', 'system:admin'],
      /--service-account "system:admin" is no name/,
    ],
    ['an image for a namespace', ['--namespace', 'a', '--image', 'x'], /--image is about the controller/],
    [
      'a model for a namespace',
      ['--namespace', 'a', '--allow-offline-model'],
      /--allow-offline-model is about the controller/,
    ],
  ])('%s is refused, and nothing printed', async (_what, flags, says) => {
    const { stdout, stderr, code } = await cli(['install', ...flags]);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toMatch(says);
  });

  test('--apply says what it cannot read a cluster from', async () => {
    const { stdout, stderr, code } = await cli(['install', '--apply', '--kubeconfig', '/nowhere/config']);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain('/nowhere/config');
  });
});
