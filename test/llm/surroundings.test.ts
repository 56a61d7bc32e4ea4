import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openMemorySpendStore } from '../../src/llm/budget/memory-spend-store.ts';
import { withBudget } from '../../src/llm/budget/budgeted-client.ts';
import { openAnswerCache } from '../../src/llm/cache/answer-cache.ts';
import { cacheKey } from '../../src/llm/cache/cache-key.ts';
import { openMemoryCacheStore } from '../../src/llm/cache/memory-cache-store.ts';
import { openStructuredAsker } from '../../src/llm/structured/ask-structured.ts';
import {
  calm,
  chunk,
  completion,
  openTestClient,
  question,
  says,
  serveModel,
  type ModelServer,
  type Reply,
} from './model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0).toReversed()) await close();
});

async function open(...replies: readonly Reply[]) {
  const server: ModelServer = await serveModel(...replies);
  const opened = openTestClient({ endpoint: server.endpoint, retries: { maxAttempts: 1 } });
  closers.push(
    () => server.close(),
    () => opened.close(),
  );
  return { server, client: opened.client };
}

test('nothing of a call comes from the environment', async () => {
  vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/elsewhere');
  vi.stubEnv('OPENAI_API_KEY', 'sk-environment-canary');
  vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-environment-canary');
  vi.stubEnv('OPENAI_ORG_ID', 'canary');
  vi.stubEnv('OPENAI_PROJECT_ID', 'canary');
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-canary: canary');
  vi.stubEnv('OPENAI_LOG', 'debug');
  const written = vi.spyOn(console, 'debug').mockImplementation(() => undefined);
  const { server, client } = await open(says('yes'));
  await client.ask(question, { signal: calm() });
  expect(JSON.stringify(server.asked)).not.toContain('canary');
  expect(server.asked[0]?.headers.authorization).toBeUndefined();
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
});

describe('an answer in an encoding', () => {
  const text = JSON.stringify(completion('yes'));
  const stream = `${chunk('yes', 'stop')}data: [DONE]\n\n`;
  const encoded =
    (body: string, type: string, encoding = 'gzip'): Reply =>
    (response) =>
      response.writeHead(200, { 'content-type': type, 'content-encoding': encoding }).end(gzipSync(body));

  test('is decoded', async () => {
    const { client } = await open(encoded(text, 'application/json'));
    expect(await client.ask(question, { signal: calm() })).toMatchObject({ text: 'yes' });
  });

  test('is decoded as a stream, though none was asked for', async () => {
    const { client } = await open(encoded(stream, 'text/event-stream'));
    const deltas: string[] = [];
    await client.ask(question, { signal: calm(), onDelta: (delta) => deltas.push(delta) });
    expect(deltas).toEqual(['yes']);
  });

  test.each([undefined, () => undefined])('that is a lie is a fault', async (onDelta) => {
    const { client } = await open(encoded(text, 'application/json', 'br'));
    const asked = client.ask(question, { signal: calm(), ...(onDelta === undefined ? {} : { onDelta }) });
    await expect(asked).rejects.toMatchObject({ code: 'BrokenEncoding' });
  });
});

test('typed answers, budget and cache work over each other', async () => {
  const { server, client } = await open(says('not yet'), says('{"ready":"yes"}'));
  const store = openMemorySpendStore();
  let ids = 0;
  const budgeted = withBudget(client, {
    store,
    accounts: () => [{ key: 'run/1', limits: { calls: 2, microDollars: 100_000 } }],
    priceOf: () => ({ inputMicros: 1_000_000, outputMicros: 2_000_000 }),
    newId: () => `call-${(ids += 1)}`,
  });
  const asker = openStructuredAsker(budgeted);
  const cache = openAnswerCache(openMemoryCacheStore(10), () => 0);
  const schema = { type: 'object', properties: { ready: { type: 'string' } }, required: ['ready'] };
  const subject = {
    endpoint: server.endpoint.baseUrl,
    model: 'judge',
    parameters: {},
    promptVersion: '1',
    language: 'en',
  };
  const judge = (evidence: string) =>
    cache.through({
      key: cacheKey({ ...subject, evidence }),
      timeToLiveMs: 1000,
      signal: calm(),
      ask: async (signal) => (await asker.ask({ ...question, name: 'verdict', schema }, { signal })).value,
    });

  expect(await judge('a')).toEqual({ value: { ready: 'yes' }, source: 'asked' });
  expect(await judge('a')).toEqual({ value: { ready: 'yes' }, source: 'cache' });
  expect(await store.spent('run/1')).toEqual({ calls: 2, tokens: 28, microDollars: 34 });
  await expect(judge('b')).rejects.toMatchObject({ code: 'BudgetUsedUp' });
  expect(server.asked).toHaveLength(2);
});
