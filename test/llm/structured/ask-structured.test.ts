import { afterEach, describe, expect, test } from 'vitest';
import {
  openStructuredAsker,
  type StructuredAsker,
  type StructuredRequest,
} from '../../../src/llm/structured/ask-structured.ts';
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

async function open(...replies: readonly Reply[]): Promise<{ server: ModelServer; asker: StructuredAsker }> {
  const server = await serveModel(...replies);
  const opened = openTestClient({ endpoint: server.endpoint, retries: { maxAttempts: 1 } });
  closers.push(
    () => server.close(),
    () => opened.close(),
  );
  return { server, asker: openStructuredAsker(opened.client) };
}

const schema = {
  type: 'object',
  properties: { ready: { enum: ['yes', 'no', 'unknown'] } },
  required: ['ready'],
  additionalProperties: false,
};
const request: StructuredRequest = { ...question, name: 'verdict', schema };
const options = { signal: calm() };
const good = '{"ready":"yes"}';

describe('the form of the answer', () => {
  test('is asked for by schema, which the model is shown too', async () => {
    const { server, asker } = await open(says(good));
    const answer = await asker.ask(request, options);
    expect(answer).toMatchObject({
      value: { ready: 'yes' },
      format: 'schema',
      usage: { inputTokens: 11, outputTokens: 3 },
    });
    expect(answer.answers).toHaveLength(1);
    const body = server.asked[0]?.body ?? {};
    expect(body['response_format']).toMatchObject({ type: 'json_schema', json_schema: { schema } });
    expect(body['messages']).toEqual([
      { role: 'system', content: expect.stringContaining(JSON.stringify(schema)) as string },
      ...question.messages,
    ]);
    expect(Object.keys(body).toSorted()).toEqual(['messages', 'model', 'response_format']);
  });

  test('is added to the instruction that is there', async () => {
    const { server, asker } = await open(says(good));
    await asker.ask(
      { ...request, messages: [{ role: 'system', content: 'Judge.' }, ...question.messages] },
      options,
    );
    const messages = server.asked[0]?.body['messages'] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[0]?.content).toMatch(/^Judge\.\n\nAnswer with one JSON object/);
  });

  const refusing =
    (...types: readonly string[]): Reply =>
    (response, asked) => {
      const { type } = (asked.body['response_format'] ?? {}) as { type?: string };
      const isRefused = type !== undefined && types.includes(type);
      return (isRefused ? refuses(400, { message: `response_format ${type} is not supported` }) : says(good))(
        response,
        asked,
      );
    };

  test.each([
    ['json', ['json_schema'], 2],
    ['text', ['json_schema', 'json_object'], 3],
  ] as const)('falls back to %s, and stays there', async (format, types, requests) => {
    const { server, asker } = await open(refusing(...types));
    expect(await asker.ask(request, options)).toMatchObject({ value: { ready: 'yes' }, format });
    expect(await asker.ask(request, options)).toMatchObject({ format });
    expect(server.asked).toHaveLength(requests + 1);
  });
});

describe('an answer that cannot be used', () => {
  test.each([
    ['two objects', `${good}{"ready":"no"}`, /more than one JSON object/],
    ['a key twice', '{"ready":"no","ready":"yes"}', /a key twice/],
    ['text around', `Sure! ${good}`, /text around/],
    ['a block that never ends', `<think> ${good}`, /never ends/],
    ['prose', 'It is ready.', /no JSON object/],
    ['a wrong value', '{"ready":"true"}', /\/ready must be equal to one of the allowed values/],
    ['a key too many', '{"ready":"yes","pass":true}', /additional properties/],
    ['a key too few', '{}', /required property 'ready'/],
  ])('gets one turn: %s', async (_what, text, reason) => {
    const { server, asker } = await open(says(text), says(good));
    const answer = await asker.ask(request, options);
    expect(answer).toMatchObject({ value: { ready: 'yes' }, usage: { inputTokens: 22, outputTokens: 6 } });
    const messages = server.asked[1]?.body['messages'] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[2]?.content).toBe(text);
    expect(messages[3]?.content).toMatch(reason);
  });

  test('twice, ends the call and is quoted nowhere', async () => {
    const { server, asker } = await open(says('{"ready":"by the canary 7391"}'));
    const error: unknown = await asker.ask(request, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: 'terminal',
      code: 'ModelAnswerInvalid',
      details: { inputTokens: 22, outputTokens: 6 },
    });
    expect(String(error)).not.toContain('7391');
    expect(server.asked).toHaveLength(2);
  });

  test('by a rule of the caller gets its turn as well', async () => {
    const { asker } = await open(says(good), says('{"ready":"no"}'));
    const check = ({ ready }: { readonly ready?: unknown }): string | undefined =>
      ready === 'yes' ? 'it is too early' : undefined;
    expect(await asker.ask({ ...request, check }, options)).toMatchObject({ value: { ready: 'no' } });
  });

  test('counts although the repair failed', async () => {
    const { asker } = await open(says('no'), refuses(503));
    const asked = asker.ask(request, options);
    await expect(asked).rejects.toMatchObject({
      code: 'ModelServerFault',
      details: { inputTokens: 11, outputTokens: 3 },
    });
  });
});

describe('what is tolerated', () => {
  test.each([
    ['thinking', `<think>hm</think>${good}`],
    ['fence', `\`\`\`json\n${good}\n\`\`\``],
    ['trailing-comma', '{"ready":"yes",}'],
  ] as const)('%s is told', async (what, text) => {
    const { asker } = await open(says(text));
    expect(await asker.ask(request, options)).toMatchObject({
      value: { ready: 'yes' },
      tolerated: new Set([what]),
    });
  });

  test('is for the caller to say', async () => {
    const { asker } = await open(says(`Sure! ${good}`));
    const answer = await asker.ask({ ...request, tolerate: new Set(['text-around']) }, options);
    expect(answer.tolerated).toEqual(new Set(['text-around']));
    const strict = asker.ask({ ...request, tolerate: new Set() }, options);
    await expect(strict).rejects.toMatchObject({ code: 'ModelAnswerInvalid' });
  });
});
