import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Clusters } from '../../src/cluster/port.ts';
import { answerStatus, ApiServer } from './api-server.ts';
import { configMap, openMemory } from './fixtures.ts';
import { writeKubeconfig, type ContextFixture } from './kubeconfig-file.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' };

async function serve(...args: [tls?: Parameters<typeof ApiServer.over>[1]]): Promise<ApiServer> {
  const server = await ApiServer.over((await openMemory()).cluster, ...args);
  closers.push(() => server.close());
  return server;
}

async function open(
  contexts: readonly ContextFixture[],
  options: { readonly context?: string; readonly now?: () => number } = {},
): Promise<Clusters> {
  const kubeconfig = writeKubeconfig(contexts);
  closers.push(() => kubeconfig.remove());
  const clusters = await openKubernetesClusters({ kubeconfig: kubeconfig.file, ...options });
  closers.push(() => clusters.close());
  return clusters;
}

describe('names', () => {
  test('a name is another context, and the default is the current one or that asked for', async () => {
    const [main, prod] = [await serve(), await serve()];
    const contexts = [
      { name: 'main', server: main.url },
      { name: 'prod', server: `${prod.url}/` },
    ];
    const clusters = await open(contexts);
    expect(await clusters.names()).toEqual(['main', 'prod']);
    await (await clusters.get('prod')).apply(configMap('a', { x: '1' }));
    expect(await (await clusters.get('')).get(ref)).toBeUndefined();
    expect(await (await clusters.get('local')).get(ref)).toBeUndefined();
    expect(prod.seen[0]?.headers.authorization).toBe('Bearer token-prod');
    const other = await open(contexts, { context: 'prod' });
    expect(await (await other.get('')).get(ref)).toMatchObject({ data: { x: '1' } });
    expect(await other.get('prod')).toBe(await other.get('prod'));
  });

  test('an unknown name is refused with those there are', async () => {
    const clusters = await open([{ name: 'main', server: (await serve()).url }]);
    await expect(clusters.get('production')).rejects.toMatchObject({
      kind: 'invalid',
      message: 'There is no cluster production; there are main.',
    });
  });

  test('an unknown context, a missing file and a broken one are refused', async () => {
    await expect(
      open([{ name: 'main', server: 'https://127.0.0.1:1' }], { context: 'staging' }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/no context staging; there are main\.$/) as string,
    });
    await expect(openKubernetesClusters({ kubeconfig: '/nowhere/config' })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('/nowhere/config') as string,
    });
    const broken = writeKubeconfig([]);
    closers.push(() => broken.remove());
    for (const text of ['{', '[]', 'clusters: 3']) {
      writeFileSync(broken.file, text);
      await expect(openKubernetesClusters({ kubeconfig: broken.file })).rejects.toMatchObject({
        kind: 'invalid',
      });
    }
  });

  test('clusters of KubeVela’s gateway are found by their Secrets', async () => {
    const [hub, joined] = [await serve(), await serve()];
    const clusters = await open([{ name: 'main', server: hub.url }]);
    const main = await clusters.get('');
    await main.apply(gatewaySecret('edge', { endpoint: joined.url, token: 'edge-token' }));
    await main.apply(gatewaySecret('other', { endpoint: 'nowhere' }));
    await main.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'plain', namespace: 'vela-system' },
    });
    expect(await clusters.names()).toEqual(['edge', 'main', 'other']);
    await (await clusters.get('edge')).apply(configMap('a', { x: '1' }));
    expect(joined.seen[0]?.headers.authorization).toBe('Bearer edge-token');
    await expect(clusters.get('other')).rejects.toMatchObject({ kind: 'invalid', code: 'GatewaySecret' });
    await expect(clusters.get('plain')).rejects.toMatchObject({ kind: 'invalid', code: 'UnknownCluster' });
  });

  test('where Secrets may not be read there are the contexts', async () => {
    const server = await serve();
    server.intercept = (_seen, response) => {
      answerStatus(response, 403, 'Forbidden', 'secrets is forbidden');
      return true;
    };
    const clusters = await open([{ name: 'main', server: server.url }]);
    expect(await clusters.names()).toEqual(['main']);
    await expect(clusters.get('edge')).rejects.toMatchObject({ kind: 'invalid' });
  });
});

function gatewaySecret(
  name: string,
  data: Readonly<Record<string, string>>,
  type: string = 'ServiceAccountToken',
) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: 'vela-system',
      labels: { 'cluster.core.oam.dev/cluster-credential-type': type },
    },
    stringData: data,
  };
}

