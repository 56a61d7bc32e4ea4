import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectories } from '../../store/temporary-directory.ts';
import { cli } from '../cli-process.ts';
import { realCli, type RealCli, type RealEnd } from '../real-cli.ts';

const temporaryDirectory = temporaryDirectories();
const key = 'sk-CANARY-4711';
let stateDir: string;
let server: Server;
let asked: { readonly url: string; readonly headers: IncomingMessage['headers'] }[];
let answer: { status: number; body: unknown };
const outputs: string[] = [];

beforeEach(async () => {
  stateDir = join(temporaryDirectory(), 'state');
  asked = [];
  answer = { status: 200, body: { data: [{ id: 'small' }, { id: 'big' }] } };
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  // A key is in no output, whatever happened.
  expect(outputs.splice(0).join('\n')).not.toContain('CANARY');
});

function url(path = '/v1'): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}

async function auth(argv: readonly string[], more: Partial<RealCli> = {}): Promise<RealEnd> {
  const end = await realCli(['auth', ...argv], { stateDir, stdin: `${key}\n`, ...more });
  outputs.push(end.stdout, end.stderr);
  return end;
}

const file = (): string => join(stateDir, 'models.yaml');
const listed = async (env: Record<string, string> = {}): Promise<unknown> =>
  JSON.parse((await auth(['list', '-o', 'json'], { env })).stdout);

describe('add', () => {
  test('keeps the key in a file of this user, and asks the server with it', async () => {
    const end = await auth(['add', 'mine', '--url', url(), '--model', 'small']);
    expect(end).toEqual({
      code: 0,
      stdout: `added mine at ${url()}; steps that name no server ask it\nmine answers; its models: small, big\n`,
      stderr: '',
    });
    expect(asked).toMatchObject([{ url: '/v1/models', headers: { authorization: `Bearer ${key}` } }]);
    expect((statSync(file()).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(stateDir).mode & 0o777).toString(8)).toBe('700');
    expect(readFileSync(file(), 'utf8')).toContain(key);
  });

  test('reads the key without echo where there is a terminal', async () => {
    const prompts: string[] = [];
    const readHiddenLine = async (prompt: string): Promise<string> => {
      prompts.push(prompt);
      return key;
    };
    expect((await auth(['add', 'mine', '--url', url()], { stdin: '', readHiddenLine })).code).toBe(0);
    expect(prompts).toEqual(['Key of mine (not shown): ']);
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${key}`);
  });

  test('an Azure resource is asked in its own way', async () => {
    const { code } = await auth(['add', 'azure', '--url', url('/'), '--api-version', '2026-01-01']);
    expect([code, asked[0]?.url, asked[0]?.headers['api-key']]).toEqual([
      0,
      '/openai/models?api-version=2026-01-01',
      key,
    ]);
  });

  test('a key of the environment is not stored', async () => {
    const env = { MY_KEY: key };
    expect((await auth(['add', 'mine', '--url', url(), '--key-from-env', 'MY_KEY'], { env })).code).toBe(0);
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(readFileSync(file(), 'utf8')).not.toContain('CANARY');
    expect(await listed(env)).toMatchObject([{ key: 'from env MY_KEY' }]);
    expect(await listed()).toMatchObject([{ key: 'missing: MY_KEY is not set' }]);
    const later = await auth(['add', 'mine', '--url', url(), '--key-from-env', 'MY_KEY']);
    expect([later.code, later.stderr]).toEqual([
      0,
      'warning: MY_KEY is not set here, so mine was not asked\n',
    ]);
  });

  test.each<readonly [string, number, unknown, string]>([
    ['does not take the key', 401, { error: { message: `bad key ${key}` } }, 'does not accept the key (401)'],
    ['has no list', 404, {}, 'has no list of models there (404)'],
    ['fails', 500, { error: { message: `lost ${key}` } }, 'failed (500)'],
    ['says something else', 200, 'hello', 'is no list of models'],
  ])('a server that %s is set up, and it is said', async (_name, status, body, expected) => {
    answer = { status, body };
    const { code, stderr } = await auth(['add', 'mine', '--url', url()]);
    expect(code).toBe(1);
    expect(stderr).toContain('warning: mine is set up, but ');
    expect(stderr).toContain(expected);
    expect(await listed()).toMatchObject([{ name: 'mine', key: 'set' }]);
  });

  test('a model that the server does not have is told, with what is near', async () => {
    const { code, stderr } = await auth(['add', 'mine', '--url', url(), '--model', 'smal']);
    expect([code, stderr]).toEqual([0, 'warning: the model smal is not among them; did you mean small?\n']);
  });

  test('known names bring their address, and ask for no key they do not want', async () => {
    const { code, stdout } = await auth(['add', 'ollama', '--no-check'], { stdin: '' });
    expect([code, stdout]).toEqual([
      0,
      'added ollama at http://127.0.0.1:11434/v1; steps that name no server ask it\n',
    ]);
    expect(await listed()).toMatchObject([{ name: 'ollama', key: 'none', hosts: ['127.0.0.1:11434'] }]);
  });

  test('replaces a server of the same name, and leaves what stands beside', async () => {
    await auth(['add', 'one', '--url', url(), '--no-check']);
    writeFileSync(file(), `# Ours.\n${readFileSync(file(), 'utf8')}budgets: {day: {cost: "1.50"}}\n`);
    await auth(['add', 'two', '--url', url(), '--no-check', '--no-key']);
    const end = await auth(['add', 'one', '--url', url('/other'), '--no-key', '--no-check']);
    expect(end.stdout).toBe(`replaced one at ${url('/other')}\n`);
    const text = readFileSync(file(), 'utf8');
    expect(text).toContain('# Ours.');
    expect(text).toMatch(/^budgets: \{ ?day: \{ ?cost: "1.50" ?\} ?\}$/m);
    expect(text).not.toContain('CANARY');
    expect(await listed()).toMatchObject([
      { name: 'one', default: true, key: 'none', url: url('/other') },
      { name: 'two', default: false },
    ]);
  });

  test.each<readonly [string, readonly string[], Partial<RealCli>, string]>([
    ['no address', ['add', 'mine'], {}, 'where is mine? it needs --url'],
    ['a near name', ['add', 'olama'], {}, 'Did you mean ollama?'],
    ['a bad name', ['add', 'a b', '--url', 'http://h'], {}, 'is no name for a server'],
    ['a bad address', ['add', 'm', '--url', 'ftp://h'], {}, 'is no http or https address'],
    ['a key in the address', ['add', 'm', '--url', 'http://u:CANARY@h'], {}, 'holds a user name or password'],
    ['no key', ['add', 'm', '--url', 'http://h'], { stdin: '\n' }, 'no key was given for m'],
    ['two lines', ['add', 'm', '--url', 'http://h'], { stdin: 'CANARY\nCANARY' }, 'more than one line'],
    [
      'a key with blanks',
      ['add', 'm', '--url', 'http://h'],
      { stdin: 'CANARY x' },
      'holds characters no key has',
    ],
    ['a key as an argument', ['add', 'm', '--key', 'CANARY', '--url', 'http://h'], {}, 'never an argument'],
    [
      'a key as an argument, joined',
      ['add', 'm', '--key=CANARY', '--url', 'http://h'],
      {},
      'never an argument',
    ],
    ['a key after the name', ['add', 'm', 'CANARY'], {}, 'never an argument'],
    [
      'a host that is another',
      ['add', 'm', '--url', 'http://h', '--host', 'i'],
      {},
      'the key may go to i only',
    ],
    [
      'a version without Azure',
      ['add', 'm', '--url', 'http://h', '--api-version', '1'],
      {},
      'of --kind azure',
    ],
    ['two sources', ['add', 'm', '--url', 'http://h', '--key-from-env', 'A', '--no-key'], {}, 'give one of'],
  ])('refuses %s', async (_name, argv, more, expected) => {
    const { code, stderr } = await auth(argv, more);
    expect(stderr).toContain(expected);
    expect(code).toBe(2);
    expect(() => statSync(file())).toThrow('ENOENT');
  });

  test('a file that others can read is neither used nor changed', async () => {
    await auth(['add', 'mine', '--url', url(), '--no-check']);
    chmodSync(file(), 0o640);
    const before = readFileSync(file(), 'utf8');
    for (const argv of [['list'], ['add', 'x', '--url', url(), '--no-key'], ['default', 'mine']]) {
      const { code, stderr } = await auth(argv);
      expect(code).toBe(6);
      expect(stderr).toContain(`chmod 600 ${file()}`);
    }
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });
});

