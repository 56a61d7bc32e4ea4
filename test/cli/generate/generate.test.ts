import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { realCli, type RealCli, type RealEnd } from '../real-cli.ts';
import { stored } from './stored.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-generate-'));
});

const cart = 'a web service from corp.example/cart:1.4 on port 8080';

async function generate(words: readonly string[], options: Partial<RealCli> = {}): Promise<RealEnd> {
  return realCli(['generate', ...words], { stateDir, ...options });
}

describe('generate', () => {
  test('prints manifests, and says what was checked', async () => {
    const { code, stdout, stderr } = await generate([cart]);
    expect(code).toBe(0);
    expect(stdout.match(/^kind: \w+$/gm)).toEqual([
      'kind: NetworkPolicy',
      'kind: Service',
      'kind: PodDisruptionBudget',
      'kind: Deployment',
    ]);
    expect(stderr).toMatch(/^local engine: .*\n/);
    expect(stderr).toContain('web-service: image=corp.example/cart:1.4 port=8080 name=cart');
    expect(stderr).toContain('schema: 4 of 4 objects fit Kubernetes 1.34\naudit: 97 of 100\n');
    expect(stderr).toContain('  new     Deployment default/cart\n');
    expect(await stored(stateDir, 'deploy')).toEqual([]);
  });

  test('prints a list as JSON, and writes a file instead', async () => {
    const { stdout } = await generate([cart, '-o', 'json', '-n', 'shop']);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'List',
      items: [{ metadata: { namespace: 'shop' } }, {}, {}, {}],
    });
    const written = await generate([cart, '-o', 'json', '-n', 'shop', '--out', 'cart.json']);
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(await readFile(join(stateDir, 'cart.json'), 'utf8')).toBe(stdout);
  });

  test('flags go before words, and do without any', async () => {
    const { stdout } = await generate([
      cart,
      '--port',
      '9090',
      '--env',
      'LEVEL=info',
      '--command',
      'serve',
      '--command',
      '-v',
    ]);
    expect(stdout).toContain('containerPort: 9090');
    expect(stdout).toContain('command:\n            - serve\n            - -v\n');
    const flags = ['--procedure', 'job', '--image', 'corp.example/migrate:2'];
    expect((await generate(flags)).stdout).toContain('kind: Job\n');
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a vague request',
      ['something for my shop'],
      /^Nothing that can be made fits the request\.\n {2}--procedure .*web-service, worker/m,
    ],
    ['no request', [], /^Nothing that can be made fits/m],
    [
      'two at once',
      ['a worker and a job from a.b/c:1'],
      /^More than one thing fits the request\.\n {2}--procedure .*\(worker, job\)/m,
    ],
    [
      'what is missing',
      ['a web service'],
      /^More has to be said for web-service:\n {2}--image {2}.*\n {2}--port {2}.*\nsuch as: sluice generate --procedure web-service --image <image> --port <port>\n$/m,
    ],
    ['another deed', ['delete the web service'], /"delete": generate makes manifests/],
    ['a negation', ['a web service not public from a.b/c:1 port 80'], /"not": fixed rules cannot tell/],
    ['two values', [`${cart} and port 8081`], /two values for port/],
    ['a wrong value', [cart, '--replicas', 'many'], /^web-service: replicas must be integer$/m],
    [
      'an unknown procedure',
      [cart, '--procedure', 'shell'],
      /there is no procedure shell\nThere are web-service, /,
    ],
    ['a pair that is none', [cart, '--env', 'LEVEL'], /--env wants NAME=VALUE/],
    ['a request without end', ['a '.repeat(2000)], /a request may have 2000 characters/],
  ])('asks back or refuses, and makes nothing: %s', async (_, words, said) => {
    const { code, stdout, stderr } = await generate([...words, '--apply', '--yes']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
    expect(await stored(stateDir, 'deploy')).toEqual([]);
  });

  test('keeps what it understood when it asks what is to be made', async () => {
    const request = 'deploy nginx:1.27 with 3 replicas on port 8080';
    const { code, stderr } = await generate([request]);
    expect(code).toBe(2);
    expect(stderr).toContain('understood: image=nginx:1.27 replicas=3 port=8080\n');
    expect(stderr).toContain('The request does not say what is to be made.\n');
    expect(stderr).toContain('(web-service, worker, stateful-service)\n');
    const command = 'generate --procedure web-service --image nginx:1.27 --port 8080 --replicas 3';
    expect(stderr).toMatch(new RegExp(`such as: sluice ${command}\n$`));
    expect((await generate(command.split(' ').slice(1))).code).toBe(0);
    const { stdout } = await generate([request, '--procedure', 'web-service']);
    expect(stdout).toContain('replicas: 3\n');
  });

  test('writes the command so that a shell reads it, without secrets', async () => {
    const env = ['--env', "GREETING=it's me", '--env', 'API_TOKEN=hunter2-hunter2'];
    const { stderr } = await generate(['a web service from corp.example/cart:1', ...env]);
    expect(stderr).toMatch(
      /such as: sluice generate --procedure web-service --image corp\.example\/cart:1 --env 'GREETING=it'\\''s me' --env 'API_TOKEN=\*\*\*' --port <port>\n$/,
    );
  });

  test('says which words it did not understand', async () => {
    const { code, stderr } = await generate([`${cart}, privileged, with hostPath`]);
    expect(code).toBe(0);
    expect(stderr).toContain('not understood, and left out: privileged, hostPath\n');
    const unseen = await generate([`${cart}, in staging`, '--apply', '--yes']);
    expect(unseen.code).toBe(2);
    expect(unseen.stderr).toContain('words of the request were not understood, so --yes needs the --digest');
    expect(await stored(stateDir, 'deploy')).toEqual([]);
  });

  test('asks a person for what is missing', async () => {
    const asked: string[] = [];
    const answers = ['web-service', 'corp.example/cart:1.4', '8080'];
    const readLine = async (prompt: string): Promise<string> => {
      asked.push(prompt);
      return answers.shift() ?? '';
    };
    const { code, stdout } = await generate(['make something'], { readLine });
    expect(code).toBe(0);
    expect(asked).toEqual([
      expect.stringContaining('what is to be made (web-service, '),
      expect.stringContaining('image of the program'),
      expect.stringContaining('port that the program listens on'),
    ]);
    expect(stdout).toContain('containerPort: 8080');
  });

  test('lists what can be made', async () => {
    expect((await generate(['--list'])).stdout).toMatch(/^web-service {2}.*\n {2}--name <name> +required; /);
    const { stdout } = await generate(['--list', '-o', 'json']);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        name: 'job',
        variables: expect.objectContaining({ required: ['name', 'image'] }) as object,
      }),
    );
  });
});

