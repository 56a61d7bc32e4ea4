import { afterEach, describe, expect, test } from 'vitest';
import { accountsOf } from '../../../src/llm/budget/accounts.ts';
import { estimateCall, withBudget, type BudgetOptions } from '../../../src/llm/budget/budgeted-client.ts';
import { openMemorySpendStore } from '../../../src/llm/budget/memory-spend-store.ts';
import type { SpendStore } from '../../../src/llm/budget/spend-store.ts';
import type { ModelClient } from '../../../src/llm/model-client.ts';
import {
  calm,
  openTestClient,
  question,
  refuses,
  says,
  serveModel,
  type ModelServer,
  type Reply,
} from '../model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Opened {
  readonly server: ModelServer;
  readonly store: SpendStore;
  readonly client: ModelClient;
}

async function open(replies: readonly Reply[], options: Partial<BudgetOptions> = {}): Promise<Opened> {
  const server = await serveModel(...replies);
  const opened = openTestClient({ endpoint: server.endpoint, retries: { maxAttempts: 1 } });
  closers.push(
    () => server.close(),
    () => opened.close(),
  );
  const store = options.store ?? openMemorySpendStore();
  let ids = 0;
  const budgets: BudgetOptions = {
    store,
    accounts: () => [{ key: 'run/1', limits: {} }],
    priceOf: () => ({ inputMicros: 1_000_000, outputMicros: 2_000_000 }),
    maxOutputTokens: 100,
    newId: () => `call-${(ids += 1)}`,
    ...options,
  };
  return { server, store, client: withBudget(opened.client, budgets) };
}

const options = { signal: calm() };
const estimate = estimateCall(
  { ...question, maxOutputTokens: 100 },
  { inputMicros: 1_000_000, outputMicros: 2_000_000 },
);
const worst = { calls: 1, tokens: estimate.inputTokens + 100, microDollars: estimate.inputTokens + 200 };

describe('a call', () => {
  test('is settled for what it cost, and has a limit to its answer', async () => {
    const { server, store, client } = await open([says('yes')]);
    await client.ask(question, options);
    expect(await store.spent('run/1')).toEqual({ calls: 1, tokens: 14, microDollars: 17 });
    expect(server.asked[0]?.body).toMatchObject({ max_tokens: 100 });
  });

  test.each<[string, Reply, object]>([
    ['that was refused costs nothing', refuses(401), { calls: 1, tokens: 0, microDollars: 0 }],
    ['that the server failed at costs nothing', refuses(503), { calls: 1, tokens: 0, microDollars: 0 }],
    [
      'that was cut off costs what was counted',
      says('ye', {}, { finish_reason: 'length' }),
      { calls: 1, tokens: 14, microDollars: 17 },
    ],
    ['that nobody counted costs the worst', says('yes', { usage: undefined }), worst],
    ['that broke off costs the worst', (response) => response.destroy(), worst],
    [
      'that cost more than was reserved costs that',
      says('yes', { usage: { prompt_tokens: 9000, completion_tokens: 1 } }),
      { calls: 1, tokens: 9001, microDollars: 9002 },
    ],
    [
      'with counts that are none costs the worst',
      says('yes', { usage: { prompt_tokens: -5, completion_tokens: '1' } }),
      worst,
    ],
  ])('%s', async (_what, reply, spent) => {
    const { store, client } = await open([reply]);
    await client.ask(question, options).catch(() => undefined);
    expect(await store.spent('run/1')).toEqual(spent);
  });
});

test('an attempt that broke off is charged beside the one that did not', async () => {
  const server = await serveModel((response) => response.destroy(), refuses(503), says('yes'));
  const opened = openTestClient({ endpoint: server.endpoint });
  closers.push(
    () => server.close(),
    () => opened.close(),
  );
  const store = openMemorySpendStore();
  const client = withBudget(opened.client, {
    store,
    accounts: () => [{ key: 'run/1', limits: {} }],
    priceOf: () => ({ inputMicros: 1_000_000, outputMicros: 2_000_000 }),
    maxOutputTokens: 100,
    newId: () => 'call',
  });
  await client.ask(question, options);
  const spent = { calls: 2, tokens: worst.tokens + 14, microDollars: worst.microDollars + 17 };
  expect(await store.spent('run/1')).toEqual(spent);
});

