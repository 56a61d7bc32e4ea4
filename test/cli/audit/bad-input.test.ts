import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../real-cli.ts';
import { deployment } from './manifests.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-audit-bad-'));
  await mkdir(join(stateDir, 'all'));
});

const write = (name: string, text: string): Promise<void> => writeFile(join(stateDir, 'all', name), text);
const formats = ['text', 'json', 'yaml', 'sarif', 'junit', 'markdown'];

async function audit(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['audit', '-f', 'all', ...words], { stateDir });
}

test('of many files one is broken: it is named with its line, and the others are judged', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `${index}.yaml`);
  await Promise.all(
    names.map((name) => write(name, deployment({ image: 'web' }).replaceAll('name: web', `name: w${name}`))),
  );
  await write('50-broken.yaml', 'apiVersion: v1\nkind: [\n');
  const { code, stdout, stderr } = await audit('-o', 'json', '--fail-on', 'medium');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^all\/50-broken\.yaml:\d+:\d+: error /m);
  expect(JSON.parse(stdout)).toMatchObject({ summary: { objects: 600, counts: { medium: 200 } } });
});

test('half-written objects end no audit', async () => {
  const odd = [
    'apiVersion: apps/v1\nkind: Deployment\n',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: null\nspec: { template: { spec: { containers: [null, 1, {}] } } }\n',
    'apiVersion: 1\nkind: [Pod]\nmetadata: web\n',
    'kind: Pod\nspec: { containers: [{ image: 7, env: {}, ports: [[]] }] }\n',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: [] }\nspec: { rules: [{ http: { paths: [{}] } }] }\n',
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: []\n',
    'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: { scaleTargetRef: [] }\n',
    '- a\n- b\n',
    'null\n',
  ];
  await write('odd.yaml', `${odd.join('---\n')}${deployment({ image: 'web' })}`);
  for (const format of formats) {
    const { code, stdout, stderr } = await audit('-o', format);
    expect({ code, stderr }, format).toMatchObject({ code: 0 });
    expect(stdout, format).toContain('ImageTagMutable');
  }
});

describe('what others wrote', () => {
  const secret = 'zXq7-hunter2-correct-horse';

  test.each(formats)('no value of a Secret, a variable or an argument is in -o %s', async (format) => {
    const web = deployment({ image: 'web' }).replace(
      'image: web',
      `image: web\n          env: [{ name: DB_PASSWORD, value: ${secret} }]\n          args: ["--db-password=${secret}"]`,
    );
    await write('web.yaml', web);
    await write(
      'secret.yaml',
      `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: ${secret} }\n---
apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { DB_PASSWORD: ${secret} }\n`,
    );
    const { stdout, stderr } = await audit('-o', format);
    expect(stdout).toContain('SecretInEnv');
    expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  test.each(formats)('commands neither a terminal nor CI by -o %s', async (format) => {
    await write(
      'web.yaml',
      deployment({ image: 'web' }).replaceAll('name: web', String.raw`name: "\e[31mweb\n::error::x"`),
    );
    const end = await realCli(['audit', '-f', 'all', '-o', format], {
      stateDir,
      env: { GITHUB_ACTIONS: 'true' },
    });
    for (const stream of [end.stdout, end.stderr]) {
      // oxlint-disable-next-line no-control-regex
      expect(stream).not.toMatch(/\u001B/);
      expect(stream).not.toMatch(/^\s*::error::/m);
    }
  });
});
