import { gzipSync, brotliCompressSync, deflateSync, deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/net/http-client.ts';
import { openHttpClient, type HttpClientOptions } from '../../src/net/open-http-client.ts';
import { bodyOf, get, serveBytes, serveHttp, serveRaw, type Running } from './loopback.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function client(options: Partial<HttpClientOptions> = {}) {
  const opened = openHttpClient({ egress: { allowLoopback: true }, ...options });
  closers.push(() => opened.close());
  return opened;
}

async function started(running: Promise<Running>): Promise<Running> {
  const server = await running;
  closers.push(() => server.close());
  return server;
}

function echo(): Promise<Running> {
  return started(
    serveHttp((request, response) => {
      void bodyOf(request).then((body) => {
        const { method, url, headers } = request;
        return response.end(JSON.stringify({ method, url, headers, body }));
      });
    }),
  );
}

async function echoed(request: HttpRequest) {
  const { body } = await client().send(request);
  return JSON.parse(body) as { method: string; url: string; headers: Record<string, string>; body: string };
}

describe('a request', () => {
  test('arrives as it was given', async () => {
    const { url } = await echo();
    const request = get(`${url}/a/b?q=1#part`, { method: 'POST', body: 'löwe', headers: { 'X-Own': 'one' } });
    const seen = await echoed(request);
    expect(seen).toMatchObject({ method: 'POST', url: '/a/b?q=1', body: 'löwe' });
    expect(seen.headers).toMatchObject({ 'x-own': 'one', 'content-length': '5', 'user-agent': 'sluice' });
  });

  test.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s', async (method) => {
    const { url } = await echo();
    expect(await echoed(get(url, { method }))).toMatchObject({ method, body: '' });
  });

  test('HEAD has a status and headers, and no body', async () => {
    const server = await started(
      serveHttp((_request, response) => response.setHeader('content-length', '10').end('0123456789')),
    );
    const answer = await client().send(get(server.url, { method: 'HEAD' }));
    expect(answer).toMatchObject({ statusCode: 200, body: '', headers: { 'content-length': ['10'] } });
  });

  test.each([
    ['a newline in a value', { 'x-a': 'one\r\nX-Evil: 1' }],
    ['a NUL in a value', { 'x-a': 'one\0' }],
    ['a snowman in a value', { 'x-a': '☃' }],
    ['a space in a name', { 'x a': 'one' }],
    ['a name that frames the message', { 'Transfer-Encoding': 'chunked' }],
  ])('with %s is refused', async (_what, headers) => {
    const { url } = await echo();
    await expect(client().send(get(url, { headers }))).rejects.toMatchObject({
      kind: 'terminal',
      code: 'BadHeader',
    });
  });

  test('sets its own length whatever the author says', async () => {
    const { url } = await echo();
    const headers = { 'Content-Length': '1', Connection: 'keep-alive' };
    expect(await echoed(get(url, { method: 'POST', body: 'longer', headers }))).toMatchObject({
      body: 'longer',
    });
  });

  test.each([
    ['CONNECT', 'BadMethod'],
    ['TRACE', 'BadMethod'],
    ['G ET', 'BadMethod'],
  ])('with the method %s is refused', async (method, code) => {
    await expect(client().send(get('http://127.0.0.1:9/', { method }))).rejects.toMatchObject({ code });
  });

  test.each([
    ['ftp://127.0.0.1/', 'BadUrl'],
    ['file:///etc/passwd', 'BadUrl'],
    ['javascript:alert(1)', 'BadUrl'],
    ['not a url', 'BadUrl'],
    ['', 'BadUrl'],
    ['http://127.0.0.1:99999/', 'BadUrl'],
    ['http://1.2.3.4.5/', 'BadUrl'],
    ['http://me:hunter2secret@127.0.0.1:9/', 'UserInfoInUrl'],
    ['http://hunter2secret@127.0.0.1:9/', 'UserInfoInUrl'],
    ['http://me:hunter2secret@exa mple/', 'BadUrl'],
  ])('to %s is refused without naming its secrets', async (url, code) => {
    const error: Error & { code?: string } = await client()
      .send(get(url))
      .then(
        () => expect.unreachable(),
        (thrown: Error) => thrown,
      );
    expect(error).toMatchObject({ kind: 'terminal', code });
    expect(error.message).not.toContain('hunter2');
  });
});