describe('a budget', () => {
  test.each([
    ['calls', { calls: 0 }],
    ['tokens', { tokens: worst.tokens - 1 }],
    ['microDollars', { microDollars: worst.microDollars - 1 }],
    ['tokens', { tokens: Number.NaN }],
  ])('of %s stops a call before it is made', async (what, limits) => {
    const { server, store, client } = await open([says('yes')], {
      accounts: () => [{ key: 'run/1', limits }],
    });
    await expect(client.ask(question, options)).rejects.toMatchObject({
      kind: 'denied',
      code: 'BudgetUsedUp',
      details: { what },
    });
    expect(server.asked).toHaveLength(0);
    expect(await store.spent('run/1')).toEqual({ calls: 0, tokens: 0, microDollars: 0 });
  });

  test('of one call stops it as well', async () => {
    const { server, client } = await open([says('yes')], { perCall: { tokens: 10 } });
    await expect(client.ask(question, options)).rejects.toMatchObject({ code: 'BudgetUsedUp' });
    expect(server.asked).toHaveLength(0);
  });

  test('is not passed by calls at once', async () => {
    const limits = { tokens: worst.tokens * 3 };
    const { server, client } = await open([says('yes')], { accounts: () => [{ key: 'run/1', limits }] });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => client.ask(question, options)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(server.asked).toHaveLength(3);
  });

  test('that stops a call charges no other', async () => {
    const accounts = () => [
      { key: 'run/1', limits: {} },
      { key: 'day/1', limits: { calls: 0 } },
    ];
    const { store, client } = await open([says('yes')], { accounts });
    await expect(client.ask(question, options)).rejects.toThrow(
      'the budget of day/1 is 0 calls; 0 calls are spent',
    );
    expect(await store.spent('run/1')).toMatchObject({ calls: 0 });
  });

  test('of money needs a price', async () => {
    const money = {
      accounts: () => [{ key: 'run/1', limits: { microDollars: 1e9 } }],
      priceOf: () => undefined,
    };
    const { server, client } = await open([says('yes')], money);
    await expect(client.ask(question, options)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'PriceUnknown',
    });
    expect(server.asked).toHaveLength(0);
    const perCall = await open([says('yes')], { perCall: { microDollars: 5 }, priceOf: () => undefined });
    await expect(perCall.client.ask(question, options)).rejects.toMatchObject({ code: 'PriceUnknown' });
  });

  test('of tokens needs none', async () => {
    const tokens = { accounts: () => [{ key: 'run/1', limits: { tokens: 1e9 } }], priceOf: () => undefined };
    const { store, client } = await open([says('yes')], tokens);
    await client.ask(question, options);
    expect(await store.spent('run/1')).toEqual({ calls: 1, tokens: 14, microDollars: 0 });
  });
});

test('the accounts of a run', () => {
  const at = Date.UTC(2026, 0, 31, 23, 59, 59);
  expect(accountsOf({ uid: 'u1', namespace: 'prod' }, { day: { calls: 9 } }, at)).toEqual([
    { key: 'run/u1', limits: {} },
    { key: 'namespace/prod/2026-01-31', limits: {} },
    { key: 'day/2026-01-31', limits: { calls: 9 } },
  ]);
});

test('what is settled twice, or never was reserved, changes nothing', async () => {
  const store = openMemorySpendStore();
  await store.reserve('a', { calls: 1, tokens: 10, microDollars: 0 }, [{ key: 'k', limits: {} }]);
  await store.settle('a', { calls: 1, tokens: 4, microDollars: 0 });
  await store.settle('a', { calls: 1, tokens: 400, microDollars: 0 });
  await store.settle('b', { calls: 1, tokens: 400, microDollars: 0 });
  expect(await store.spent('k')).toEqual({ calls: 1, tokens: 4, microDollars: 0 });
});
