import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { compileText, context, drive, openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

async function chatGpt() {
  const text = readFileSync(new URL('../../examples/chat-gpt.cue', import.meta.url), 'utf8');
  const definition = await engine.readDefinitionFile(text, 'chat-gpt.cue');
  if (!definition.ok) throw new Error(JSON.stringify(definition.faults));
  return { definition, compiled: await compileText(engine, definition.template) };
}

const parameter: JsonObject = {
  token: { value: 'key' },
  prompt: { content: { kind: 'Deployment', n: 12345678901234567890n } },
};
const answer = (statusCode: number, body: string): Json => ({
  response: { statusCode, body, header: {}, trailer: {} },
});

test('it compiles, and says what it needs', async () => {
  const { definition, compiled } = await chatGpt();
  expect(definition).toMatchObject({
    name: 'chat-gpt',
    description: 'Send request to chat-gpt',
    type: 'workflow-step',
  });
  expect(compiled.ops).toEqual(['fail', 'http', 'log']);
  expect(compiled.warnings).toEqual([]);
  expect(compiled.parameterSchema).toMatchObject({
    required: ['token'],
    properties: { model: { type: 'string', default: 'gpt-3.5-turbo', description: 'the model name' } },
  });
  expect(await compiled.checkParameter(parameter)).toEqual([]);
  expect(await compiled.checkParameter({})).toMatchObject([
    { path: ['token', 'value'], code: 'MissingParameter' },
  ]);
});

test('the request is the one the file describes', async () => {
  const { compiled } = await chatGpt();
  const { params } = await drive(compiled.template, parameter, { http: answer(200, '{"choices":[]}') });
  const request = params['http'] as { request: { body: string } };
  expect(params['http']).toEqual({
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    request: {
      timeout: '30s',
      body: expect.any(String),
      header: { 'Content-Type': 'application/json', Authorization: 'Bearer key' },
    },
  });
  expect(request.request.body).toMatch(
    /^\{"model":"gpt-3\.5-turbo","messages":\[\{"content":"You are .*"role":"user"\}\]\}$/,
  );
  expect(request.request.body).toContain('12345678901234567890');
});

test.each<[string, Json, string[]]>([
  [
    'an answer',
    answer(200, '{"choices":[{"message":{"content":"All is well."}}]}'),
    ['http http', 'log log "All is well."', 'done'],
  ],
  [
    'a refusal',
    answer(429, '{"error":{"message":"slow down"}}'),
    ['http http', 'fail fail.requestFail "429: failed to request: slow down"'],
  ],
  [
    'a page of a proxy',
    answer(502, '<html>bad gateway</html>'),
    ['http http', 'error response: error in call to encoding/json.Unmarshal: json: invalid JSON'],
  ],
  [
    'no choices',
    answer(200, '{"choices":[]}'),
    ['http http', 'error result: index out of range [0] with length 0'],
  ],
  ['an empty object', answer(200, '{}'), ['http http', 'error log.data: undefined field: choices']],
  ['nothing', answer(200, ''), ['http http', 'error response: error in call to encoding/json.Unmarshal']],
])('%s', async (_name, response, transcript) => {
  const { compiled } = await chatGpt();
  const seen = (await drive(compiled.template, parameter, { http: response })).transcript;
  expect(seen).toHaveLength(transcript.length);
  transcript.forEach((line, i) => expect(seen[i]).toContain(line));
});

test('faults of an answer point to the line that could not use it', async () => {
  const { compiled } = await chatGpt();
  const recorded = [{ path: 'http', op: 'http', style: 'inline' as const, result: answer(502, '<html>') }];
  const turn = await compiled.template.next({ parameter, context, recorded });
  expect(turn).toMatchObject({
    kind: 'error',
    faults: [{ path: 'response', at: { source: 'test.cue', line: 45 } }],
  });
});

test('its result is an output', async () => {
  const { compiled } = await chatGpt();
  const result = answer(200, '{"choices":[{"message":{"content":"85"}}],"usage":{"total_tokens":7}}');
  const { recorded } = await drive(compiled.template, parameter, { http: result });
  const value = (expression: string) => compiled.template.value({ parameter, context, recorded }, expression);
  expect(await value('result')).toEqual({ ok: true, value: '85' });
  expect(await value('import "strconv"\nstrconv.Atoi(result)')).toEqual({ ok: true, value: 85 });
  expect(await value('response.usage.total_tokens')).toEqual({ ok: true, value: 7 });
});
