import { afterEach, describe, expect, test } from 'vitest';
import { systemConnect } from '../../src/net/dial.ts';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { chooseProxy, type ProxySettings } from '../../src/net/proxy-choice.ts';
import { get, recordingConnect, resolved, serveHttp, serveRaw, type Running } from './loopback.ts';
import { serveProxy, type Proxy } from './proxy-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function proxyTo(origin: Running, connectStatus = 200): Promise<Proxy> {
  const proxy = await serveProxy(origin, connectStatus);
  closers.push(() => proxy.close());
  return proxy;
}

async function target(): Promise<Running> {
  const running = await serveHttp((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    else response.end(`${request.headers.host} ${request.headers['proxy-authorization'] ?? 'clean'}`);
  });
  closers.push(() => running.close());
  return running;
}

function client(proxy: ProxySettings) {
  const { dialled, connect: dial } = recordingConnect(systemConnect);
  const opened = openHttpClient({
    egress: {},
    proxy,
    connect: dial,
    lookup: () => Promise.resolve(resolved('10.9.9.9')),
  });
  closers.push(() => opened.close());
  return { opened, dialled };
}

describe('an http address behind a proxy', () => {
  test('is asked for whole, and resolved by the proxy alone', async () => {
    const proxy = await proxyTo(await target());
    const { opened, dialled } = client({ httpProxy: proxy.url });
    const answer = await opened.send(get('http://shop.example/a?q=1'));
    expect(answer.body).toBe('shop.example clean');
    expect(proxy.asked).toEqual(['GET http://shop.example/a?q=1 anonymous']);
    expect(dialled).toEqual([`127.0.0.1:${proxy.port}`]);
  });

  test('reaches a proxy on a private address, with its user name', async () => {
    const proxy = await proxyTo(await target());
    const { opened, dialled } = client({ httpProxy: `http://me:p%40ss@proxy.example:${proxy.port}` });
    await opened.send(get('http://shop.example/'));
    expect(proxy.asked).toEqual([
      `GET http://shop.example/ Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    ]);
    expect(dialled).toEqual([`10.9.9.9:${proxy.port}`]);
  });

  test.each([
    'http://169.254.169.254/latest',
    'http://2852039166/',
    'http://[fd00:ec2::254]/',
    'http://metadata.google.internal/',
    'http://10.0.0.1/',
    'https://169.254.169.254/',
  ])('%s is not asked for', async (url) => {
    const proxy = await proxyTo(await target());
    const { opened } = client({ httpProxy: proxy.url, httpsProxy: proxy.url });
    await expect(opened.send(get(url))).rejects.toMatchObject({ kind: 'denied', code: 'EgressDenied' });
    expect(proxy.asked).toEqual([]);
  });

  test('nor by a redirect', async () => {
    const proxy = await proxyTo(await target());
    const { opened } = client({ httpProxy: proxy.url });
    await expect(opened.send(get('http://shop.example/away'))).rejects.toMatchObject({ kind: 'denied' });
    expect(proxy.asked).toHaveLength(1);
  });

  test('a proxy on a metadata address is refused', async () => {
    const { opened } = client({ httpProxy: 'http://169.254.169.254:80' });
    await expect(opened.send(get('http://shop.example/'))).rejects.toMatchObject({ kind: 'denied' });
  });
});

describe('an https address behind a proxy', () => {
  // The tunnel ends at a server without TLS: what matters is how far it comes.
  test('is reached through a tunnel', async () => {
    const proxy = await proxyTo(await target());
    const { opened } = client({ httpsProxy: `http://me:secret@127.0.0.1:${proxy.port}` });
    await expect(opened.send(get('https://shop.example/'))).rejects.toMatchObject({ code: 'TlsFailed' });
    expect(proxy.asked).toEqual([
      `CONNECT shop.example:443 Basic ${Buffer.from('me:secret').toString('base64')}`,
    ]);
  });

  test.each([
    [407, 'denied', 'ProxyRefused'],
    [403, 'denied', 'ProxyRefused'],
    [502, 'transient', 'ProxyFailed'],
    [504, 'transient', 'ProxyFailed'],
  ])('a tunnel refused with %i is %s: nothing was sent', async (status, kind, code) => {
    const proxy = await proxyTo(await target(), status);
    const { opened } = client({ httpsProxy: `http://me:hunter2@127.0.0.1:${proxy.port}` });
    const error = await opened
      .send(get('https://shop.example/', { method: 'POST', body: 'x' }))
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind, code });
    expect((error as Error).message).not.toContain('hunter2');
  });

  test('a proxy that hangs up is a passing fault', async () => {
    const proxy = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
    closers.push(() => proxy.close());
    await expect(
      client({ httpsProxy: proxy.url }).opened.send(get('https://shop.example/')),
    ).rejects.toMatchObject({
      kind: 'transient',
      code: 'ProxyFailed',
    });
  });

  test('a proxy that never answers is ended by the deadline', async () => {
    const proxy = await serveRaw(() => undefined);
    closers.push(() => proxy.close());
    const sent = client({ httpsProxy: proxy.url }).opened.send(
      get('https://shop.example/', { timeoutMs: 200 }),
    );
    await expect(sent).rejects.toMatchObject({ kind: 'transient', code: 'Timeout' });
  });
});

