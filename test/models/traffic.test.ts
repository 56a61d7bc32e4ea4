import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openMemorySpendStore } from '../../src/llm/budget/memory-spend-store.ts';
import { withBudget } from '../../src/llm/budget/budgeted-client.ts';
import { HostBreaker } from '../../src/llm/host-breaker.ts';
import type { ModelClientOptions } from '../../src/llm/open-model-client.ts';
import { calm, openTestClient, question, type TestClient } from '../llm/model-server.ts';
import { answering, endpointOf, type AnsweringServer } from './counterparts.ts';
import { startFaultProxy, withoutFrame, type Fault, type FaultProxy } from './fault-proxy.ts';

const ready = { ...question, model: 'ready' };
const busy =
  (headers: Record<string, string>): Fault =>
  (response) =>
    response.writeHead(429, headers).end('{"error":{"message":"slow down"}}');
const reset: Fault = (response) => response.socket?.resetAndDestroy();

describe.each(answering)('with $name', ({ isThere, ...counterpart }) => {
  let server: AnsweringServer;
  let proxy: FaultProxy;
  const clients: TestClient[] = [];

  beforeAll(async () => {
    if (!isThere) return;
    server = await counterpart.start();
    proxy = await startFaultProxy(server.url);
  });
  afterEach(async () => {
    proxy?.set(undefined);
    for (const client of clients.splice(0)) await client.close();
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
  });

  function open(options: Partial<ModelClientOptions> = {}): TestClient {
    const opened = openTestClient({ endpoint: endpointOf(proxy.url, server.key), ...options });
    clients.push(opened);
    return opened;
  }

  test.skipIf(!isThere).each([
    ['says how long to wait', { 'retry-after': '7' }, 7000],
    ['does not', {}, 500],
  ])(
    'a storm of 429 that %s is ridden out by all, each call counted once',
    async (_what, headers, pauseMs) => {
      const { client, pauses } = open();
      const store = openMemorySpendStore();
      let ids = 0;
      const budgeted = withBudget(client, {
        store,
        accounts: () => [{ key: 'run/1', limits: { calls: 8 } }],
        priceOf: () => undefined,
        newId: () => `call-${(ids += 1)}`,
      });
      const before = proxy.seen.length;
      proxy.once(...Array.from({ length: 8 }, () => busy(headers)));
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => budgeted.ask(ready, { signal: calm() })),
      );
      expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['It is ready.']));
      expect(proxy.seen.length - before).toBe(16);
      expect(pauses).toHaveLength(8);
      expect(pauses[0]).toBe(pauseMs);
      const spent = answers.reduce(
        (sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
        0,
      );
      expect(await store.spent('run/1')).toEqual({ calls: 8, tokens: spent, microDollars: 0 });
      await proxy.quiet();
    },
  );

  test.skipIf(!isThere)(
    'a host that resets connections is left alone, tried again, and asked as before',
    async () => {
      let nowMs = 0;
      const breaker = new HostBreaker(() => nowMs);
      const { client } = open({ breaker, retries: { maxAttempts: 1 } });
      const ask = () => client.ask(ready, { signal: calm() });
      proxy.set(reset);
      const before = proxy.seen.length;
      for (let n = 0; n < 5; n += 1) await expect(ask()).rejects.toMatchObject({ code: 'ConnectionLost' });
      await expect(ask()).rejects.toMatchObject({ code: 'ModelHostResting' });
      expect(proxy.seen.length - before).toBe(5);
      nowMs += 1000;
      await expect(ask()).rejects.toMatchObject({ code: 'ConnectionLost' });
      nowMs += 1999;
      await expect(ask()).rejects.toMatchObject({ code: 'ModelHostResting' });
      nowMs += 1;
      proxy.set(undefined);
      expect(await ask()).toMatchObject({ text: 'It is ready.' });
      expect(await ask()).toMatchObject({ text: 'It is ready.' });
      await proxy.quiet();
    },
  );

  test.skipIf(!isThere).each([301, 302, 303, 307, 308])(
    'a redirect with %i is not followed, nor is the key',
    async (status) => {
      const other = await startFaultProxy(server.url);
      try {
        proxy.set((response) =>
          response.writeHead(status, { location: `${other.url}/v1/chat/completions` }).end(),
        );
        await expect(open().client.ask(ready, { signal: calm() })).rejects.toMatchObject({
          kind: 'terminal',
          code: 'ModelMoved',
        });
        expect(other.seen).toEqual([]);
      } finally {
        await other.close();
      }
    },
  );

  test.skipIf(!isThere).each([false, true])(
    'bytes of another character set are read as what they say (streamed: %s)',
    async (isStreamed) => {
      proxy.set(async (response, answer) => {
        const { statusCode, headers, body } = await answer();
        const type = `${headers['content-type']?.replace(/;.*/, '') ?? ''}; charset=iso-8859-1`;
        const text = body.toString('utf8').replaceAll('It', '\u00c9t');
        response.writeHead(statusCode, { ...withoutFrame(headers), 'content-type': type });
        response.end(Buffer.from(text, 'latin1'));
      });
      const onDelta = isStreamed ? { onDelta: () => undefined } : {};
      const { text } = await open().client.ask(ready, { signal: calm(), ...onDelta });
      expect(text).toBe('\u00c9t is ready.');
    },
  );

  test.skipIf(!isThere).each([false, true])(
    'a call that is given up leaves nothing open (streamed: %s)',
    async (isStreamed) => {
      const controller = new AbortController();
      proxy.set((response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        controller.abort();
      });
      const onDelta = isStreamed ? { onDelta: () => undefined } : {};
      const given = open().client.ask(ready, { signal: controller.signal, ...onDelta });
      await expect(given).rejects.toMatchObject({ code: 'Aborted' });
      await proxy.quiet();
    },
  );
});