describe('an answer', () => {
  test.each([200, 204, 304, 400, 404, 429, 500, 503])('of status %i is an answer', async (status) => {
    const server = await started(serveHttp((_request, response) => response.writeHead(status).end()));
    expect((await client().send(get(server.url))).statusCode).toBe(status);
  });

  test('keeps repeated headers apart and brings its trailers', async () => {
    const server = await started(
      serveHttp((_request, response) => {
        response.setHeader('Set-Cookie', ['a=1', 'b=2']);
        response.setHeader('Trailer', 'X-Sum');
        response.write('part');
        response.addTrailers({ 'X-Sum': '42' });
        response.end();
      }),
    );
    const answer = await client().send(get(server.url));
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.trailers).toEqual({ 'x-sum': ['42'] });
    expect(answer.body).toBe('part');
  });

  test.each([
    ['utf-8', undefined, Buffer.from('Grüße ☃')],
    ['latin-1 that is named', 'text/plain; charset=ISO-8859-1', Buffer.from('Grüße', 'latin1')],
    ['utf-16 that is named', 'text/plain; charset="utf-16le"', Buffer.from('Grüße', 'utf16le')],
    ['a charset that does not exist', 'text/plain; charset=klingon', Buffer.from('Grüße')],
  ])('in %s is text', async (_what, contentType, bytes) => {
    const server = await started(
      serveHttp((_request, response) => {
        if (contentType !== undefined) response.setHeader('content-type', contentType);
        response.end(bytes);
      }),
    );
    expect((await client().send(get(server.url))).body).toMatch(/^Grüße/);
  });

  test('of bytes that are no text has replacement characters', async () => {
    const server = await started(
      serveHttp((_request, response) => response.end(Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x62]))),
    );
    expect((await client().send(get(server.url))).body).toBe('a\ufffd\ufffd\0b');
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: Buffer) => bytes],
    ['br, gzip', (bytes: Buffer) => gzipSync(brotliCompressSync(bytes))],
  ])('in %s is decoded', async (encoding, encode) => {
    const server = await started(
      serveHttp((_request, response) =>
        response.setHeader('content-encoding', encoding).end(encode(Buffer.from('hello '.repeat(100)))),
      ),
    );
    expect((await client().send(get(server.url))).body).toBe('hello '.repeat(100));
  });

  test('with an encoding and nothing in it is empty', async () => {
    const server = await started(
      serveHttp((_request, response) => response.setHeader('content-encoding', 'gzip').end()),
    );
    expect((await client().send(get(server.url))).body).toBe('');
  });

  test.each([
    ['an encoding nobody knows', 'rot13', Buffer.from('uryyb'), 'UnknownEncoding'],
    ['an encoding named like a property', '__proto__', Buffer.from('x'), 'UnknownEncoding'],
    ['gzip that is none', 'gzip', Buffer.from('plain'), 'BrokenEncoding'],
    ['gzip that is cut off', 'gzip', gzipSync('hello '.repeat(100)).subarray(0, 20), 'BrokenEncoding'],
  ])('in %s is refused', async (_what, encoding, bytes, code) => {
    const server = await started(
      serveHttp((_request, response) => response.setHeader('content-encoding', encoding).end(bytes)),
    );
    await expect(client().send(get(server.url))).rejects.toMatchObject({ kind: 'indeterminate', code });
  });
});