describe('which proxy', () => {
  const proxies = { httpProxy: 'http://proxy:1', httpsProxy: 'proxy:2' };
  test.each([
    ['http://shop.example/', '', 'http://proxy:1'],
    ['https://shop.example/', '', 'http://proxy:2'],
    ['http://localhost/', '', undefined],
    ['http://api.localhost/', '', undefined],
    ['http://127.0.0.1:4010/', '', undefined],
    ['http://127.9.9.9/', '', undefined],
    ['http://[::1]/', '', undefined],
    ['http://localhost.example/', '', 'http://proxy:1'],
    ['http://shop.example/', '*', undefined],
    ['http://shop.example/', 'shop.example', undefined],
    ['http://SHOP.example./', 'Shop.Example', undefined],
    ['http://a.shop.example/', 'shop.example', undefined],
    ['http://a.shop.example/', '.shop.example', undefined],
    ['http://a.shop.example/', '*.shop.example', undefined],
    ['http://workshop.example/', 'shop.example', 'http://proxy:1'],
    ['http://shop.example.org/', 'shop.example', 'http://proxy:1'],
    ['http://shop.example:8080/', 'shop.example:8080', undefined],
    ['http://shop.example/', 'shop.example:8080', 'http://proxy:1'],
    ['https://shop.example/', 'shop.example:443', undefined],
    ['http://10.1.2.3/', '10.0.0.0/8', undefined],
    ['http://11.1.2.3/', '10.0.0.0/8', 'http://proxy:1'],
    ['http://10.1.2.3/', '10.1.2.3', undefined],
    ['http://[fd00::1]/', 'fd00::/8', undefined],
    ['http://[fd00::1]/', '[fd00::1]', undefined],
    ['http://shop.example/', ' a.example , ,b.example shop.example', undefined],
    ['http://shop.example/', ',', 'http://proxy:1'],
  ])('%s except "%s": %s', (url, noProxy, expected) => {
    expect(chooseProxy(new URL(url), { ...proxies, noProxy })?.origin).toBe(expected);
  });

  test.each(['socks5://proxy:1080', 'http://', '://x', 'http://a:hunter2@b:99999'])(
    '%s is refused',
    (httpProxy) => {
      let message = '';
      try {
        chooseProxy(new URL('http://shop.example/'), { httpProxy });
      } catch (error) {
        expect(error).toMatchObject({ kind: 'environment', code: 'BadProxy' });
        message = (error as Error).message;
      }
      expect(message).toBe('HTTP_PROXY is no http or https address');
    },
  );

  test('none without settings', () => {
    expect(chooseProxy(new URL('http://shop.example/'), {})).toBeUndefined();
    expect(chooseProxy(new URL('http://shop.example/'), { httpProxy: ' ' })).toBeUndefined();
  });
});
