import { describe, expect, test } from 'vitest';
import { SluiceError, type ErrorKind } from '../../src/api/errors.ts';
import type { JsonObject } from '../../src/api/json.ts';
import { noUse } from '../../src/api/model-use.ts';
import type { MeteredCall } from '../../src/llm/model-service.ts';
import type { HttpClient } from '../../src/net/http-client.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { answering, perform, testContext, type Answer } from './context.ts';
import { fakeCluster } from './fake-cluster.ts';

const url = 'https://shop.example/api';
const modelUrl = 'https://api.openai.com/v1/chat/completions';

/** What the op sends for `params`, and what it makes of the answer. */
async function send(
  params: JsonObject,
  answer: Answer = {},
  surroundings: Parameters<typeof testContext>[0] = {},
) {
  const http = answering(() => answer);
  const context = testContext({ http, ...surroundings });
  const outcome = await perform('http', { url, ...params }, context);
  return { outcome, request: http.sent[0], context };
}

function failing(fault: Error): HttpClient {
  return { send: () => Promise.reject(fault), close: async () => undefined };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function clusterWith(data: Readonly<Record<string, string>>, namespace = 'team') {
  const cluster = fakeCluster();
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
  cluster.seed({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace }, data: encoded });
  return { clusters: { '': cluster } };
}

const modelRoute = async () => ({
  url: 'http://127.0.0.1:4010/v1/chat/completions',
  headers: { authorization: 'Bearer routed-key' },
  label: 'models.corp.example',
});

const keyless = async () => ({ url, headers: {}, label: 'offline engine' });

describe('a request', () => {
  test('without more than a URL', async () => {
    const { request } = await send({});
    expect(request).toMatchObject({
      method: 'GET',
      url,
      headers: {},
      timeoutMs: 30_000,
      limitBytes: 1024 * 1024,
    });
    expect(request).not.toHaveProperty('body');
  });

  test('with everything', async () => {
    const { request } = await send({
      method: 'PUT',
      request: {
        timeout: '1m30s',
        body: '{"a":1}',
        header: { 'X-One': 'a', Accept: ['text/plain', 'text/html'] },
        ratelimiter: { limit: 5, period: '2s' },
      },
      limitBytes: 2000,
    });
    expect(request).toMatchObject({
      method: 'PUT',
      body: '{"a":1}',
      timeoutMs: 90_000,
      limitBytes: 2000,
      rate: { limit: 5, periodMs: 2000 },
      headers: {
        'x-one': 'a',
        accept: 'text/plain, text/html',
        'content-type': 'application/json',
        'idempotency-key': 'key-1',
      },
    });
  });

  test.each([
    ['GET', {}, undefined],
    ['POST', {}, 'key-1'],
    ['DELETE', {}, 'key-1'],
    ['PATCH', { 'idempotency-KEY': 'author' }, 'author'],
  ])('%s with %j has the idempotency key %s', async (method, header, expected) => {
    const { request } = await send({ method, request: { header } });
    expect(request?.headers['idempotency-key']).toBe(expected);
  });

  test('keeps the author’s content type', async () => {
    const { request } = await send({ request: { body: 'x', header: { 'Content-Type': 'text/plain' } } });
    expect(request?.headers['content-type']).toBe('text/plain');
  });

  test.each([
    ['timeout', { timeout: '30' }, 'request.timeout: "30" is no duration (write 500ms, 30s or 1m30s)'],
    ['timeout', { timeout: '0' }, 'request.timeout: 0ms is too short (write 500ms, 30s or 1m30s)'],
    [
      'period',
      { ratelimiter: { limit: 1, period: '1d' } },
      'request.ratelimiter.period: "1d" is no duration (write 500ms, 30s or 1m30s)',
    ],
  ])('with a bad %s is not sent', async (_what, request, message) => {
    const sent = await send({ request });
    expect(sent.outcome).toEqual({ kind: 'error', class: 'terminal', message });
    expect(sent.request).toBeUndefined();
  });
});

