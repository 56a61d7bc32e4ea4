import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { realCli } from '../cli/real-cli.ts';
import { leaksIn } from './leaks-in.ts';
import { Canaries, secretYaml } from './scene.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-broken-'));
  await writeFile(join(stateDir, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n');
});

/** Files with Secrets, whole, cut off and broken, as somebody hands over the wrong one. */
const broken: Readonly<Record<string, (planted: Canaries) => string>> = {
  'a Secret': secretYaml,
  'a Secret as JSON': (c) => JSON.stringify({ kind: 'Secret', stringData: { password: c.plant('JSON') } }),
  'JSON that is cut off': (c) => `{"kind":"Secret","stringData":{"password":"${c.plant('cut off')}`,
  'JSON with a value that is none': (c) => `{"password": ${c.plant('no value')} }`,
  'YAML that is broken': (c) => `kind: Secret\nstringData: { password: ${c.plant('flow')}, : ]\n`,
  'a key twice': (c) =>
    `kind: Secret\nstringData:\n  password: ${c.plant('first')}\n  password: ${c.plant('second')}\n`,
  'an unknown tag': (c) => `kind: Secret\nstringData:\n  password: !vault ${c.plant('tag')}\n`,
  'a file of variables': (c) =>
    `export DB_PASSWORD=${c.plant('variables')}\nTOKEN=${c.plant('variables, 2')}\n`,
  'a private key': (c) =>
    `-----BEGIN RSA PRIVATE KEY-----\n${c.plant('key')}\n-----END RSA PRIVATE KEY-----\n`,
};

const places: Readonly<Record<string, readonly string[]>> = {
  'analyze --from': ['analyze', '--from'],
  'analyze --baseline': ['analyze', '--from', 'pod.yaml', '--baseline'],
  'analyze --ignore': ['analyze', '--from', 'pod.yaml', '--ignore'],
  'analyze --rules': ['analyze', '--from', 'pod.yaml', '--rules'],
  'audit -f': ['audit', '--no-images', '-f'],
  'audit --ignore': ['audit', '--no-images', '-f', 'pod.yaml', '--ignore'],
  'diagnose --from': ['diagnose', 'pod/web', '--from'],
};

const rows = Object.keys(places).flatMap((place) =>
  Object.keys(broken).map((what) => [place, what] as const),
);

test.each(rows)('%s says nothing of the secrets of %s', async (place, what) => {
  const planted = new Canaries('Cnry');
  const name = what.includes('JSON') ? 'given.json' : 'given.yaml';
  await writeFile(join(stateDir, name), broken[what]?.(planted) ?? '');
  for (const more of [[], ['--debug']]) {
    const { stdout, stderr } = await realCli([...(places[place] ?? []), name, ...more], { stateDir });
    expect(stdout + stderr).not.toBe('');
    expect(leaksIn(planted, stdout + stderr)).toEqual([]);
  }
});
