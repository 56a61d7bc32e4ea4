import { afterEach, describe, expect, test } from 'vitest';
import { isSluiceError, type SluiceError } from '../../../src/api/errors.ts';
import type { ModelQuestion } from '../../../src/llm/model-service.ts';
import { useOfError } from '../../../src/llm/use-of-error.ts';
import { openMemoryCacheStore } from '../../../src/llm/cache/memory-cache-store.ts';
import { openMemorySpendStore } from '../../../src/llm/budget/memory-spend-store.ts';
import type { StepServices } from '../../../src/runner/step-services.ts';
import {
  json,
  completion,
  refuses,
  says,
  serveModel,
  streams,
  chunk,
  usageChunk,
  type ModelServer,
  type Reply,
} from '../../llm/model-server.ts';
import {
  cacheOf,
  openProcess,
  payer,
  questionOf,
  quietly,
  type OpenedProcess,
  type OpenOptions,
} from './open-services.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).toReversed()) await each.close();
});

async function serve(...replies: readonly Reply[]): Promise<ModelServer> {
  const server = await serveModel(...replies);
  closing.push(server);
  return server;
}

function open(options: OpenOptions = {}): OpenedProcess {
  const opened = openProcess(options);
  closing.push(opened);
  return opened;
}

/** A process whose environment names the server. */
function openAt(server: ModelServer, options: OpenOptions = {}): OpenedProcess {
  return open({
    env: { OPENAI_BASE_URL: server.endpoint.baseUrl, OPENAI_API_KEY: 'sk-hunter2' },
    ...options,
  });
}

async function faultOf(asking: Promise<unknown>): Promise<SluiceError> {
  const error: unknown = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isSluiceError(error)) return error;
  throw new Error(`no SluiceError: ${String(error)}`);
}

const form: NonNullable<ModelQuestion['form']> = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  },
};

describe('a question', () => {
  test('is asked where the environment says, with its key, and says what it cost', async () => {
    const server = await serve(says('It is.'));
    const { models } = openAt(server).run();
    const reply = await models.ask(questionOf(), quietly);
    const host = new URL(server.url).host;
    expect(reply).toMatchObject({
      text: 'It is.',
      value: undefined,
      server: host,
      modelAsked: 'judge',
      modelAnswered: 'judge-1',
      source: 'asked',
      use: { calls: 1, cached: 0, inputTokens: 11, outputTokens: 3, microDollars: null },
    });
    expect(server.asked[0]?.headers.authorization).toBe('Bearer sk-hunter2');
    expect(server.asked[0]?.body).toMatchObject({ model: 'judge', max_tokens: 50 });
    expect(await models.describe({ model: 'x' })).toEqual({ server: host, model: 'x' });
  });

  test('for a form counts the turn that repairs it', async () => {
    const server = await serve(says('It is!'), says('{"ok": true}'));
    const reply = await openAt(server).run().models.ask(questionOf({ form }), quietly);
    expect(reply).toMatchObject({ value: { ok: true }, use: { calls: 2, inputTokens: 22, outputTokens: 6 } });
  });

  test('counts what is sent again, be it a busy server or a parameter it refuses', async () => {
    const server = await serve(
      refuses(429),
      refuses(400, { message: 'temperature is not supported', param: 'temperature' }),
      says('It is.'),
      says('Still.'),
    );
    const { models } = openAt(server).run();
    const reply = await models.ask(questionOf({ temperature: 0 }), quietly);
    expect(reply.use).toMatchObject({ calls: 3, inputTokens: 11 });
    const again = await models.ask(questionOf({ temperature: 0 }), quietly);
    expect(again.use.calls).toBe(1);
    expect(server.asked[3]?.body).not.toHaveProperty('temperature');
  });

  test('that fails says what it cost, and not with which key', async () => {
    const server = await serve(says('no'), says('nope'));
    const error = await faultOf(openAt(server).run().models.ask(questionOf({ form }), quietly));
    expect(error.code).toBe('ModelAnswerInvalid');
    expect(useOfError(error)).toMatchObject({ calls: 2, inputTokens: 22, outputTokens: 6 });
    const refused = await serve(refuses(401, { message: 'wrong key sk-hunter2' }));
    const denied = await faultOf(openAt(refused).run().models.ask(questionOf(), quietly));
    expect(denied.code).toBe('ModelKeyRefused');
    expect(JSON.stringify([denied.message, denied.hint, denied.details])).not.toContain('hunter2');
    expect(useOfError(denied)).toMatchObject({ calls: 1, inputTokens: 0 });
  });

  test('is shown as it comes, where text is asked for', async () => {
    const server = await serve(streams(chunk('It '), chunk('is.', 'stop'), usageChunk, 'data: [DONE]\n\n'));
    const shown: string[] = [];
    const onDelta = (text: string): void => void shown.push(text);
    const reply = await openAt(server)
      .run()
      .models.ask(questionOf(), { ...quietly, onDelta });
    expect([shown.join(''), reply.text]).toEqual(['It is.', 'It is.']);
    expect(reply.use).toMatchObject({ calls: 1, inputTokens: 11, outputTokens: 3 });
  });

  test('that is given up ends at once', async () => {
    const giving = new AbortController();
    const server = await serve(() => giving.abort());
    const { models } = openAt(server).run();
    const error = await faultOf(models.ask(questionOf(), { signal: giving.signal }));
    expect(error).toMatchObject({ kind: 'indeterminate', code: 'Aborted' });
    const cached = await faultOf(models.ask(questionOf({ cache: cacheOf('e') }), { signal: giving.signal }));
    expect(cached).toMatchObject({ kind: 'indeterminate', code: 'Aborted' });
  });

  test('is not sent where that is refused at the last moment', async () => {
    const server = await serve(says('It is.'));
    const beforeSend = (): void => {
      throw new Error('not ours any more');
    };
    await expect(
      openAt(server)
        .run()
        .models.ask(questionOf(), { ...quietly, beforeSend }),
    ).rejects.toThrow();
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['without a model', {}, 'NoModel'],
    ['for a server nobody knows', { server: 'lab' }, 'NoSuchServer'],
  ])('%s is refused before anything is sent', async (_what, wish, code) => {
    const server = await serve(says('x'));
    const { models } = openAt(server).run();
    expect((await faultOf(models.ask(questionOf({ wish }), quietly))).code).toBe(code);
    expect(server.asked).toEqual([]);
  });
});