describe('generate --apply', () => {
  test('shows what would change, and applies nothing where nobody confirms it', async () => {
    const { code, stdout, stderr } = await generate([cart, '--apply']);
    expect(code).toBe(2);
    expect(stdout).toContain('new: Deployment default/cart\n+ apiVersion: apps/v1\n');
    expect(stderr).toMatch(/Add --yes --digest [0-9a-f]{12} to apply exactly this\.\n$/);
    expect(await stored(stateDir, 'deploy')).toEqual([]);
  });

  test.each(['no', '', 'maybe'])('applies nothing when the answer is "%s"', async (answer) => {
    const { code, stderr } = await generate([cart, '--apply'], { readLine: async () => answer });
    expect(code).toBe(2);
    expect(stderr).toMatch(/Not applied\.\n$/);
    expect(await stored(stateDir, 'deploy')).toEqual([]);
  });

  test('applies what was confirmed, then only what differs, then nothing', async () => {
    const prompts: string[] = [];
    const readLine = async (prompt: string): Promise<string> => {
      prompts.push(prompt);
      return 'yes';
    };
    const first = await generate([cart, '--apply'], { readLine });
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('created Deployment default/cart\n') as string,
    });
    expect(prompts).toEqual([
      expect.stringMatching(/^Apply 4 objects to the in-memory cluster \(digest [0-9a-f]{12}\)\? /),
    ]);
    expect(await stored(stateDir, 'deploy')).toEqual(['cart']);
    const second = await generate([cart, '--replicas', '3', '--apply', '--yes']);
    expect(second.stdout).toContain('-   replicas: 2\n+   replicas: 3\n');
    expect(second.stdout).toContain('unchanged Service default/cart\n');
    const third = await generate([cart, '--replicas', '3', '--apply']);
    expect(third).toMatchObject({ code: 0, stdout: 'no changes\n' });
  });

  test('with -o json standard output holds nothing but the objects', async () => {
    const { code, stdout, stderr } = await generate([cart, '-o', 'json', '--apply', '--yes']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'List', items: [{}, {}, {}, { kind: 'Deployment' }] });
    expect(stderr).toContain('created Deployment default/cart\n');
  });

  test('the difference has colours on a terminal alone', async () => {
    const { stdout } = await generate([cart, '--apply', '--yes'], { columns: 80 });
    expect(stdout).toContain('\u001B[32m+ kind: Deployment\u001B[39m\n');
    expect((await generate([cart, '--replicas', '3', '--apply'])).stdout).not.toContain('\u001B');
  });

  test('a digest binds to the changes that were shown', async () => {
    const { stderr } = await generate([cart, '--apply']);
    const digest = /--digest ([0-9a-f]{12})/.exec(stderr)?.[1] ?? '';
    const other = await generate([cart, '--replicas', '3', '--apply', '--yes', '--digest', digest]);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      new RegExp(`Not applied: the changes have the digest [0-9a-f]{12}, not ${digest}`),
    );
    expect(await stored(stateDir, 'deploy')).toEqual([]);
    expect((await generate([cart, '--apply', '--yes', '--digest', digest])).code).toBe(0);
  });

  test('a cluster that changed while someone thought is not overwritten', async () => {
    await generate([cart, '--apply', '--yes']);
    const { code, stderr } = await generate([cart, '--replicas', '3', '--apply'], {
      async readLine() {
        await generate([cart, '--replicas', '5', '--apply', '--yes']);
        return 'yes';
      },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/Not applied: the cluster changed meanwhile; the digest is now [0-9a-f]{12}\.\n$/);
  });

  test('findings that are critical or high are in the way', async () => {
    const words = [cart, '--env', 'DB_PASSWORD=hunter2-hunter2', '--apply', '--yes'];
    const refused = await generate(words);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('SecretInEnv');
    expect(await stored(stateDir, 'deploy')).toEqual([]);
    const allowed = await generate([...words, '--allow-findings']);
    expect(allowed.code).toBe(0);
    expect(allowed.stdout + allowed.stderr + refused.stderr).not.toContain('hunter2');
  });

  test('what the cluster refuses in a dry run is told, and nothing is applied', async () => {
    const { code, stderr } = await generate([
      cart,
      '--config',
      'a',
      '--secret',
      'b',
      '--health-path',
      '/x',
      '--name',
      'tmp-',
    ]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('name must match pattern') as string,
    });
    await generate(['a job from corp.example/migrate:1', '--apply', '--yes']);
    const changed = await generate([
      'a job from corp.example/migrate:2',
      '--name',
      'migrate',
      '--apply',
      '--yes',
    ]);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/Job default\/migrate: .*immutable[^]*nothing was applied\.\n$/);
  });
});
