import { afterEach, expect, test } from 'vitest';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { bodyOf, serveHttp, serveRaw, type Running } from '../net/loopback.ts';
import { perform, testContext } from './context.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function context() {
  const http = openHttpClient({ egress: { allowLoopback: true } });
  closers.push(() => http.close());
  return testContext({ http });
}

async function started(running: Promise<Running>): Promise<Running> {
  const server = await running;
  closers.push(() => server.close());
  return server;
}

test('a request reaches the server and its answer comes back', async () => {
  const server = await started(
    serveHttp((request, response) => {
      void bodyOf(request).then((body) =>
        response
          .writeHead(201, { 'X-Seen': `${request.method} ${String(request.headers['idempotency-key'])}` })
          .end(body),
      );
    }),
  );
  const params = { method: 'POST', url: server.url, request: { body: '{"a":1}' } };
  expect(await perform('http', params, context())).toMatchObject({
    kind: 'ok',
    result: { response: { statusCode: 201, body: '{"a":1}', header: { 'X-Seen': ['POST key-1'] } } },
  });
});

test.each([
  ['GET', 'transient'],
  ['POST', 'indeterminate'],
])('%s without an answer in time is %s', async (method, outcomeClass) => {
  const server = await started(serveRaw(() => undefined));
  const params = { method, url: server.url, request: { timeout: '200ms' } };
  expect(await perform('http', params, context())).toEqual({
    kind: 'error',
    class: outcomeClass,
    message: `no answer from 127.0.0.1:${server.port} within 200ms`,
    ...(outcomeClass === 'transient' ? { isRepeat: true } : {}),
  });
});

test('an address that must not be called fails at once', async () => {
  expect(await perform('http', { url: 'http://169.254.169.254/latest' }, context())).toEqual({
    kind: 'error',
    class: 'terminal',
    message: '169.254.169.254 must not be called: it is the metadata service of a cloud',
  });
});

test('an answer past the limit fails without a retry', async () => {
  const server = await started(serveHttp((_request, response) => response.end('x'.repeat(101))));
  expect(await perform('http', { url: server.url, limitBytes: 100 }, context())).toMatchObject({
    kind: 'error',
    class: 'terminal',
    message: `the answer of 127.0.0.1:${server.port} is larger than 100 bytes`,
  });
});