describe('a limit of bytes', () => {
  test.each([
    ['exactly at it', 1000, undefined],
    ['one past it', 1001, 'BodyTooLarge'],
  ])('a body %s', async (_what, size, code) => {
    const server = await started(serveHttp((_request, response) => response.end('x'.repeat(size))));
    const sent = client().send(get(server.url, { limitBytes: 1000 }));
    if (code === undefined) expect((await sent).body).toHaveLength(size);
    else
      await expect(sent).rejects.toMatchObject({ kind: 'indeterminate', code, details: { repeats: true } });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['gzip, gzip', (bytes: Buffer) => gzipSync(gzipSync(bytes))],
  ])('a bomb in %s', async (encoding, encode) => {
    const bomb = encode(Buffer.alloc(32 * 1024 * 1024));
    const server = await started(
      serveHttp((_request, response) => response.setHeader('content-encoding', encoding).end(bomb)),
    );
    await expect(client().send(get(server.url, { limitBytes: 100_000 }))).rejects.toMatchObject({
      code: 'BodyTooLarge',
    });
  });

  test('a body without end', async () => {
    const server = await started(
      serveHttp((_request, response) => {
        const block = Buffer.alloc(64 * 1024, 'x');
        const more = (): void => {
          while (!response.destroyed && response.write(block)) continue;
        };
        response.on('drain', more);
        more();
      }),
    );
    await expect(client().send(get(server.url))).rejects.toMatchObject({ code: 'BodyTooLarge' });
  });

  test.each([
    ['one header of 200 KiB', `X-Big: ${'x'.repeat(200 * 1024)}\r\n`],
    ['20,000 headers', 'X-Many: y\r\n'.repeat(20_000)],
  ])('%s', async (_what, headers) => {
    const server = await started(serveBytes(`HTTP/1.1 200 OK\r\n${headers}\r\nhello`));
    await expect(client().send(get(server.url))).rejects.toMatchObject({ kind: 'indeterminate' });
  });
});

describe('an exchange that breaks off', () => {
  test.each([
    ['before the head', (): string | undefined => undefined, 'ConnectionLost'],
    ['inside the head', () => 'HTTP/1.1 200 OK\r\nContent-Le', 'ConnectionLost'],
    ['inside the body', () => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello', 'ConnectionLost'],
    [
      'inside a chunk',
      () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhello',
      'ConnectionLost',
    ],
  ])('%s may have taken effect', async (_what, text, code) => {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      const server = await started(
        serveRaw((socket) =>
          socket.once('data', () => {
            const head = text();
            if (head === undefined) socket[end]();
            else socket.write(head, () => socket[end]());
          }),
        ),
      );
      await expect(client().send(get(server.url, { method: 'POST', body: 'x' }))).rejects.toMatchObject({
        kind: 'indeterminate',
        code,
      });
    }
  });

  test.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['a status line that is none', 'HTTP/1.1 banana\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nhello'],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n'],
    ['a switch of protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
  ])('with %s is refused', async (_what, text) => {
    const server = await started(serveBytes(text));
    await expect(client().send(get(server.url))).rejects.toMatchObject({ kind: 'indeterminate' });
  });

  test('a connection that is refused sent nothing', async () => {
    const server = await serveRaw(() => undefined);
    await server.close();
    await expect(client().send(get(server.url, { method: 'POST' }))).rejects.toMatchObject({
      kind: 'transient',
      code: 'ConnectionRefused',
    });
  });

  test('a name that does not resolve sent nothing', async () => {
    const notFound = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    await expect(
      client({ lookup: () => Promise.reject(notFound) }).send(get('http://nowhere.invalid/')),
    ).rejects.toMatchObject({
      kind: 'transient',
      code: 'NotResolved',
      message: 'cannot resolve nowhere.invalid (ENOTFOUND)',
    });
  });
});

