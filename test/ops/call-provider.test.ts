import { afterEach, expect, test } from 'vitest';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { serveHttps } from '../net/https-server.ts';
import { bodyOf, serveHttp, type Running } from '../net/loopback.ts';
import { perform, testContext } from './context.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function context(ca?: string) {
  const http = openHttpClient({ egress: { allowLoopback: true }, ...(ca === undefined ? {} : { ca }) });
  closers.push(() => http.close());
  return testContext({ http });
}

async function started<T extends Running>(running: Promise<T>): Promise<T> {
  const server = await running;
  closers.push(() => server.close());
  return server;
}

test('the parameters are posted as JSON under the name of the function', async () => {
  const server = await started(
    serveHttp((request, response) => {
      const { method, url, headers } = request;
      void bodyOf(request).then((body) =>
        response.end(
          JSON.stringify({
            line: `${method} ${url}`,
            body,
            key: headers['idempotency-key'],
            token: headers['authorization'],
            type: headers['content-type'],
          }),
        ),
      );
    }),
  );
  const params = {
    endpoint: `${server.url}/mysql/`,
    function: 'list-tables',
    header: { authorization: 'Bearer s3cret-token' },
    params: { db: 'd' },
  };
  const world = context();
  expect(await perform('call-provider', params, world)).toEqual({
    kind: 'ok',
    result: {
      value: {
        line: 'POST /mysql/list-tables',
        body: '{"db":"d"}',
        key: 'key-1',
        token: 'Bearer s3cret-token',
        type: 'application/json',
      },
    },
  });
  expect(world.secrets).toEqual(['s3cret-token']);
});

test.each([
  [200, '[1]', { kind: 'ok', result: { value: [1] } }],
  [204, '', { kind: 'ok', result: { value: {} } }],
  [200, 'OK', { kind: 'error', class: 'terminal', message: 'f of HOST answered with no JSON: OK' }],
  [400, 'no such  db', { kind: 'error', class: 'terminal', message: 'f of HOST answered 400: no such db' }],
  [500, '', { kind: 'error', class: 'terminal', message: 'f of HOST answered 500' }],
  [502, 'x', { kind: 'error', class: 'transient', message: 'HOST answered 502: x', retryAfterMs: 2000 }],
  [503, '', { kind: 'error', class: 'transient', message: 'HOST answered 503', retryAfterMs: 2000 }],
])('an answer of %d %s', async (status, body, outcome) => {
  const server = await started(
    serveHttp((_request, response) => response.writeHead(status, { 'Retry-After': '2' }).end(body)),
  );
  const params = { endpoint: server.url, function: 'f', retryOnStatus: [502] };
  const text = JSON.stringify(await perform('call-provider', params, context()));
  expect(JSON.parse(text.replaceAll(new URL(server.url).host, 'HOST'))).toEqual(outcome);
});

test('a certificate is checked, unless the Package says that it need not be', async () => {
  const server = await started(serveHttps((_request, response) => response.end('{"a":1}')));
  const params = { endpoint: server.url, function: 'f' };
  expect(await perform('call-provider', params, context())).toMatchObject({
    kind: 'error',
    class: 'terminal',
  });
  expect(await perform('call-provider', params, context(server.ca))).toMatchObject({ kind: 'ok' });
  expect(await perform('call-provider', { ...params, insecureSkipVerify: true }, context())).toEqual({
    kind: 'ok',
    result: { value: { a: 1 } },
  });
});

test.each(['../admin', 'a/../../b', 'f?x=1', 'f#x', 'a b'])(
  'no function leaves the endpoint: %s',
  async (name) => {
    const params = { endpoint: 'http://127.0.0.1:9/functions', function: name };
    const outcome = await perform('call-provider', params, context());
    expect(outcome).toMatchObject({
      class: 'terminal',
      message: expect.stringContaining('function') as string,
    });
  },
);

test('metadata addresses are refused', async () => {
  const params = { endpoint: 'http://169.254.169.254/latest', function: 'f' };
  expect(await perform('call-provider', params, context())).toMatchObject({
    class: 'terminal',
    message: '169.254.169.254 must not be called: it is the metadata service of a cloud',
  });
});