describe('a server of the operator’s', () => {
  test('is asked for its own model, as Azure by its own path and header', async () => {
    const server = await serve(says('It is.'));
    const settings = {
      default: 'azure',
      servers: [
        {
          name: 'azure',
          kind: 'azure',
          baseUrl: server.url,
          apiVersion: '2026-01-01',
          model: 'gpt-x',
          key: 'azure-key',
          hosts: [],
        },
      ],
    } as const;
    const services = open({ settings }).run();
    await services.models.ask(questionOf({ wish: {} }), quietly);
    expect(server.asked[0]?.url).toBe('/openai/deployments/gpt-x/chat/completions?api-version=2026-01-01');
    expect(server.asked[0]?.headers['api-key']).toBe('azure-key');
    const url = 'https://api.openai.com/v1/chat/completions';
    const route = await services.modelRoute({ url, authorization: undefined, model: 'gpt-x' });
    expect(route).toMatchObject({
      url: `${server.url}${server.asked[0]?.url}`,
      headers: { 'api-key': 'azure-key' },
    });
  });

  test('whose key is for another host gets no request', async () => {
    const server = await serve(says('It is.'));
    const settings = {
      default: 'lab',
      servers: [
        {
          name: 'lab',
          kind: 'openai',
          baseUrl: server.endpoint.baseUrl,
          key: 'sk-hunter2',
          hosts: ['models.example'],
        },
      ],
    } as const;
    const services = open({ settings }).run();
    const url = 'https://api.openai.com/v1/chat/completions';
    for (const asking of [
      services.models.ask(questionOf(), quietly),
      services.modelRoute({ url, authorization: undefined }),
    ]) {
      const error = await faultOf(asking);
      expect(error.code).toBe('CredentialNotForHost');
      expect(`${error.message} ${error.hint}`).not.toContain('hunter2');
    }
    expect(server.asked).toEqual([]);
  });
});