describe('what stands in Secrets', () => {
  const fromSecret = { request: { headersFromSecret: [{ header: 'X-Token', secret: 's', key: 'token' }] } };

  test('becomes a header, and is masked', async () => {
    const { request, context } = await send(fromSecret, {}, clusterWith({ token: 'top-secret\n' }));
    expect(request?.headers['x-token']).toBe('top-secret');
    expect(context.secrets).toContain('top-secret\n');
  });

  test.each([
    ['a Secret that is missing', 'other', { token: 'x' }, 'Secret team/s not found'],
    ['a key that is missing', 'team', { b: 'x', a: 'y' }, 'Secret team/s has no key "token"; it has a, b'],
    ['a Secret without anything', 'team', {}, 'Secret team/s has no key "token"; it is empty'],
  ])('%s fails before anything is sent', async (_what, namespace, data, message) => {
    const sent = await send(fromSecret, {}, clusterWith(data, namespace));
    expect(sent.outcome).toEqual({ kind: 'error', class: 'terminal', message });
    expect(sent.request).toBeUndefined();
  });

  test.each([
    [{ 'ca.crt': 'CA' }, { ca: 'CA' }],
    [
      { 'ca.crt': 'CA', 'client.crt': 'CERT', 'client.key': 'KEY' },
      { ca: 'CA', cert: 'CERT', key: 'KEY' },
    ],
    [
      { 'tls.crt': 'CERT', 'tls.key': 'KEY' },
      { cert: 'CERT', key: 'KEY' },
    ],
  ])('%j is what TLS uses', async (data, tls) => {
    const sent = await send({ tls_config: { secret: 's' } }, {}, clusterWith(data));
    expect(sent.request?.tls).toEqual(tls);
  });

  test('TLS material may stand in another namespace', async () => {
    const params = { tls_config: { secret: 's', namespace: 'certs' } };
    expect((await send(params, {}, clusterWith({ 'ca.crt': 'CA' }, 'certs'))).request?.tls).toEqual({
      ca: 'CA',
    });
  });

  test.each([
    ['nothing that TLS could use', { other: 'x' }],
    ['a certificate without its key', { 'client.crt': 'CERT' }],
  ])('%s is never replaced by plain trust', async (_what, data) => {
    const sent = await send({ tls_config: { secret: 's' } }, {}, clusterWith(data));
    expect(sent.outcome).toMatchObject({ kind: 'error', class: 'terminal' });
    expect(sent.request).toBeUndefined();
  });
});

describe('what is masked', () => {
  test.each([
    ['a bearer token', { Authorization: 'Bearer abc-123456' }, ['abc-123456']],
    ['a key', { 'x-api-KEY': 'abc-123456' }, ['abc-123456']],
    [
      'the password of a basic pair',
      { Authorization: `Basic ${base64('bob:hunter2')}` },
      [base64('bob:hunter2'), 'hunter2'],
    ],
    ['each cookie', { Cookie: 'a=hunter2; b=swordfish' }, ['a=hunter2; b=swordfish', 'hunter2', 'swordfish']],
    ['a proxy’s', { 'Proxy-Authorization': 'Bearer abc-123456' }, ['abc-123456']],
    ['no placeholder', { Authorization: 'Bearer <your token>' }, []],
    ['nothing short', { Authorization: 'Bearer abc' }, []],
    ['no other header', { 'X-Trace': 'abc-123456' }, []],
  ])('%s', async (_what, header, secrets) => {
    const { context } = await send({ request: { header } });
    expect([...new Set(context.secrets)]).toEqual(secrets);
  });

  test('a password in the URL', async () => {
    const { context } = await send({ url: 'https://me:hunter%202@shop.example/' });
    expect(context.secrets).toEqual(['hunter 2']);
  });
});

