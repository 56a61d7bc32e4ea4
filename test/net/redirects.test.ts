import { afterEach, describe, expect, test } from 'vitest';
import { systemConnect } from '../../src/net/dial.ts';
import type { HttpResponse } from '../../src/net/http-client.ts';
import { openHttpClient, type HttpClientOptions } from '../../src/net/open-http-client.ts';
import { bodyOf, get, recordingConnect, resolved, serveHttp, serveRaw, type Running } from './loopback.ts';

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

/** `/to?status=S&location=L` redirects; anything else answers what it got. */
function redirecting(): Promise<Running> {
  return started(
    serveHttp((request, response) => {
      const url = new URL(request.url ?? '', 'http://server');
      if (url.pathname === '/to') {
        const location = url.searchParams.get('location') ?? '';
        response.writeHead(Number(url.searchParams.get('status') ?? '302'), { location }).end('moved');
        return;
      }
      void bodyOf(request).then((body) =>
        response.end(
          JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }),
        ),
      );
    }),
  );
}

function seen(answer: HttpResponse): {
  method: string;
  url: string;
  body: string;
  headers: Record<string, string>;
} {
  return JSON.parse(answer.body) as ReturnType<typeof seen>;
}

function to(server: Running, location: string, status = 302): string {
  return `${server.url}/to?status=${status}&location=${encodeURIComponent(location)}`;
}

describe('the method of the next request', () => {
  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [307, 'POST', 'POST', 'text'],
    [308, 'POST', 'POST', 'text'],
    [301, 'PUT', 'PUT', 'text'],
    [302, 'PATCH', 'PATCH', 'text'],
    [303, 'PUT', 'GET', ''],
    [303, 'DELETE', 'GET', ''],
    [301, 'GET', 'GET', ''],
    [307, 'DELETE', 'DELETE', ''],
  ])('%i after %s is %s', async (status, method, next, body) => {
    const server = await redirecting();
    const sent = method === 'GET' || method === 'DELETE' ? {} : { body: 'text' };
    const headers = { 'content-type': 'text/plain' };
    const got = seen(await client().send(get(to(server, '/there', status), { method, headers, ...sent })));
    expect(got).toMatchObject({ method: next, url: '/there', body });
    expect(got.headers['content-type']).toBe(next === method ? 'text/plain' : undefined);
  });

  test.each([300, 304, 305, 306])('%i is no redirect', async (status) => {
    const server = await redirecting();
    expect((await client().send(get(to(server, '/there', status)))).statusCode).toBe(status);
  });

  test('a redirect that says no place is an answer', async () => {
    const server = await started(serveHttp((_request, response) => response.writeHead(302).end('lost')));
    expect(await client().send(get(server.url))).toMatchObject({ statusCode: 302, body: 'lost' });
  });
});

describe('headers that follow', () => {
  const headers = {
    Authorization: 'Bearer abc',
    Cookie: 'a=1',
    'X-Api-Key': 'k',
    'X-Anything': 'v',
    'Idempotency-Key': 'one',
    Accept: 'text/plain',
  };

  test('all, within one origin', async () => {
    const server = await redirecting();
    const got = seen(await client().send(get(to(server, '/there'), { headers })));
    expect(got.headers).toMatchObject({ authorization: 'Bearer abc', cookie: 'a=1', 'x-anything': 'v' });
  });

  test('none that may be a credential, to another origin', async () => {
    const [server, other] = [await redirecting(), await redirecting()];
    const got = seen(await client().send(get(to(server, `${other.url}/there`, 307), { headers })));
    for (const name of ['authorization', 'cookie', 'x-api-key', 'x-anything']) {
      expect(got.headers).not.toHaveProperty(name);
    }
    expect(got.headers).toMatchObject({
      accept: 'text/plain',
      'idempotency-key': 'one',
      host: `127.0.0.1:${other.port}`,
    });
  });

  test('nor back again', async () => {
    const [server, other] = [await redirecting(), await redirecting()];
    const back = to(other, `${server.url}/there`);
    expect(seen(await client().send(get(to(server, back), { headers }))).headers).not.toHaveProperty(
      'authorization',
    );
  });

  test('nor to another name of the same machine', async () => {
    const server = await redirecting();
    const location = `http://other.example:${server.port}/there`;
    const { connect } = recordingConnect(systemConnect);
    const opened = client({ lookup: () => Promise.resolve(resolved('93.184.216.34')), connect });
    expect(seen(await opened.send(get(to(server, location), { headers }))).headers).not.toHaveProperty(
      'authorization',
    );
  });
});

describe('where a redirect may not go', () => {
  test.each([
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://2852039166/'],
    ['http://0xa9fea9fe/'],
    ['http://0251.0376.0251.0376/'],
    ['http://[::ffff:169.254.169.254]/'],
    ['http://metadata.google.internal/'],
    ['//169.254.169.254/'],
    ['http://10.0.0.1/'],
    ['http://0.0.0.0/'],
  ])('%s', async (location) => {
    const server = await redirecting();
    const { dialled, connect } = recordingConnect(systemConnect);
    await expect(client({ connect }).send(get(to(server, location)))).rejects.toMatchObject({
      kind: 'denied',
      code: 'EgressDenied',
    });
    expect(dialled).toEqual([`127.0.0.1:${server.port}`]);
  });

  test.each([
    ['file:///etc/passwd', 'BadUrl'],
    ['http://a:hunter2@127.0.0.1/', 'UserInfoInUrl'],
    ['http://', 'BadUrl'],
  ])('%s', async (location, code) => {
    const server = await redirecting();
    const error = await client()
      .send(get(to(server, location)))
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'terminal', code });
    expect((error as Error).message).not.toContain('hunter2');
  });

  test('more than five times', async () => {
    const server = await started(
      serveHttp((request, response) => {
        const count = Number(request.url?.slice(1));
        if (count === 0) response.end('arrived');
        else response.writeHead(302, { location: `/${count - 1}` }).end();
      }),
    );
    expect((await client().send(get(`${server.url}/5`))).body).toBe('arrived');
    await expect(client().send(get(`${server.url}/6`))).rejects.toMatchObject({
      kind: 'terminal',
      code: 'TooManyRedirects',
    });
  });
});

describe('a fault after a redirect', () => {
  test.each([
    ['has taken effect when the answer was "look there"', 303, 'indeterminate'],
    ['has taken no effect when the answer was "ask there"', 307, 'transient'],
  ])('%s', async (_what, status, kind) => {
    const gone = await serveRaw(() => undefined);
    await gone.close();
    const server = await redirecting();
    const sent = client().send(get(to(server, gone.url, status), { method: 'POST', body: 'x' }));
    await expect(sent).rejects.toMatchObject({ kind });
  });
});