describe('a budget', () => {
  const priceOf = (server: ModelServer) => [
    { host: new URL(server.url).host, model: 'judge', inputMicros: 1_000_000, outputMicros: 2_000_000 },
  ];

  test.each([
    ['of a call', { call: { tokens: 60 } }, 'call'],
    ['of a run', { run: { tokens: 60 } }, 'run/uid-1'],
    ['of a day', { day: { calls: 0 } }, 'day/2026-01-31'],
    ['of a namespace', { namespace: { tokens: 60 } }, 'namespace/team/2026-01-31'],
  ])('%s without room lets nothing be sent', async (_what, budgets, account) => {
    const server = await serve(says('It is.'));
    const now = (): number => Date.parse('2026-01-31T12:00:00Z');
    const { models } = openAt(server, { settings: { budgets }, now }).run();
    const error = await faultOf(models.ask(questionOf(), quietly));
    expect(error).toMatchObject({ kind: 'denied', code: 'BudgetUsedUp' });
    expect(error.message).toContain(`the budget of ${account} is`);
    expect(useOfError(error)).toBeUndefined();
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['of a day is of all runs', { day: { tokens: 100 } }, 'other', false],
    ['of a namespace is of its runs', { namespace: { tokens: 100 } }, 'team', false],
    ['of a namespace is not of another’s', { namespace: { tokens: 100 } }, 'other', true],
    ['of a run is its own', { run: { tokens: 100 } }, 'team', true],
  ])('%s', async (_what, budgets, namespace, isAnswered) => {
    const server = await serve(says('x', { usage: { prompt_tokens: 60, completion_tokens: 3 } }));
    const process = openAt(server, { settings: { budgets } });
    await process.run().models.ask(questionOf(), quietly);
    const second = questionOf({ payer: payer({ uid: 'uid-2', namespace }) });
    const asking = process.run().models.ask(second, quietly);
    if (isAnswered) expect((await asking).source).toBe('asked');
    else expect((await faultOf(asking)).code).toBe('BudgetUsedUp');
  });

  test('outlives the process with the store it is kept in', async () => {
    const server = await serve(says('x', { usage: { prompt_tokens: 60, completion_tokens: 3 } }));
    const kept = { spending: openMemorySpendStore(), settings: { budgets: { day: { tokens: 100 } } } };
    await openAt(server, kept).run().models.ask(questionOf(), quietly);
    const asking = openAt(server, kept).run().models.ask(questionOf(), quietly);
    expect((await faultOf(asking)).code).toBe('BudgetUsedUp');
  });

  test.each([
    ['lowers the operator’s', { run: { calls: 5 } }, 'calls=0', 'BudgetUsedUp'],
    ['raises nothing', { run: { calls: 0 } }, 'calls=5', 'BudgetUsedUp'],
    ['limits where nobody else does', {}, 'tokens=60', 'BudgetUsedUp'],
    ['limits money', {}, 'cost=0.0001', 'BudgetUsedUp'],
    ['leaves room', {}, 'tokens=20000, cost=0.50, calls=10', undefined],
    ['that cannot be read refuses the call', {}, 'tokens=many', 'BadModelBudget'],
  ])('in the annotation of a run %s', async (_what, budgets, text, code) => {
    const server = await serve(says('It is.'));
    const { models } = openAt(server, { settings: { budgets, prices: priceOf(server) } }).run();
    const annotations = { 'sluice.dev/model-budget': text };
    const asking = models.ask(questionOf({ payer: payer({ annotations }) }), quietly);
    if (code === undefined) await asking;
    else expect((await faultOf(asking)).code).toBe(code);
    expect(server.asked.length).toBe(code === undefined ? 1 : 0);
  });

  test('of one question holds for the turn that repairs it, too', async () => {
    const server = await serve(says('no'), says('{"ok": true}'));
    const { models } = openAt(server).run();
    const error = await faultOf(models.ask(questionOf({ form, limits: { calls: 1 } }), quietly));
    expect(error.code).toBe('BudgetUsedUp');
    expect(error.message).toContain('step ask');
    expect(useOfError(error)).toMatchObject({ calls: 1, inputTokens: 11 });
    expect(server.asked.length).toBe(1);
  });

  test('of money needs a price, and is charged by it', async () => {
    const server = await serve(says('It is.'));
    const budgets = { run: { microDollars: 1_000_000 } };
    const unknown = await faultOf(
      openAt(server, { settings: { budgets } }).run().models.ask(questionOf(), quietly),
    );
    expect(unknown).toMatchObject({ kind: 'invalid', code: 'PriceUnknown' });
    expect(server.asked).toEqual([]);
    const { models } = openAt(server, { settings: { budgets, prices: priceOf(server) } }).run();
    const { use } = await models.ask(questionOf(), quietly);
    expect(use.microDollars).toBe(11 + 2 * 3);
  });
});

