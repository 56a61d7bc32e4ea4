import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wholeInstallation } from '../../src/controller/install/whole-installation.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const dockerfile = read('Dockerfile');
const { files, devDependencies } = JSON.parse(read('package.json')) as {
  readonly files: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
};

test('the image has the Node that the tests run on', () => {
  expect(/^ARG NODE=(.*)$/m.exec(dockerfile)?.[1]).toBe(devDependencies['node']);
});

test('the image has every file of the package', () => {
  const [, copied = ''] = /cp -r (.*) \/app\//.exec(dockerfile) ?? [];
  const missing = files.filter((file) => !copied.split(' ').includes(file.split('/')[0] ?? ''));
  expect(missing).toEqual([]);
});

test('the image runs as the user of the Deployment, who is not root', () => {
  const [, user] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
  const deployment = wholeInstallation({ image: 'x' }).find(({ kind }) => kind === 'Deployment');
  expect(deployment).toMatchObject({
    spec: { template: { spec: { securityContext: { runAsNonRoot: true, runAsUser: Number(user) } } } },
  });
});