describe('a deadline', () => {
  test.each([
    ['no answer', () => undefined],
    ['half a head', (socket: { write(text: string): unknown }) => socket.write('HTTP/1.1 200 OK\r\n')],
    [
      'a body that never ends',
      (socket: { write(text: string): unknown }) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel'),
    ],
  ])('ends %s', async (_what, onData) => {
    const server = await started(serveRaw((socket) => socket.once('data', () => onData(socket))));
    await expect(client().send(get(server.url, { timeoutMs: 200 }))).rejects.toMatchObject({
      kind: 'indeterminate',
      code: 'Timeout',
      message: `no answer from 127.0.0.1:${server.port} within 200ms`,
    });
  });

  test('ends a slow drip, however steady', async () => {
    const server = await started(
      serveHttp((_request, response) => {
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
      }),
    );
    await expect(client().send(get(server.url, { timeoutMs: 300 }))).rejects.toMatchObject({
      code: 'Timeout',
    });
  });

  test('ends endless headers that come slowly', async () => {
    const server = await started(
      serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const drip = setInterval(() => socket.write('X-More: 1\r\n'), 20);
        socket.on('close', () => clearInterval(drip));
      }),
    );
    await expect(client().send(get(server.url, { timeoutMs: 300 }))).rejects.toMatchObject({
      code: 'Timeout',
    });
  });

  test('ends endless early hints', async () => {
    const server = await started(
      serveRaw((socket) => {
        const drip = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
        socket.on('close', () => clearInterval(drip));
      }),
    );
    await expect(client().send(get(server.url, { timeoutMs: 300 }))).rejects.toMatchObject({
      code: 'Timeout',
    });
  });

  test('before the request went out is a passing fault', async () => {
    const never = Promise.withResolvers<never>().promise;
    await expect(
      client({ lookup: () => never }).send(get('http://slow.example/', { timeoutMs: 50 })),
    ).rejects.toMatchObject({
      kind: 'transient',
      code: 'Timeout',
    });
  });

  test('covers all redirects together', async () => {
    const server = await started(
      serveHttp((_request, response) => {
        setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 150);
      }),
    );
    await expect(client().send(get(server.url, { timeoutMs: 400 }))).rejects.toMatchObject({
      code: 'Timeout',
    });
  });
});

describe('an end from outside', () => {
  test('the caller’s signal closes the connection', async () => {
    const { promise: isClosed, resolve: closed } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const server = await started(
      serveRaw((socket) => {
        socket.on('close', closed);
        socket.once('data', () => controller.abort());
      }),
    );
    await expect(client().send(get(server.url, { signal: controller.signal }))).rejects.toMatchObject({
      kind: 'indeterminate',
      code: 'Aborted',
    });
    await isClosed;
  });

  test('a signal that has aborted already sends nothing', async () => {
    await expect(
      client().send(get('http://127.0.0.1:9/', { signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ kind: 'transient', code: 'Aborted' });
  });

  test('closing the client ends what is under way', async () => {
    const opened = openHttpClient({ egress: { allowLoopback: true } });
    const server = await started(serveRaw((socket) => socket.once('data', () => void opened.close())));
    await expect(opened.send(get(server.url))).rejects.toMatchObject({ code: 'Aborted' });
  });

  test('a call that is over leaves no connection', async () => {
    const { promise: isClosed, resolve: closed } = Promise.withResolvers<void>();
    const server = await started(
      serveRaw((socket) => {
        socket.on('close', closed);
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
      }),
    );
    expect((await client().send(get(server.url))).body).toBe('ok');
    await isClosed;
  });
});

test('a rate is kept by method and address, and says when to come again', async () => {
  const { url } = await echo();
  let now = 0;
  const limited = client({ nowMs: () => now });
  const rate = { limit: 2, periodMs: 1000 };
  await limited.send(get(`${url}/a?x=1`, { rate }));
  await limited.send(get(`${url}/a?x=2`, { rate }));
  await expect(limited.send(get(`${url}/a`, { rate }))).rejects.toMatchObject({
    kind: 'transient',
    code: 'RateLimited',
    retryAfterMs: 500,
  });
  await limited.send(get(`${url}/b`, { rate }));
  now = 500;
  expect((await limited.send(get(`${url}/a`, { rate }))).statusCode).toBe(200);
});