test('list is a table that shows no key', async () => {
  expect((await auth(['list'])).stderr).toContain('No server of models is set up in');
  await auth([
    'add',
    'mine',
    '--url',
    url(),
    '--no-check',
    '--model',
    'big',
    '--host',
    '127.0.0.1:*',
    '--no-key',
  ]);
  await auth(['add', 'other', '--url', 'https://models.example.com/v1', '--no-check']);
  const { stdout } = await auth(['list']);
  expect(stdout.replaceAll(/ {2,}/g, ' | ')).toBe(
    `NAME | KIND | URL | MODEL | KEY | KEY GOES TO
mine * | openai | ${url()} | big | none | 127.0.0.1:*
other | openai | https://models.example.com/v1 | <none> | set | models.example.com
`,
  );
});

test('default and remove', async () => {
  for (const name of ['one', 'two']) await auth(['add', name, '--url', url(), '--no-check']);
  expect((await auth(['default', 'two'])).stdout).toBe('steps that name no server ask two\n');
  const wrong = await auth(['default', 'tow']);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    'error: there is no server of models named tow\nDid you mean two?\n',
  ]);
  const removed = await auth(['remove', 'two']);
  expect(removed.stdout).toBe('removed two\n');
  expect(removed.stderr).toContain('choose another');
  expect(await listed()).toMatchObject([{ name: 'one', default: false }]);
  expect((await auth(['remove', 'two'])).code).toBe(2);
});

test('a shell completes the names of servers', async () => {
  await auth(['add', 'mine', '--url', url(), '--no-check']);
  const env = { SLUICE_STATE_DIR: stateDir };
  const { stdout } = await cli(['__complete', 'auth', 'remove', ''], {}, { env });
  expect(stdout).toBe(`mine\t${url()}\n`);
});