describe('credentials', () => {
  test('of a plugin are asked for once, and anew when the server no longer takes them', async () => {
    const server = await serve();
    const folder = mkdtempSync(join(tmpdir(), 'sluice-plugin-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    const script = `
      const { appendFileSync, readFileSync } = require('node:fs');
      appendFileSync(${JSON.stringify(calls)}, 'x');
      const token = 'plugin-' + readFileSync(${JSON.stringify(calls)}, 'utf8').length;
      console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } }));`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', script],
      interactiveMode: 'Never',
    };
    const clusters = await open([{ name: 'main', server: server.url, user: { exec } }]);
    const cluster = await clusters.get('');
    await cluster.get(ref);
    await cluster.get(ref);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer plugin-1',
      'Bearer plugin-1',
    ]);
    server.intercept = (seen, response) => {
      if (seen.headers.authorization !== 'Bearer plugin-1') return false;
      answerStatus(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    await cluster.apply(configMap('a', { x: '1' }));
    expect(server.seen.map(({ headers }) => headers.authorization).slice(2)).toEqual([
      'Bearer plugin-1',
      'Bearer plugin-2',
    ]);
  });

  test('of a plugin that fails are the environment’s fault', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', 'console.error("log in first"); process.exit(1)'],
    };
    const clusters = await open([{ name: 'main', server: 'http://127.0.0.1:1', user: { exec } }]);
    await expect((await clusters.get('')).get(ref)).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('log in first') as string,
    });
  });

  test('may be a name and a password', async () => {
    const server = await serve();
    const clusters = await open([
      { name: 'main', server: server.url, user: { username: 'me', password: 'secret' } },
    ]);
    await (await clusters.get('')).get(ref);
    expect(server.seen[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:secret').toString('base64')}`,
    );
  });
});

interface Pair {
  readonly cert: string;
  readonly key: string;
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function selfSigned(folder: string, name: string): Pair {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

// Needs openssl to make certificates: skipped where there is none.
describe.skipIf(!hasOpenssl())('over TLS', () => {
  let folder: string;
  let pair: Pair;
  let person: Pair;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
    pair = selfSigned(folder, 'server');
    person = selfSigned(folder, 'person');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  test('the kubeconfig’s authority is trusted, and no other', async () => {
    const server = await serve(pair);
    const trusting = await open([
      { name: 'main', server: server.url, cluster: { 'certificate-authority-data': base64(pair.cert) } },
    ]);
    expect(await (await trusting.get('')).get(ref)).toBeUndefined();
    const other = await open([
      { name: 'main', server: server.url, cluster: { 'certificate-authority-data': base64(person.cert) } },
    ]);
    await expect((await other.get('')).get(ref)).rejects.toMatchObject({
      kind: 'environment',
      code: 'ClusterUnreachable',
    });
    const system = await open([{ name: 'main', server: server.url }]);
    await expect((await system.get('')).get(ref)).rejects.toMatchObject({ kind: 'environment' });
    const careless = await open([
      { name: 'main', server: server.url, cluster: { 'insecure-skip-tls-verify': true } },
    ]);
    expect(await (await careless.get('')).get(ref)).toBeUndefined();
    expect(server.seen).toHaveLength(2);
  });

  test('a client certificate is shown, of a context and of a joined cluster', async () => {
    const hub = await serve();
    const server = await serve({ ...pair, requestCert: true, ca: person.cert, rejectUnauthorized: false });
    const seen: (string | undefined)[] = [];
    server.intercept = (_seen, response) => {
      seen.push(String((response.socket as TLSSocket).getPeerCertificate().subject?.CN));
      return false;
    };
    const user = { 'client-certificate-data': base64(person.cert), 'client-key-data': base64(person.key) };
    const cluster = { 'certificate-authority-data': base64(pair.cert) };
    const clusters = await open([
      { name: 'main', server: hub.url },
      { name: 'tls', server: server.url, user, cluster },
    ]);
    await (await clusters.get('tls')).get(ref);
    const main = await clusters.get('');
    const data = { endpoint: server.url, 'ca.crt': pair.cert, 'tls.crt': person.cert, 'tls.key': person.key };
    await main.apply(gatewaySecret('joined', data, 'X509Certificate'));
    await (await clusters.get('joined')).get(ref);
    expect(seen).toEqual(['person', 'person']);
  });

  test('in a Pod two files are enough, and a renewed token is taken up', async () => {
    const server = await serve(pair);
    const directory = mkdtempSync(join(tmpdir(), 'sluice-account-'));
    closers.push(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'ca.crt'), pair.cert);
    writeFileSync(join(directory, 'token'), 'first\n');
    let nowMs = 0;
    const clusters = await openKubernetesClusters({
      service: { host: '127.0.0.1', port: String(server.port), directory },
      now: () => nowMs,
    });
    closers.push(() => clusters.close());
    const cluster = await clusters.get('');
    await cluster.get(ref);
    writeFileSync(join(directory, 'token'), 'second\n');
    nowMs += 120_000;
    await cluster.get(ref);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
    rmSync(join(directory, 'token'));
    nowMs += 120_000;
    await expect(cluster.get(ref)).rejects.toMatchObject({ kind: 'environment', code: 'Credentials' });
  });
});
