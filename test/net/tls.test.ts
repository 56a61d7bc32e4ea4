import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemConnect } from '../../src/net/dial.ts';
import { openHttpClient, type HttpClientOptions } from '../../src/net/open-http-client.ts';
import { get, listen, recordingConnect, resolved, serveBytes, serveHttp, type Running } from './loopback.ts';
import { serveProxy } from './proxy-server.ts';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const openssl = hasOpenssl();
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A certificate that signs itself. */
function selfSigned(folder: string, name: string, alternatives: string, days = '2'): Pair {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', days];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

async function serveHttps(options: ServerOptions): Promise<Running> {
  const https = createHttpsServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(`${request.headers.host} ${String(subject?.CN)}`);
  });
  https.on('tlsClientError', () => undefined);
  const running = await listen(https);
  closers.push(() => running.close());
  return { ...running, url: `https://127.0.0.1:${running.port}` };
}

function client(options: Partial<HttpClientOptions> = {}) {
  const { connect } = recordingConnect(systemConnect);
  const opened = openHttpClient({
    egress: { allowLoopback: true },
    lookup: () => Promise.resolve(resolved('93.184.216.34')),
    connect,
    ...options,
  });
  closers.push(() => opened.close());
  return opened;
}

// Needs openssl to make certificates: skipped where there is none.
describe.skipIf(!openssl)('over TLS', () => {
  let folder: string;
  let server: Pair;
  let other: Pair;
  let person: Pair;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
    server = selfSigned(folder, 'server', 'DNS:shop.example,IP:127.0.0.1');
    other = selfSigned(folder, 'other', 'DNS:other.example');
    person = selfSigned(folder, 'person', 'DNS:person.example');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a certificate that nobody vouches for is refused before anything is sent', async () => {
    const { url } = await serveHttps(server);
    await expect(client().send(get(url, { method: 'POST', body: 'secret' }))).rejects.toMatchObject({
      kind: 'terminal',
      code: 'CertificateNotTrusted',
      hint: expect.stringContaining('--ca-file') as string,
    });
  });

  test('an authority of the client is trusted beside the system’s', async () => {
    const { url, port } = await serveHttps(server);
    expect((await client({ ca: server.cert }).send(get(url))).body).toMatch(`127.0.0.1:${port}`);
    const byName = client({ ca: server.cert }).send(get(`https://shop.example:${port}/`));
    expect((await byName).body).toMatch(`shop.example:${port}`);
  });

  test('an authority of the call is trusted for that call alone, and alone', async () => {
    const { url } = await serveHttps(server);
    const opened = client();
    expect((await opened.send(get(url, { tls: { ca: server.cert } }))).statusCode).toBe(200);
    await expect(opened.send(get(url))).rejects.toMatchObject({ code: 'CertificateNotTrusted' });
    const both = client({ ca: server.cert }).send(get(url, { tls: { ca: other.cert } }));
    await expect(both).rejects.toMatchObject({ code: 'CertificateNotTrusted' });
  });

  test('a certificate for another name is refused', async () => {
    const { port } = await serveHttps(server);
    await expect(
      client({ ca: server.cert }).send(get(`https://mall.example:${port}/`)),
    ).rejects.toMatchObject({
      kind: 'terminal',
      code: 'CertificateNotTrusted',
      message: 'the certificate of mall.example is not accepted (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
  });

  test('a client certificate is shown to the host it is for, and not where that redirects', async () => {
    const asking = { requestCert: true, rejectUnauthorized: false };
    const target = await serveHttps({ ...server, ...asking });
    const tls = { ca: server.cert, cert: person.cert, key: person.key };
    expect((await client().send(get(target.url, { tls }))).body).toMatch(/ person$/);
    const redirecting = createHttpsServer({ ...server, ...asking }, (_request, response) =>
      response.writeHead(307, { location: target.url }).end(),
    );
    const running = await listen(redirecting);
    closers.push(() => running.close());
    const sent = client({ ca: server.cert }).send(get(`https://127.0.0.1:${running.port}/`, { tls }));
    expect((await sent).body).toMatch(/ undefined$/);
  });

  test.each([
    ['an authority', { ca: 'no PEM at all' }],
    ['a key', { cert: 'x', key: 'no PEM at all' }],
  ])('%s that is none is refused', async (_what, tls) => {
    const { url } = await serveHttps(server);
    const error = await client()
      .send(get(url, { tls }))
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'terminal' });
    expect((error as Error).message).not.toContain('at all');
  });

  test('a server that speaks plain HTTP is no TLS server', async () => {
    const plain = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    closers.push(() => plain.close());
    await expect(client().send(get(`https://127.0.0.1:${plain.port}/`))).rejects.toMatchObject({
      kind: 'terminal',
      code: 'TlsFailed',
    });
  });

  test('a handshake that never ends is ended by the deadline, and nothing was sent', async () => {
    const silent = await serveBytes('', false);
    closers.push(() => silent.close());
    const sent = client().send(get(`https://127.0.0.1:${silent.port}/`, { timeoutMs: 200 }));
    await expect(sent).rejects.toMatchObject({ kind: 'transient', code: 'Timeout' });
  });

  test('a tunnel through a proxy carries it to the named host', async () => {
    const target = await serveHttps(server);
    const proxy = await serveProxy(target);
    closers.push(() => proxy.close());
    const opened = client({ ca: server.cert, proxy: { httpsProxy: proxy.url } });
    const answer = await opened.send(get('https://shop.example/'));
    expect(answer.body).toMatch(/^shop\.example /);
    expect(proxy.asked).toEqual(['CONNECT shop.example:443 anonymous']);
  });

  test('a redirect from https to http is refused', async () => {
    const plain = await serveHttp((_request, response) => response.end('in clear'));
    closers.push(() => plain.close());
    const running = await listen(
      createHttpsServer(server, (_request, response) =>
        response.writeHead(302, { location: plain.url }).end(),
      ),
    );
    closers.push(() => running.close());
    const sent = client({ ca: server.cert }).send(get(`https://127.0.0.1:${running.port}/`));
    await expect(sent).rejects.toMatchObject({ kind: 'denied', code: 'InsecureRedirect' });
  });

  test('a redirect from http to https is followed', async () => {
    const target = await serveHttps(server);
    const plain = await serveHttp((_request, response) =>
      response.writeHead(302, { location: target.url }).end(),
    );
    closers.push(() => plain.close());
    expect((await client({ ca: server.cert }).send(get(plain.url))).statusCode).toBe(200);
  });
});
