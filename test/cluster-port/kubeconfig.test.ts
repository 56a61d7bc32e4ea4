import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/cluster/kubernetes/access.ts';
import { readKubeconfigContent } from '../../src/cluster/kubernetes/kubeconfig-content.ts';
import { readKubeconfig } from '../../src/cluster/kubernetes/kubeconfig.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Of one context, whose cluster and user have these fields. */
function config(user: string, cluster: string = ''): string {
  return `
apiVersion: v1
kind: Config
preferences: {}
current-context: main
contexts:
- name: main
  context: {cluster: c, user: u, namespace: team}
clusters:
- name: c
  cluster:
    server: https://127.0.0.1:6443/
${indented(cluster)}
users:
- name: u
  user:
${indented(user)}
`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}

async function credentials(file: string): Promise<Credentials> {
  const kubeconfig = await readKubeconfig(file, () => 0);
  return kubeconfig.access(kubeconfig.currentContext).credentials();
}

describe('credentials', () => {
  beforeEach(() => {
    write('pki/token', 'from-file\n');
    write('pki/ca.crt', 'CA');
    write('pki/me.crt', 'CERT');
    write('pki/me.key', 'KEY');
  });

  test.each<[string, string, string, object]>([
    ['nobody', '', '', { headers: {}, tls: {} }],
    ['a token', 'token: abc', '', { headers: { authorization: 'Bearer abc' }, tls: {} }],
    ['a token of digits in quotes', 'token: "0123"', '', { headers: { authorization: 'Bearer 0123' } }],
    ['a token in a file', 'tokenFile: pki/token', '', { headers: { authorization: 'Bearer from-file' } }],
    [
      'a file before the token',
      'token: abc\ntokenFile: pki/token',
      '',
      { headers: { authorization: 'Bearer from-file' } },
    ],
    [
      'the token where the file is missing',
      'token: abc\ntokenFile: pki/none',
      '',
      { headers: { authorization: 'Bearer abc' } },
    ],
    [
      'a name and a password',
      'username: me\npassword: secret',
      '',
      { headers: { authorization: `Basic ${base64('me:secret')}` } },
    ],
    [
      'files beside the kubeconfig',
      'client-certificate: pki/me.crt\nclient-key: ./pki/me.key',
      'certificate-authority: pki/ca.crt',
      { headers: {}, tls: { ca: 'CA', cert: 'CERT', key: 'KEY' } },
    ],
    [
      'data before files',
      `client-certificate-data: ${base64('C2')}\nclient-certificate: pki/me.crt\nclient-key-data: ${base64('K2')}`,
      `certificate-authority: pki/none\ncertificate-authority-data: ${base64('CA2')}`,
      { tls: { ca: 'CA2', cert: 'C2', key: 'K2' } },
    ],
    [
      'the name, the proxy and the doubts of a cluster',
      'token: abc',
      'tls-server-name: other.example\nproxy-url: http://proxy:3128\ninsecure-skip-tls-verify: yes',
      { tls: { servername: 'other.example', rejectUnauthorized: false }, proxyUrl: 'http://proxy:3128' },
    ],
    [
      'another’s name',
      'token: abc\nas: someone',
      '',
      { headers: { authorization: 'Bearer abc', 'impersonate-user': 'someone' } },
    ],
    [
      'empty fields of other ways',
      'token: abc\nexec: null\nauth-provider:',
      '',
      { headers: { authorization: 'Bearer abc' } },
    ],
    [
      'what only the client library knows',
      'auth-provider: {name: tokenFile, config: {tokenFile: FOLDER/pki/token}}',
      '',
      { headers: { authorization: 'Bearer from-file' } },
    ],
  ])('%s', async (_name, user, cluster, expected) => {
    const file = write('config', config(user.replace('FOLDER', folder), cluster));
    expect(await credentials(file)).toMatchObject(expected);
  });

  test('a file that is missing is the environment’s fault', async () => {
    const file = write('config', config('client-certificate: pki/none.crt'));
    await expect(credentials(file)).rejects.toMatchObject({ kind: 'environment', code: 'Credentials' });
  });

  test('a token in a file is taken up when it is renewed; the kubeconfig when its own is refused', async () => {
    let nowMs = 0;
    const file = write('config', config('tokenFile: pki/token'));
    const access = (await readKubeconfig(file, () => nowMs)).access('main');
    await access.credentials();
    write('pki/token', 'renewed');
    nowMs += 60_000;
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer renewed' });
    write('config', config('token: new'));
    access.forget();
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer new' });
  });

  test('a plugin beside the kubeconfig is found there, the client library is not loaded without one', () => {
    const plugin = write(
      'plugin.sh',
      `#!/bin/sh\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}'\n`,
    );
    execFileSync('chmod', ['+x', plugin]);
    const exec = 'exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, args: []}';
    const plain = write('plain', config('token: abc'));
    const withPlugin = write('with-plugin', config(exec));
    const source = pathToFileURL(
      join(import.meta.dirname, '../../src/cluster/kubernetes/kubeconfig.ts'),
    ).href;
    const script = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (name === '@kubernetes/client-node') console.log('loaded');
        return next(name, context);
      }});
      const { readKubeconfig } = await import(${JSON.stringify(source)});
      for (const file of ${JSON.stringify([plain, withPlugin])}) {
        const { headers } = await (await readKubeconfig(file, Date.now)).access('main').credentials();
        console.log(headers.authorization);
      }`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(said.trim().split('\n')).toEqual(['Bearer abc', 'loaded', 'Bearer from-plugin']);
  });
});

describe('contexts', () => {
  test('name a server and a namespace', async () => {
    const file = write('config', config('token: abc'));
    const kubeconfig = await readKubeconfig(file, () => 0);
    expect(kubeconfig.contexts).toEqual(['main']);
    expect(kubeconfig.namespace('main')).toBe('team');
    expect(kubeconfig.namespace('other')).toBe('default');
    expect(kubeconfig.access('main')).toMatchObject({
      server: 'https://127.0.0.1:6443',
      label: 'context main',
    });
  });

  test.each([
    [
      'cluster: none',
      'The context main names a cluster that the kubeconfig does not have.',
      'cluster: c',
      'cluster: none',
    ],
    [
      'user: none',
      'The context main names a user that the kubeconfig does not have.',
      'user: u',
      'user: none',
    ],
    [
      'no server',
      'The cluster c of the kubeconfig has no server.',
      'server: https://127.0.0.1:6443/',
      'server:',
    ],
    [
      'a server that is no URL',
      'The server of cluster c of the kubeconfig is no URL.',
      'https://127.0.0.1:6443/',
      'here',
    ],
  ])('%s: refused', async (_name, message, from, to) => {
    const file = write('config', config('token: abc').replace(from, to));
    const kubeconfig = await readKubeconfig(file, () => 0);
    expect(() => kubeconfig.access('main')).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'Kubeconfig', message }) as Error,
    );
  });

  test.each([
    ['text', 'just text', 'it is no kubeconfig'],
    ['a list', '[]', 'it is no kubeconfig'],
    ['a broken map', '{a: "token-1', 'line 1, column 5'],
    ['contexts that are no list', 'contexts: 3', 'contexts is no list'],
    ['an entry without a name', 'users: [{user: {token: abc}}]', 'users[0] has no name'],
    ['an entry that is no map', 'users: [{name: a, user: abc}]', 'users[0].user is no map'],
  ])('%s: refused, without its content', async (_name, text, why) => {
    const file = write('config', text);
    await expect(readKubeconfig(file, () => 0)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'Kubeconfig',
      message: expect.stringContaining(`The kubeconfig ${file} cannot be read: ${why}`) as string,
    });
    await expect(readKubeconfig(file, () => 0)).rejects.not.toMatchObject({
      message: expect.stringContaining('token-1') as string,
    });
  });

  test('an empty file has none', async () => {
    expect((await readKubeconfig(write('config', ''), () => 0)).contexts).toEqual([]);
  });

  test('names may look like numbers', async () => {
    const text = config('token: abc').replaceAll('main', '2024');
    expect((await readKubeconfig(write('config', text), () => 0)).contexts).toEqual(['2024']);
  });
});

describe('several files', () => {
  const part = (name: string, token: string, current: string = ''): string => `
current-context: ${current}
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]
clusters: [{name: ${name}, cluster: {server: "https://${token}"}}]
users: [{name: ${name}, user: {tokenFile: ${token}}}]
`;

  test('the first that has a name counts; paths begin where their file stands', async () => {
    const files = [
      join(folder, 'missing'),
      write('one/config', part('a', 'first')),
      write('two/config', part('a', 'second', 'a')),
      write('three/config', part('b', 'third', 'b')),
    ];
    const content = await readKubeconfigContent(undefined, {
      env: { KUBECONFIG: files.join(':') },
      home: folder,
    });
    expect(content?.currentContext).toBe('a');
    expect(content?.users.get('a')).toEqual({ tokenFile: join(folder, 'one/first') });
    expect(content?.clusters.get('a')).toEqual({ server: 'https://first' });
    expect(content?.users.get('b')).toEqual({ tokenFile: join(folder, 'three/third') });
  });

  test('none of them there is refused; without KUBECONFIG there may be the one of the home directory', async () => {
    const file = join(folder, 'missing');
    await expect(
      readKubeconfigContent(undefined, { env: { KUBECONFIG: file }, home: folder }),
    ).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(file) as string });
    expect(await readKubeconfigContent(undefined, { env: {}, home: folder })).toBeUndefined();
    write('.kube/config', part('home', 'x'));
    const found = await readKubeconfigContent(undefined, { env: { KUBECONFIG: '' }, home: folder });
    expect([...(found?.contexts.keys() ?? [])]).toEqual(['home']);
  });
});