describe('the cache', () => {
  test('answers the same question without a call', async () => {
    const server = await serve(says('{"ok": true}', {}, {}));
    const process = openAt(server);
    const asked = questionOf({ form, cache: cacheOf('e') });
    const first = await process.run().models.ask(asked, quietly);
    const second = await process.run().models.ask({ ...asked, payer: payer({ uid: 'uid-2' }) }, quietly);
    expect(first).toMatchObject({ source: 'asked', use: { calls: 1, cached: 0 } });
    expect(second).toMatchObject({
      source: 'cache',
      value: { ok: true },
      text: first.text,
      modelAnswered: 'judge-1',
      use: { calls: 0, cached: 1, inputTokens: 0, outputTokens: 0, microDollars: 0 },
    });
  });

  test.each<readonly [string, Partial<ModelQuestion>]>([
    ['evidence', { cache: cacheOf('other') }],
    ['prompt', { cache: { ...cacheOf('e'), promptVersion: 'v2' } }],
    ['language', { cache: { ...cacheOf('e'), language: 'Chinese' } }],
    ['model', { wish: { model: 'other' } }],
    ['seed', { seed: 7 }],
    ['temperature', { temperature: 1 }],
    ['length', { maxOutputTokens: 51 }],
    ['form', { form: { ...form, schema: { type: 'object' } } }],
  ])('asks anew for another %s', async (_what, parts) => {
    const server = await serve(says('{"ok": true}'));
    const { models } = openAt(server).run();
    await models.ask(questionOf({ cache: cacheOf('e'), form }), quietly);
    await models.ask(questionOf({ cache: cacheOf('e'), form, ...parts }), quietly);
    expect(server.asked.length).toBe(2);
  });

  test('lets equal questions of several runs at a time wait for one call', async () => {
    const answer = Promise.withResolvers<void>();
    const server = await serve((response, asked) => {
      void answer.promise.then(() => says('It is.')(response, asked));
    });
    const process = openAt(server);
    const ask = (uid: string) =>
      process.run().models.ask(questionOf({ payer: payer({ uid }), cache: cacheOf('e') }), quietly);
    const asking = ['a', 'b', 'c'].map((uid) => ask(uid));
    answer.resolve();
    const replies = await Promise.all(asking);
    expect(replies.map(({ source }) => source).toSorted()).toEqual(['asked', 'shared', 'shared']);
    expect(replies.reduce((sum, { use }) => sum + use.calls, 0)).toBe(1);
    expect(server.asked.length).toBe(1);
  });

  test('does not let one run’s small budget end another run’s question', async () => {
    const server = await serve(says('It is.'));
    const process = openAt(server);
    const poor = payer({ uid: 'poor', annotations: { 'sluice.dev/model-budget': 'calls=0' } });
    const [refused, answered] = await Promise.allSettled(
      [poor, payer({ uid: 'rich' })].map((each) =>
        process.run().models.ask(questionOf({ payer: each, cache: cacheOf('e') }), quietly),
      ),
    );
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'BudgetUsedUp' } });
    expect(answered).toMatchObject({ status: 'fulfilled', value: { text: 'It is.', source: 'asked' } });
  });

  test('that holds something else says so', async () => {
    const server = await serve(says('It is.'));
    const answers = openMemoryCacheStore(10);
    const damaged = { ...answers, get: async () => ({ value: 7, storedAtMs: 0, expiresAtMs: Infinity }) };
    const { models } = openAt(server, { answers: damaged }).run();
    const error = await faultOf(models.ask(questionOf({ cache: cacheOf('e') }), quietly));
    expect(error.code).toBe('CacheDamaged');
  });
});

test('a failing host is left alone by all runs of the process', async () => {
  const server = await serve(refuses(500));
  const process = openAt(server);
  await faultOf(process.run().models.ask(questionOf(), quietly));
  await faultOf(process.run().models.ask(questionOf(), quietly));
  expect(server.asked.length).toBe(5);
  const resting = await faultOf(process.run().models.ask(questionOf(), quietly));
  expect(resting).toMatchObject({ kind: 'transient', code: 'ModelHostResting' });
  expect(useOfError(resting)).toBeUndefined();
});