describe('an answer', () => {
  test.each([200, 404, 500])('of status %i is a result', async (statusCode) => {
    const headers = { 'content-type': ['text/plain'], 'x-ratelimit-limit': ['1', '2'] };
    const { outcome } = await send({}, { statusCode, body: 'hello', headers });
    expect(outcome).toEqual({
      kind: 'ok',
      result: {
        response: {
          statusCode,
          body: 'hello',
          header: { 'Content-Type': ['text/plain'], 'X-Ratelimit-Limit': ['1', '2'] },
          trailer: {},
        },
      },
    });
  });

  test('of a status that the step retries is a passing fault, with the wait that was asked for', async () => {
    const answer = { statusCode: 503, body: 'come\n  again', headers: { 'retry-after': ['7'] } };
    const { outcome } = await send({ retryOnStatus: [429, 503] }, answer);
    expect(outcome).toEqual({
      kind: 'error',
      class: 'transient',
      message: 'shop.example answered 503: come again',
      retryAfterMs: 7000,
    });
    expect((await send({ retryOnStatus: [429] }, answer)).outcome.kind).toBe('ok');
  });

  test('is what CUE templates of both styles look for', async () => {
    const { outcome } = await send({}, { body: 'hello' });
    const spec = opSpecs.get('http');
    const result = outcome.kind === 'ok' ? outcome.result : null;
    expect(spec?.cueResult?.(result, 'inline')).toMatchObject({
      response: { body: 'hello', statusCode: 200 },
    });
    expect(spec?.cueResult?.(result, 'returns')).toMatchObject({ body: 'hello', statusCode: 200 });
  });
});

describe('a fault', () => {
  test.each<[ErrorKind, string, string]>([
    ['transient', 'GET', 'transient'],
    ['transient', 'POST', 'transient'],
    ['denied', 'GET', 'terminal'],
    ['terminal', 'POST', 'terminal'],
    ['environment', 'GET', 'transient'],
    ['indeterminate', 'GET', 'transient'],
    ['indeterminate', 'HEAD', 'transient'],
    ['indeterminate', 'PUT', 'transient'],
    ['indeterminate', 'DELETE', 'transient'],
    ['indeterminate', 'POST', 'indeterminate'],
    ['indeterminate', 'PATCH', 'indeterminate'],
  ])('%s of %s is %s', async (kind, method, outcomeClass) => {
    const http = failing(new SluiceError(kind, 'Some', 'the reason', { hint: 'a way out', retryAfterMs: 9 }));
    const { outcome } = await send({ method }, {}, { http });
    expect(outcome).toEqual({
      kind: 'error',
      class: outcomeClass,
      message: 'the reason (a way out)',
      retryAfterMs: 9,
      // It may have happened: what is sent again keeps its key.
      ...(kind === 'indeterminate' && outcomeClass === 'transient' ? { isRepeat: true } : {}),
    });
  });

  test.each([
    ['GET', 'terminal'],
    ['POST', 'indeterminate'],
  ])('that a repeat would meet again, of %s, is %s', async (method, outcomeClass) => {
    const http = failing(
      new SluiceError('indeterminate', 'BodyTooLarge', 'too large', { details: { repeats: true } }),
    );
    expect((await send({ method }, {}, { http })).outcome).toMatchObject({ class: outcomeClass });
  });

  test('of a call to a model is passing', async () => {
    const http = failing(new SluiceError('indeterminate', 'Timeout', 'no answer'));
    for (const params of [{ model: true }, { url: modelUrl }]) {
      expect((await send({ method: 'POST', ...params }, {}, { http })).outcome).toMatchObject({
        class: 'transient',
      });
    }
  });

  test('that is a bug is thrown on', async () => {
    await expect(send({}, {}, { http: failing(new TypeError('ours')) })).rejects.toThrow(TypeError);
  });
});

test.each([
  [{ url }, 'retry'],
  [{ url, method: 'HEAD' }, 'retry'],
  [{ url, method: 'PUT' }, 'retry'],
  [{ url, method: 'DELETE' }, 'retry'],
  [{ url, method: 'OPTIONS' }, 'retry'],
  [{ url, method: 'POST' }, 'fail'],
  [{ url, method: 'PATCH' }, 'fail'],
  [{ url, method: 'POST', model: true }, 'retry'],
  [{ url: modelUrl, method: 'POST' }, 'retry'],
  [{ url: 'https://api.openai.com.evil.example/v1/x', method: 'POST' }, 'fail'],
  [{ url: 'no url', method: 'POST' }, 'fail'],
])('when the outcome of %j is not known: %s', (params, expected) => {
  expect(opSpecs.get('http')?.onUnknown(params)).toBe(expected);
});

