import { afterEach, describe, expect, test } from 'vitest';
import type { ModelClientOptions } from '../../src/llm/open-model-client.ts';
import { openStructuredAsker } from '../../src/llm/structured/ask-structured.ts';
import { calm, openTestClient, question, type TestClient } from '../llm/model-server.ts';
import { endpointOf, hasAimock, startAimock, type Aimock } from './counterparts.ts';

const key = 'sk-aimock-0123456789abcdef';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(): Promise<Aimock> {
  const server = await startAimock(key);
  closers.push(() => server.stop());
  return server;
}

function open(server: Aimock, options: Partial<ModelClientOptions> = {}): TestClient {
  const opened = openTestClient({ endpoint: endpointOf(server.url, key), ...options });
  closers.push(() => opened.close());
  return opened;
}

const streamed = { onDelta: () => undefined };

describe.skipIf(!hasAimock)('of a server from npm', () => {
  test('an answer comes with its thinking and its tokens', async () => {
    const server = await start();
    server.on(
      { model: 'judge' },
      {
        content: 'It is ready.',
        reasoning: 'hm',
        model: 'judge-2026-01-31',
        usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
      },
    );
    const { client } = open(server);
    const expected = {
      text: 'It is ready.',
      thinking: 'hm',
      model: 'judge-2026-01-31',
      usage: { inputTokens: 12, outputTokens: 5 },
    };
    expect(await client.ask(question, { signal: calm() })).toMatchObject(expected);
    const pieces: string[] = [];
    const onDelta = (text: string): void => void pieces.push(text);
    expect(await client.ask(question, { signal: calm(), onDelta })).toMatchObject(expected);
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.join('')).toBe('It is ready.');
  });

  test.each([
    ['length', 'ModelAnswerCutOff'],
    ['content_filter', 'ModelRefused'],
    ['tool_calls', 'ModelAnswerUnreadable'],
  ])('an answer that ended with %s is none', async (finishReason, code) => {
    const server = await start();
    server.on({ model: 'judge' }, { content: 'It is', finishReason });
    const { client } = open(server);
    await expect(client.ask(question, { signal: calm() })).rejects.toMatchObject({ code });
    await expect(client.ask(question, { signal: calm(), ...streamed })).rejects.toMatchObject({ code });
  });

  test('an object is asked for by schema, and in JSON mode where that is refused', async () => {
    const server = await start();
    const formatOf = (request: Record<string, unknown>): unknown =>
      (request['response_format'] as { type?: unknown } | undefined)?.type;
    server.on(
      { model: 'judge', predicate: (request) => formatOf(request) === 'json_schema' },
      { error: { message: "response_format 'json_schema' is not supported" }, status: 400 },
    );
    server.on({ model: 'judge' }, { content: '{"ready":"yes"}' });
    const schema = { type: 'object', properties: { ready: { type: 'string' } }, required: ['ready'] };
    const asker = openStructuredAsker(open(server).client);
    const answer = await asker.ask({ ...question, name: 'verdict', schema }, { signal: calm() });
    expect(answer).toMatchObject({ value: { ready: 'yes' }, format: 'json' });
  });

  test('an answer that is no object is repaired once', async () => {
    const server = await start();
    server.on({ model: 'judge', sequenceIndex: 0 }, { content: 'Yes, it is ready.' });
    server.on({ model: 'judge' }, { content: '```json\n{"ready":"yes"}\n```' });
    const schema = { type: 'object', properties: { ready: { type: 'string' } }, required: ['ready'] };
    const asker = openStructuredAsker(open(server).client);
    const answer = await asker.ask({ ...question, name: 'verdict', schema }, { signal: calm() });
    expect(answer.value).toEqual({ ready: 'yes' });
    expect(answer.answers).toHaveLength(2);
  });

  test.each([
    ['a wrong key', 'sk-of-nobody-0000000000', 'denied', 'ModelKeyRefused'],
    ['an unknown model', key, 'invalid', 'ModelUnknown'],
  ])('%s is named, and the key is not', async (_what, given, kind, code) => {
    const server = await start();
    const { client } = open(server, { endpoint: endpointOf(server.url, given) });
    const error: unknown = await client.ask(question, { signal: calm() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind, code });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(given);
  });

  test('Azure is asked under its own path and header', async () => {
    const server = await start();
    server.on({}, { content: 'It is ready.' });
    const credential = { key, hosts: [new URL(server.url).host] };
    const endpoint = { kind: 'azure', baseUrl: server.url, apiVersion: '2024-10-21', credential } as const;
    const answer = await open(server, { endpoint }).client.ask(question, { signal: calm() });
    expect(answer.text).toBe('It is ready.');
  });

  test.each([
    ['dropped', { dropRate: 1 }, { code: 'ModelServerFault' }],
    ['malformed', { malformedRate: 1 }, { code: 'ModelAnswerUnreadable' }],
    ['limited', { rateLimitRate: 1 }, { code: 'ModelBusy' }],
    ['disconnected', { disconnectRate: 1 }, { code: 'ConnectionLost' }],
  ])('what is %s on purpose is named', async (_what, chaos, fault) => {
    const server = await start();
    server.on({ model: 'judge' }, { content: 'It is ready.' }).setChaos(chaos);
    const { client } = open(server);
    await expect(client.ask(question, { signal: calm() })).rejects.toMatchObject(fault);
    server.clearChaos();
    expect(await client.ask(question, { signal: calm() })).toMatchObject({ text: 'It is ready.' });
  });

  test('a stream that is cut is no answer', async () => {
    const server = await start();
    const content = 'It is ready, as far as anyone can see.';
    server.on({ model: 'judge' }, { content }, { truncateAfterChunks: 2, chunkSize: 4 });
    const pieces: string[] = [];
    const failed = open(server, { retries: { maxAttempts: 1 } }).client.ask(question, {
      signal: calm(),
      onDelta: (text) => pieces.push(text),
    });
    await expect(failed).rejects.toMatchObject({ kind: 'indeterminate', code: 'ConnectionLost' });
    expect(content.startsWith(pieces.join(''))).toBe(true);
    expect(pieces.join('')).not.toBe(content);
  });
});
