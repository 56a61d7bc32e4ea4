import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openMemorySpendStore } from '../../src/llm/budget/memory-spend-store.ts';
import { withBudget } from '../../src/llm/budget/budgeted-client.ts';
import type { ModelClientOptions } from '../../src/llm/open-model-client.ts';
import { calm, openTestClient, question, type TestClient } from '../llm/model-server.ts';
import { answering, endpointOf, type AnsweringServer } from './counterparts.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { faultCases } from './faults.ts';

const ready = { ...question, model: 'ready' };

describe.each(answering)('between us and $name', ({ isThere, ...counterpart }) => {
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
    const opened = openTestClient({
      endpoint: endpointOf(proxy.url, server.key),
      limitBytes: 100_000,
      ...options,
    });
    clients.push(opened);
    return opened;
  }

  const cases = faultCases.flatMap((each) => [
    { ...each, isStreamed: false },
    { ...each, isStreamed: true },
  ]);

  test.skipIf(!isThere).for(cases)('$name (streamed: $isStreamed)', async (each) => {
    const isSlow = each.expected.code === 'Timeout';
    const store = openMemorySpendStore();
    const budgeted = withBudget(open(isSlow ? { timeoutMs: 300 } : {}).client, {
      store,
      accounts: () => [{ key: 'run/1', limits: { tokens: 100_000 } }],
      priceOf: () => undefined,
      newId: () => 'call-1',
    });
    proxy.set(each.fault);
    const before = proxy.seen.length;
    const pieces: string[] = [];
    const onDelta = each.isStreamed ? { onDelta: (text: string) => pieces.push(text) } : {};
    const error: unknown = await budgeted
      .ask(ready, { signal: calm(), ...onDelta })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(each.expected);
    // What was shown is not asked for again.
    expect(proxy.seen.length - before).toBe(pieces.length > 0 ? 1 : each.requests);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(server.key.slice(3));
    await proxy.quiet();

    // Settled: nothing is held back any more, and the next call is as if nothing had been.
    const { tokens } = await store.spent('run/1');
    await store.settle('call-1', { calls: 9, tokens: 9, microDollars: 9 });
    expect((await store.spent('run/1')).tokens).toBe(tokens);
    proxy.set(undefined);
    expect(await open().client.ask(ready, { signal: calm(), ...onDelta })).toMatchObject({
      text: 'It is ready.',
    });
    await proxy.quiet();
  });
});