describe('a call to a model', () => {
  const header = { Authorization: 'Bearer authored-key', 'Content-Type': 'application/json' };

  test.each([
    ['under the vendor’s address', { url: modelUrl }],
    ['that says it is one', { url, model: true }],
  ])('%s goes where it is routed, with the key that is routed', async (_what, params) => {
    const sent = await send({ ...params, method: 'POST', request: { header } }, {}, { modelRoute });
    expect(sent.context.asked).toEqual([
      { url: params.url, authorization: 'Bearer authored-key', model: '' },
    ]);
    expect(sent.request).toMatchObject({
      url: 'http://127.0.0.1:4010/v1/chat/completions',
      headers: {
        authorization: 'Bearer routed-key',
        'content-type': 'application/json',
        'idempotency-key': 'key-1',
      },
    });
    expect(sent.outcome).toMatchObject({ kind: 'ok', notice: 'model: models.corp.example' });
    expect(sent.context.secrets).toEqual(expect.arrayContaining(['authored-key', 'routed-key']));
  });

  test('carries no secret in its body, whoever put it there', async () => {
    const body = 'the key is authored-key, says the manifest';
    const sent = await send({ model: true, method: 'POST', request: { header, body } }, {}, { modelRoute });
    expect(sent.request?.body).toBe('the key is ***, says the manifest');
    const plain = await send({ method: 'POST', request: { header, body } }, {}, { modelRoute });
    expect(plain.request?.body).toBe(body);
  });

  test('that is routed without a key carries none', async () => {
    const sent = await send({ model: true, request: { header } }, {}, { modelRoute: keyless });
    expect(sent.request?.headers).not.toHaveProperty('authorization');
    expect(sent.outcome).toMatchObject({ notice: 'model: offline engine' });
  });

  test('says what was paid for it, also when its status is a passing fault', async () => {
    const paid = await send({ model: true, method: 'POST' }, {}, { modelRoute });
    expect(paid.outcome).toMatchObject({ kind: 'ok', use: { calls: 1 } });
    const busy = await send({ model: true, retryOnStatus: [429] }, { statusCode: 429 }, { modelRoute });
    expect(busy.outcome).toMatchObject({ kind: 'error', class: 'transient', use: { calls: 1 } });
    expect((await send({})).outcome).not.toHaveProperty('use');
  });

  test('is charged by its body, as it is sent', async () => {
    const charged: MeteredCall[] = [];
    const models = {
      ...testContext().models,
      metered: async <Given>(call: MeteredCall, request: () => Promise<Given>) => {
        charged.push(call);
        return { answer: await request(), use: noUse };
      },
    };
    const body = '{"model": "gpt-4o", "messages": [{"role": "user", "content": "authored-key"}]}';
    const params = { model: true, method: 'POST', request: { header, body } };
    const sent = await send(params, {}, { modelRoute, others: { models } });
    const { run: payer } = sent.context;
    expect(charged).toEqual([
      { payer, step: 'step', server: 'models.corp.example', body: sent.request?.body },
    ]);
    expect(charged[0]?.body).not.toContain('authored-key');
  });

  test('that is refused fails with the reason', async () => {
    const reason = new SluiceError('invalid', 'NoModel', 'no key', { hint: 'set one' });
    const sent = await send({ url: modelUrl }, {}, { modelRoute: () => Promise.reject(reason) });
    expect(sent.outcome).toEqual({ kind: 'error', class: 'terminal', message: 'no key (set one)' });
    expect(sent.request).toBeUndefined();
  });

  test('is no other call', async () => {
    const sent = await send({ request: { header } }, {}, { modelRoute });
    expect(sent.context.asked).toEqual([]);
    expect(sent.request?.url).toBe(url);
  });
});
