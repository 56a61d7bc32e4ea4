import { afterEach, describe, expect, test } from 'vitest';
import { HostBreaker } from '../../src/llm/host-breaker.ts';
import type { ModelClientOptions } from '../../src/llm/open-model-client.ts';
import {
  calm,
  chunk,
  completion,
  json,
  openTestClient,
  question,
  refuses,
  says,
  serveModel,
  streams,
  usageChunk,
  type ModelServer,
  type Reply,
  type TestClient,
} from './model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(...replies: readonly Reply[]): Promise<ModelServer> {
  const server = await serveModel(...replies);
  closers.push(() => server.close());
  return server;
}

function open(server: ModelServer, options: Partial<ModelClientOptions> = {}): TestClient {
  const opened = openTestClient({ endpoint: server.endpoint, ...options });
  closers.push(() => opened.close());
  return opened;
}

const key = 'sk-test-0123456789abcdef';

function withKey(server: ModelServer): Partial<ModelClientOptions> {
  return { endpoint: { ...server.endpoint, credential: { key, hosts: [`127.0.0.1:${server.port}`] } } };
}

describe('a question', () => {
  test('goes out with its parameters, and nothing about this machine', async () => {
    const server = await serve(says('yes'));
    const { client } = open(server, withKey(server));
    const answer = await client.ask(
      { ...question, temperature: 0, seed: 7, maxOutputTokens: 50 },
      { signal: calm() },
    );
    expect(answer).toEqual({
      text: 'yes',
      thinking: '',
      model: 'judge-1',
      usage: { inputTokens: 11, outputTokens: 3 },
      attempts: 1,
      leftOut: [],
    });
    const [asked] = server.asked;
    expect(asked?.url).toBe('/v1/chat/completions');
    expect(asked?.body).toEqual({ ...question, temperature: 0, seed: 7, max_tokens: 50 });
    expect(Object.keys(asked?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
    expect(asked?.headers.authorization).toBe(`Bearer ${key}`);
  });

  test('without a credential carries none', async () => {
    const server = await serve(says('yes'));
    await open(server).client.ask(question, { signal: calm() });
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    [
      'a dated API',
      { apiVersion: '2024-10-21' },
      '/openai/deployments/judge/chat/completions?api-version=2024-10-21',
    ],
    ['the undated API', {}, '/openai/v1/chat/completions'],
  ])('to Azure: %s', async (_what, parts, path) => {
    const server = await serve(says('yes'));
    const credential = { key, hosts: [`127.0.0.1:${server.port}`] };
    const endpoint = { kind: 'azure', baseUrl: `${server.url}/`, credential, ...parts } as const;
    await open(server, { endpoint }).client.ask(question, { signal: calm() });
    expect(server.asked[0]?.url).toBe(path);
    expect(server.asked[0]?.headers).toMatchObject({ 'api-key': key });
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    ['reasoning_content', { reasoning_content: 'hm' }],
    ['reasoning', { reasoning: 'hm' }],
    ['thinking', { thinking: 'hm' }],
  ])('gets thinking apart from %s', async (_name, parts) => {
    const server = await serve(says({ content: 'yes', ...parts }));
    const answer = await open(server).client.ask(question, { signal: calm() });
    expect(answer).toMatchObject({ text: 'yes', thinking: 'hm' });
  });

  test('gets text from parts, under another media type, and without counts', async () => {
    const whole = completion({ content: [{ type: 'text', text: 'yes' }] }, { usage: null });
    const server = await serve((response) => response.writeHead(200).end(JSON.stringify(whole)));
    const answer = await open(server).client.ask(question, { signal: calm() });
    expect(answer).toMatchObject({ text: 'yes', usage: undefined });
  });
});

describe('a stream', () => {
  test('is handed on as it comes', async () => {
    const server = await serve(
      streams(chunk('it '), chunk('is'), chunk('', 'stop'), usageChunk, 'data: [DONE]\n\n'),
    );
    const deltas: string[] = [];
    const answer = await open(server).client.ask(question, {
      signal: calm(),
      onDelta: (text) => deltas.push(text),
    });
    expect(deltas).toEqual(['it ', 'is']);
    expect(answer).toMatchObject({ text: 'it is', usage: { inputTokens: 11, outputTokens: 3 } });
    expect(server.asked[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  test('may be a whole answer after all', async () => {
    const server = await serve(says('it is'));
    const answer = await open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    expect(answer.text).toBe('it is');
  });

  test('that breaks off before any text is asked for again', async () => {
    const server = await serve(streams(chunk('')), streams(chunk('it is', 'stop')));
    const answer = await open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    expect(answer).toMatchObject({ text: 'it is', attempts: 2 });
  });

  test.each([
    ['its end is missing', streams(chunk('it ')), 'ModelAnswerBroken'],
    [
      'the connection is cut',
      ((response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunk('it '), () => response.destroy());
      }) satisfies Reply,
      'ConnectionLost',
    ],
    [
      'the server reports a fault',
      streams(chunk('it '), 'data: {"error":{"message":"out of memory"}}\n\n'),
      'ModelAnswerBroken',
    ],
  ])('of which text was shown is not asked for again: %s', async (_what, reply, code) => {
    const server = await serve(reply);
    const asked = open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    await expect(asked).rejects.toMatchObject({ code });
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    ['with a status', streams('data: {"error":{"message":"slow down","code":429}}\n\n'), 'ModelBusy'],
    ['without one', streams('data: {"error":{"message":"out of memory"}}\n\n'), 'ModelAnswerBroken'],
    ['of a whole answer', json({ error: { message: 'no', code: 401 } }), 'ModelKeyRefused'],
    [
      'after the begin of an answer',
      streams(chunk(''), 'data: {"error":{"message":"slow down","code":429}}\n\n'),
      'ModelAnswerBroken',
    ],
  ])('that is an error %s', async (_what, reply, code) => {
    const server = await serve(reply);
    const asked = open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    await expect(asked).rejects.toMatchObject({ code });
  });

  test('of nothing is no answer', async () => {
    const server = await serve((response) => response.writeHead(204).end());
    const asked = open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    await expect(asked).rejects.toMatchObject({ code: 'ModelAnswerUnreadable' });
  });

  test('in another character set is read as that', async () => {
    const server = await serve((response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream; charset=iso-8859-1' })
        .end(Buffer.from(chunk('caf\u00e9', 'stop'), 'latin1')),
    );
    const answer = await open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    expect(answer.text).toBe('caf\u00e9');
  });

  test('of garbage is no answer', async () => {
    const server = await serve(streams('data: {"choices":[1,2]}\n\n'));
    const asked = open(server).client.ask(question, { signal: calm(), onDelta: () => undefined });
    await expect(asked).rejects.toMatchObject({ code: 'ModelAnswerUnreadable' });
  });

  test('that never ends is cut at the limit of bytes', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = (): void => {
        while (!response.destroyed && response.write(chunk('again and '))) continue;
      };
      response.on('drain', more);
      more();
    });
    const { client } = open(server, { limitBytes: 100_000 });
    const asked = client.ask(question, { signal: calm(), onDelta: () => undefined });
    await expect(asked).rejects.toMatchObject({ code: 'BodyTooLarge' });
  });
});

describe('a fault', () => {
  const cases: readonly [string, Reply, object, number][] = [
    [
      'an expired key',
      refuses(401, { message: `Incorrect API key: ${key}` }),
      { kind: 'denied', code: 'ModelKeyRefused' },
      1,
    ],
    [
      'an unknown key, as 400 of a proxy',
      refuses(400, { message: 'No connected db.', type: 'no_db_connection' }),
      { kind: 'denied', code: 'ModelKeyRefused' },
      1,
    ],
    [
      'an unknown key, as 400 in a list',
      json([{ error: { code: 400, message: 'API key not valid. Please pass one.' } }], 400),
      { kind: 'denied', code: 'ModelKeyRefused' },
      1,
    ],
    ['a forbidden model', refuses(403, { message: 'no' }), { kind: 'denied', code: 'ModelForbidden' }, 1],
    [
      'no credit',
      refuses(429, { code: 'insufficient_quota' }),
      { kind: 'denied', code: 'ModelQuotaUsedUp' },
      1,
    ],
    [
      'an unknown model',
      refuses(404, { message: 'The model `judge` does not exist' }),
      { kind: 'invalid', code: 'ModelUnknown' },
      1,
    ],
    [
      'an unknown model, as 400',
      refuses(400, 'Invalid model name passed in model=judge'),
      { kind: 'invalid', code: 'ModelUnknown' },
      1,
    ],
    [
      'a small window',
      refuses(400, { code: 'context_length_exceeded' }),
      { kind: 'invalid', code: 'ModelContextTooSmall' },
      1,
    ],
    ['a small window, as 413', refuses(413), { kind: 'invalid', code: 'ModelContextTooSmall' }, 1],
    [
      'a bad request',
      refuses(400, { message: 'roles must alternate' }),
      { kind: 'terminal', code: 'ModelRequestRefused' },
      1,
    ],
    ['a busy server', refuses(429), { kind: 'transient', code: 'ModelBusy' }, 4],
    ['a failing server', refuses(503), { kind: 'transient', code: 'ModelServerFault' }, 4],
    ['what is not implemented', refuses(501), { kind: 'terminal', code: 'ModelRequestRefused' }, 1],
    [
      'a redirect',
      (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      { code: 'ModelMoved' },
      1,
    ],
    ['a page', (response) => response.end('<html>welcome</html>'), { code: 'ModelAnswerUnreadable' }, 1],
    ['nothing', (response) => response.writeHead(204).end(), { code: 'ModelAnswerUnreadable' }, 1],
    [
      'an error under 200',
      json({ error: { message: 'out of memory' } }),
      { kind: 'indeterminate', code: 'ModelAnswerBroken' },
      4,
    ],
    [
      'an error under 200 with a status of its own',
      json({ error: { message: 'slow down', code: '429' } }, 200, { 'retry-after': '7' }),
      { kind: 'transient', code: 'ModelBusy', retryAfterMs: 7000 },
      4,
    ],
    ['JSON that is no answer', json({ ok: true }), { code: 'ModelAnswerUnreadable' }, 1],
    ['two choices', json({ ...completion('a'), choices: [1, 2] }), { code: 'ModelAnswerUnreadable' }, 1],
    [
      'a cut-off answer',
      says('it i', {}, { finish_reason: 'length' }),
      { code: 'ModelAnswerCutOff', details: { inputTokens: 11, outputTokens: 3 } },
      1,
    ],
    ['a filtered answer', says('', {}, { finish_reason: 'content_filter' }), { code: 'ModelRefused' }, 1],
    ['a refusal', says({ content: null, refusal: 'I cannot' }), { code: 'ModelRefused' }, 1],
    ['an empty answer', says(' \n'), { code: 'ModelAnswerEmpty' }, 1],
    ['thinking alone', says({ content: '', reasoning_content: 'hm' }), { code: 'ModelAnswerEmpty' }, 1],
    [
      'a call of a tool',
      says({ content: null }, {}, { finish_reason: 'tool_calls' }),
      { code: 'ModelAnswerUnreadable' },
      1,
    ],
  ];
  test.each(cases)('%s', async (_what, reply, expected, requests) => {
    const server = await serve(reply);
    const { client } = open(server, withKey(server));
    const error: unknown = await client.ask(question, { signal: calm() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(expected);
    expect(server.asked).toHaveLength(requests);
    expect(JSON.stringify([String(error), error])).not.toContain(key.slice(3));
  });

  test('quotes the server without what looks like a key', async () => {
    const said = `bad \u001b[31m key ${key} or Bearer abc.def for sk-proj-zzzz9999 ${'x'.repeat(500)}`;
    const server = await serve(refuses(400, { message: said }));
    const error: unknown = await open(server, withKey(server))
      .client.ask(question, { signal: calm() })
      .catch((e: unknown) => e);
    const { message } = error as Error;
    expect(message).not.toMatch(/0123456789|abc\.def|zzzz9999|\p{Cc}/u);
    expect(message.length).toBeLessThan(330);
  });

  test('of the transport is repeated', async () => {
    const server = await serve((response) => response.destroy(), says('yes'));
    const answer = await open(server).client.ask(question, { signal: calm() });
    expect(answer).toMatchObject({ text: 'yes', attempts: 2 });
  });

  test('of the transport is not repeated when it would be the same', async () => {
    const server = await serve(says('x'.repeat(5000)));
    const asked = open(server, { limitBytes: 1000 }).client.ask(question, { signal: calm() });
    await expect(asked).rejects.toMatchObject({ code: 'BodyTooLarge' });
    expect(server.asked).toHaveLength(1);
  });

  test('of time is not repeated', async () => {
    const server = await serve(() => undefined);
    const asked = open(server, { timeoutMs: 100 }).client.ask(question, { signal: calm() });
    await expect(asked).rejects.toMatchObject({ code: 'Timeout' });
    expect(server.asked).toHaveLength(1);
  });

  test('of an address that must not be called', async () => {
    const endpoint = { kind: 'openai', baseUrl: 'http://169.254.169.254/v1' } as const;
    const opened = openTestClient({ endpoint });
    closers.push(() => opened.close());
    const asked = opened.client.ask(question, { signal: calm() });
    await expect(asked).rejects.toMatchObject({ kind: 'denied', code: 'EgressDenied' });
  });
});

describe('waiting', () => {
  test('grows, and heeds what the server asks for', async () => {
    const server = await serve(
      refuses(500),
      refuses(429, {}, { 'retry-after': '7' }),
      refuses(429, {}, { 'retry-after-ms': '2500' }),
      says('yes'),
    );
    const { client, pauses } = open(server);
    await client.ask(question, { signal: calm() });
    expect(pauses).toEqual([500, 7000, 2500]);
  });

  test('is not done when the server wants too long', async () => {
    const server = await serve(refuses(429, {}, { 'retry-after': '3600' }));
    const asked = open(server).client.ask(question, { signal: calm() });
    await expect(asked).rejects.toMatchObject({ code: 'ModelBusy', retryAfterMs: 3_600_000 });
    expect(server.asked).toHaveLength(1);
  });

  test('ends when the call is cancelled', async () => {
    const server = await serve(refuses(503));
    const controller = new AbortController();
    const pause = async (): Promise<void> => {
      controller.abort();
      throw new Error('aborted');
    };
    const asked = open(server, { pause }).client.ask(question, { signal: controller.signal });
    await expect(asked).rejects.toMatchObject({ code: 'Aborted' });
    expect(server.asked).toHaveLength(1);
  });
});

test.each([true, false])('a cancelled call ends at once, streamed: %s', async (isStreamed) => {
  const controller = new AbortController();
  const server = await serve((response) => {
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .write(chunk('it '), () => controller.abort());
  });
  const onDelta = { onDelta: () => undefined };
  const asked = open(server).client.ask(question, {
    signal: controller.signal,
    ...(isStreamed ? onDelta : {}),
  });
  await expect(asked).rejects.toMatchObject({ code: 'Aborted' });
  expect(server.asked).toHaveLength(1);
});

describe('a model that refuses a parameter', () => {
  const refusesBy =
    (name: string, message: string): Reply =>
    (response, asked) =>
      (name in asked.body ? refuses(400, { message, param: name }) : says('yes'))(response, asked);

  test.each([
    ['temperature', "Unsupported value: 'temperature' does not support 0 with this model.", ['temperature']],
    ['seed', "litellm.UnsupportedParamsError: does not support parameters: ['seed']", ['seed']],
    ['max_tokens', "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", []],
  ])('%s is asked without it, and the next time at once', async (name, message, leftOut) => {
    const server = await serve(refusesBy(name, message));
    const { client } = open(server);
    const request = { ...question, temperature: 0, seed: 1, maxOutputTokens: 9 };
    const first = await client.ask(request, { signal: calm() });
    expect(first).toMatchObject({ text: 'yes', attempts: 1, leftOut });
    await client.ask(request, { signal: calm() });
    expect(server.asked).toHaveLength(3);
    if (name === 'max_tokens') expect(server.asked[1]?.body).toMatchObject({ max_completion_tokens: 9 });
    await client.ask({ ...request, model: 'other' }, { signal: calm() });
    expect(server.asked[3]?.body).toHaveProperty(name);
  });

  test.each([
    ['stream', 'The engine does not stream; leave stream out.'],
    ['stream_options', 'unknown field "stream_options"'],
  ])('%s answers all the same', async (name, message) => {
    const server = await serve((response, asked) => {
      const good =
        asked.body['stream'] === true ? streams(chunk('yes', 'stop'), 'data: [DONE]\n\n') : says('yes');
      (name in asked.body ? refuses(400, { message }) : good)(response, asked);
    });
    const deltas: string[] = [];
    const answer = await open(server).client.ask(question, {
      signal: calm(),
      onDelta: (text) => deltas.push(text),
    });
    expect(answer).toMatchObject({ text: 'yes', leftOut: [] });
    expect(deltas).toEqual(['yes']);
    expect(server.asked).toHaveLength(2);
  });

  test('for ever gets its own words shown', async () => {
    const server = await serve(refuses(400, { message: 'temperature and max_tokens and seed are bad' }));
    const asked = open(server).client.ask(
      { ...question, temperature: 0, seed: 1, maxOutputTokens: 9 },
      { signal: calm() },
    );
    await expect(asked).rejects.toMatchObject({ code: 'ModelRequestRefused' });
    expect(server.asked).toHaveLength(4);
  });

  test('the form of the answer: says so', async () => {
    const server = await serve(
      refuses(400, { message: "'response_format' of type json_schema is not supported" }),
    );
    const format = { kind: 'schema', name: 'verdict', schema: { type: 'object' } } as const;
    const asked = open(server).client.ask({ ...question, format }, { signal: calm() });
    await expect(asked).rejects.toMatchObject({ code: 'ModelFormatRefused' });
    expect(server.asked[0]?.body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'verdict', schema: { type: 'object' }, strict: true },
    });
  });
});

describe('the breaker', () => {
  test('leaves a failing host alone, tries it once, and closes', async () => {
    const replies = [...Array.from({ length: 5 }, () => refuses(503)), says('yes')];
    const server = await serve(...replies);
    let nowMs = 0;
    const options = { retries: { maxAttempts: 1 }, now: () => nowMs };
    const { client } = open(server, options);
    for (let n = 0; n < 5; n += 1) {
      await expect(client.ask(question, { signal: calm() })).rejects.toMatchObject({
        code: 'ModelServerFault',
      });
    }
    const resting = {
      kind: 'transient',
      code: 'ModelHostResting',
      retryAfterMs: 1000,
      message: expect.stringMatching(/left alone, at last: it answered 503/) as string,
    };
    await expect(client.ask(question, { signal: calm() })).rejects.toMatchObject(resting);
    expect(server.asked).toHaveLength(5);
    nowMs += 1000;
    expect(await client.ask(question, { signal: calm() })).toMatchObject({ text: 'yes' });
    expect(await client.ask(question, { signal: calm() })).toMatchObject({ text: 'yes' });
  });

  test('lets one call through at a time while it tries, and waits longer after each failure', () => {
    let nowMs = 0;
    const breaker = new HostBreaker(() => nowMs);
    const fail = (): void => breaker.enter('a')('failed');
    for (let n = 0; n < 5; n += 1) fail();
    nowMs = 1000;
    const end = breaker.enter('a');
    expect(() => breaker.enter('a')).toThrow(/left alone/);
    breaker.enter('b')('answered');
    end('unknown');
    fail();
    nowMs += 1999;
    expect(() => breaker.enter('a')).toThrow(/left alone/);
    nowMs += 1;
    breaker.enter('a')('answered');
    fail();
    breaker.enter('a')('answered');
  });

  test('counts no refusal and no busy model', async () => {
    const server = await serve(refuses(429));
    const { client } = open(server, { retries: { maxAttempts: 1 } });
    for (let n = 0; n < 8; n += 1) {
      await expect(client.ask(question, { signal: calm() })).rejects.toMatchObject({ code: 'ModelBusy' });
    }
    expect(server.asked).toHaveLength(8);
  });
});
