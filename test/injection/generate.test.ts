import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { leaksIn } from '../canary/leaks-in.ts';
import { leakyText, formCount } from '../canary/leak-forms.ts';
import { Canaries } from '../canary/scene.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { outputTechniques } from './output-techniques.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-generate-'));
});

const service = ['--procedure', 'web-service', '--image', 'corp.example/cart:1.4', '--port', '8080'];

async function generate(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RealEnd> {
  return realCli(['generate', ...words], { stateDir, env: { GITHUB_ACTIONS: 'true', ...env } });
}

const steering = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const marks = /(?<=[:#@])\u200B/g;

interface Deployment {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly env: object; readonly command: object }[] };
    };
  };
}

describe.each(outputTechniques)('%s', (_name, text) => {
  // No argument of a process holds these.
  test.skipIf(/[\0\p{Cs}]/u.test(text))('as a value stays a value', async () => {
    const { code, stdout, stderr } = await generate([...service, '--env', `NOTE=${text}`, '--command', text]);
    expect({ code, stderr: stderr.replaceAll(marks, '').match(steering) }).toEqual({ code: 0, stderr: null });
    const documents = parseAllDocuments(stdout).map((each) => each.toJS() as Deployment);
    expect(documents.map(({ kind }) => kind).toSorted()).toEqual([
      'Deployment',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
    ]);
    const made = documents.find(({ kind }) => kind === 'Deployment');
    expect(made?.spec.template.spec.containers[0]).toMatchObject({
      env: [{ name: 'NOTE', value: text }],
      command: [text],
    });
  });

  test.each(['name', 'image', 'host', 'namespace', 'health-path', 'memory', 'env'])(
    'is no %s',
    async (flag) => {
      const value = flag === 'env' ? `${text}=x` : text;
      const { code, stdout, stderr } = await generate([...service, `--${flag}`, value]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.replaceAll(marks, '')).not.toMatch(steering);
      expect(stderr).not.toMatch(/^\s*::(?!error)|##\[/m);
    },
  );

  test('in manifests of a model is seen before it is applied', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { note: text },
    };
    await withModel(JSON.stringify({ kind: 'manifests', manifests: [manifest] }), async (_model, env) => {
      const { stdout, stderr } = await generate(['something of my own', '--apply'], env);
      expect((stdout + stderr).replaceAll(marks, '')).not.toMatch(steering);
      expect(stdout + stderr).not.toMatch(/^\s*::(?!error)|##\[/m);
      expect(stderr).toContain('Not applied: nobody can be asked.');
    });
  });
});

async function withModel(
  answer: string,
  use: (model: ModelServer, env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const model = await startModelServer(saying(answer));
  try {
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-operators-own-key', OPENAI_MODEL: 'small' };
    await use(model, env);
  } finally {
    await model.close();
  }
}

test('a secret in a request reaches no model', async () => {
  await withModel('{"kind":"question","question":"What?"}', async (model, env) => {
    const planted = new Canaries('Cnry');
    const leaky = leakyText(planted, 0);
    for (let form = 0; form < formCount; form += 1)
      await generate([`something of my own: ${leaky('request')}`], env);
    expect(model.seen.length).toBeGreaterThan(formCount / 2);
    expect(leaksIn(planted, model.seen.map(({ body }) => body).join('\n'))).toEqual([]);
  });
});
