import { afterEach, describe, expect, test } from 'vitest';
import type { ModelClientOptions } from '../../src/llm/open-model-client.ts';
import { openStructuredAsker } from '../../src/llm/structured/ask-structured.ts';
import { calm, openTestClient, question, type TestClient } from '../llm/model-server.ts';
import { endpointOf, liteLlm } from './counterparts.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

describe.skipIf(liteLlm === undefined)('of the proxy', () => {
  const { url = '', key = '' } = liteLlm ?? {};

  function open(
    options: Partial<ModelClientOptions> & { readonly key?: string | undefined } = {},
  ): TestClient {
    const { key: given = key, ...rest } = options;
    const opened = openTestClient({ endpoint: endpointOf(url, given), ...rest });
    closers.push(() => opened.close());
    return opened;
  }

  test('an answer comes with its tokens', async () => {
    const answer = await open().client.ask({ ...question, model: 'ready' }, { signal: calm() });
    expect(answer).toMatchObject({ text: 'It is ready.', model: 'ready', attempts: 1, leftOut: [] });
    expect(answer.usage?.inputTokens).toBeGreaterThan(0);
    expect(answer.usage?.outputTokens).toBeGreaterThan(0);
  });

  test('a stream comes in pieces, with its tokens', async () => {
    const pieces: string[] = [];
    const answer = await open().client.ask(
      { ...question, model: 'ready' },
      { signal: calm(), onDelta: (text) => pieces.push(text) },
    );
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('It is ready.');
    expect(answer.text).toBe('It is ready.');
    expect(answer.usage?.inputTokens).toBeGreaterThan(0);
  });

  const schema = {
    type: 'object',
    properties: { isReady: { type: 'boolean' }, why: { type: 'string' } },
    required: ['isReady', 'why'],
    additionalProperties: false,
  };

  test.each(['verdict', 'chatty-verdict'])('an object is read from %s', async (model) => {
    const asker = openStructuredAsker(open().client);
    const tolerate = new Set(['thinking', 'fence', 'trailing-comma', 'text-around'] as const);
    const answer = await asker.ask(
      { ...question, model, name: 'verdict', schema, tolerate },
      { signal: calm() },
    );
    expect(answer.value).toEqual({ isReady: true, why: 'all pods run' });
    expect(answer.answers).toHaveLength(1);
  });

  test.each([
    ['what is no object', 'ready'],
    ['text around the object', 'chatty-verdict'],
  ])('%s is refused after one repair', async (_what, model) => {
    const asker = openStructuredAsker(open().client);
    await expect(
      asker.ask({ ...question, model, name: 'verdict', schema }, { signal: calm() }),
    ).rejects.toMatchObject({ kind: 'terminal', code: 'ModelAnswerInvalid' });
  });

  test.each([
    ['busy', { kind: 'transient', code: 'ModelBusy' }, 3],
    ['broken', { kind: 'transient', code: 'ModelServerFault' }, 3],
    ['unreachable', { kind: 'transient', code: 'ModelServerFault' }, 3],
    ['small', { kind: 'invalid', code: 'ModelContextTooSmall' }, 0],
    ['no-such-model', { kind: 'invalid', code: 'ModelUnknown' }, 0],
  ])('the fault of %s is named', async (model, fault, repeats) => {
    const { client, pauses } = open();
    await expect(client.ask({ ...question, model }, { signal: calm() })).rejects.toMatchObject(fault);
    expect(pauses).toHaveLength(repeats);
    // A client of its own: the host of this one may rest now.
    const streamed = open().client.ask({ ...question, model }, { signal: calm(), onDelta: () => undefined });
    await expect(streamed).rejects.toMatchObject(fault);
  });

  test('a wrong key is refused, and quoted nowhere', async () => {
    const wrong = 'sk-not-the-key-of-anyone-00000000';
    const failed = open({ key: wrong }).client.ask({ ...question, model: 'ready' }, { signal: calm() });
    const error = await failed.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'denied', code: 'ModelKeyRefused' });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(wrong);
  });

  test('a temperature that the model does not take is left out', async () => {
    const answer = await open().client.ask(
      { ...question, model: 'reasoner', temperature: 0, maxOutputTokens: 100 },
      { signal: calm() },
    );
    expect(answer).toMatchObject({ text: 'It is ready.', leftOut: ['temperature'] });
  });
});