describe('a call that a step type makes itself', () => {
  const body = JSON.stringify({ model: 'judge', messages: [{ role: 'user', content: 'Is it ready?' }] });
  const call = { payer: payer(), step: 'ask', server: 'models.example', body };
  const answered = (value: object, statusCode = 200) => ({ statusCode, body: JSON.stringify(value) });

  const metered = (options: OpenOptions, send: () => Promise<{ statusCode: number; body: string }>) =>
    open(options).run().models.metered(call, send);

  test.each([
    ['says what it used', answered(completion('yes')), { calls: 1, inputTokens: 11, outputTokens: 3 }],
    ['is refused', answered({ error: {} }, 429), { calls: 1, inputTokens: 0, outputTokens: 0 }],
    ['says nothing', answered({}), { calls: 1, outputTokens: 4096 }],
    ['is no JSON', { statusCode: 200, body: 'yes' }, { calls: 1, outputTokens: 4096 }],
  ])('whose answer %s', async (_what, answer, use) => {
    const given = await metered({}, async () => answer);
    expect(given.answer).toBe(answer);
    expect(given.use).toMatchObject(use);
    expect(given.use.microDollars).toBe(null);
  });

  test('without a body asks for nothing that costs', async () => {
    const bare = { ...call, body: '' };
    const given = await open()
      .run()
      .models.metered(bare, async () => answered({ data: [] }));
    expect(given.use).toMatchObject({ calls: 1, outputTokens: 0 });
  });

  test('is not made without room for it, whatever its length', async () => {
    let isSent = false;
    const settings = { budgets: { run: { tokens: 4000 } } };
    const asking = metered({ settings }, async () => {
      isSent = true;
      return answered({});
    });
    expect((await faultOf(asking)).code).toBe('BudgetUsedUp');
    expect(isSent).toBe(false);
  });

  test('shares the budget with the questions of its run', async () => {
    const server = await serve(
      json(completion('x', { usage: { prompt_tokens: 10_000, completion_tokens: 1 } })),
    );
    const process = openAt(server, { settings: { budgets: { run: { tokens: 12_000 } } } });
    const services: StepServices = process.run();
    await services.models.ask(questionOf(), quietly);
    expect((await faultOf(services.models.metered(call, async () => answered({})))).code).toBe(
      'BudgetUsedUp',
    );
  });

  test.each([
    ['was never sent', 'transient', undefined],
    ['broke off', 'indeterminate', { calls: 1, outputTokens: 4096 }],
  ] as const)('that %s is charged so', async (_what, kind, use) => {
    const { SluiceError: Fault } = await import('../../../src/api/errors.ts');
    const error = await faultOf(metered({}, () => Promise.reject(new Fault(kind, 'X', 'broken'))));
    expect(error.code).toBe('X');
    if (use === undefined) expect(useOfError(error)).toBeUndefined();
    else expect(useOfError(error)).toMatchObject(use);
  });

  test('costs nothing where the offline engine answers, and counts', async () => {
    const settings = { budgets: { run: { microDollars: 0 } } };
    const process = open({ settings });
    const given = await process
      .run()
      .models.metered({ ...call, server: 'offline engine' }, async () => answered(completion('yes')));
    expect(given.use).toMatchObject({ inputTokens: 11, outputTokens: 3, microDollars: 0 });
  });
});

describe('the offline engine', () => {
  test('answers where it is allowed and nothing else is set up', async () => {
    const { models } = open({ offlineAllowed: true }).run();
    const reply = await models.ask(questionOf({ wish: {} }), quietly);
    expect(reply).toMatchObject({
      server: 'offline engine',
      modelAsked: 'sluice-offline',
      use: { microDollars: 0 },
    });
    expect(reply.use.inputTokens).toBeGreaterThan(0);
    expect(await models.describe({})).toEqual({ server: 'offline engine', model: 'sluice-offline' });
  });

  test('is met again in the cache, although its address is another one in every run', async () => {
    const process = open({ offlineAllowed: true });
    const asked = questionOf({ wish: {}, cache: cacheOf('e') });
    await process.run().models.ask(asked, quietly);
    expect((await process.run().models.ask(asked, quietly)).source).toBe('cache');
  });
});
