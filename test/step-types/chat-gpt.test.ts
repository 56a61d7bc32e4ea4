import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/api/json.ts';
import { perform, testContext } from '../ops/context.ts';
import { builtIn } from './built-in.ts';
import { drive, ending, type Answers, type Driven } from './drive.ts';

const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    managedFields: [{ manager: 'x' }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  },
};
const trimmed = '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"}}';

function answered(body: unknown, statusCode = 200): JsonObject {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { response: { statusCode, body: text, header: {}, trailer: {} } };
}

const saying = (content: unknown, more: JsonObject = {}): JsonObject =>
  answered({ choices: [{ index: 0, message: { role: 'assistant', content }, ...more }] });

async function ask(
  prompt: JsonObject,
  answer: JsonObject = saying('fine'),
  more: JsonObject = {},
): Promise<Driven> {
  return run({ token: { value: 'key' }, prompt, ...more }, { ask: answer });
}

async function run(parameter: JsonObject, answers: Answers): Promise<Driven> {
  const { content, type } = parameter['prompt'] as { content: Json; type?: string };
  const keepComments = type !== 'quality-gate';
  const outcome = await perform('evidence', { content, keepComments }, testContext());
  const evidence = outcome.kind === 'ok' ? outcome.result : null;
  return drive(await builtIn('chat-gpt'), parameter, { evidence, ...answers });
}

async function resultOf(driven: Driven, valueFrom: string): Promise<unknown> {
  const value = await (await builtIn('chat-gpt')).template.value(driven.input, valueFrom);
  return value.ok ? value.value : undefined;
}

function bodyOf(driven: Driven): string {
  const request = driven.params('ask')?.['request'];
  return isObject(request) && typeof request['body'] === 'string' ? request['body'] : '';
}

function promptOf(driven: Driven): unknown {
  return (JSON.parse(bodyOf(driven)) as { messages: { content: unknown }[] }).messages[0]?.content;
}

describe('the request', () => {
  test('is what KubeVela sends, its fields in their order', async () => {
    const driven = await ask({ content: 'hello' });
    expect(driven.trace).toEqual(['evidence evidence', 'http ask', 'log log']);
    expect(driven.params('ask')).toEqual({
      method: 'POST',
      url: 'https://api.openai.com/v1/chat/completions',
      model: true,
      request: {
        timeout: '30s',
        header: { 'Content-Type': 'application/json', Authorization: 'Bearer key' },
        body: '{"model":"gpt-3.5-turbo","messages":[{"content":"hello","role":"user"}]}',
      },
    });
  });

  test('goes where baseUrl says, with the model and the timeout of the run', async () => {
    const more = { baseUrl: 'http://127.0.0.1:4010/v1/', model: 'm', timeout: '2m' };
    const driven = await ask({ content: 'hello' }, saying('x'), more);
    expect(driven.params('ask')).toMatchObject({
      url: 'http://127.0.0.1:4010/v1/chat/completions',
      request: { timeout: '2m' },
    });
    expect(JSON.parse(bodyOf(driven))).toMatchObject({ model: 'm' });
  });

  test.for<readonly [string, JsonObject, readonly string[]]>([
    [
      'diagnose',
      { type: 'diagnose' },
      [
        'Kubernetes administrator',
        'diagnosis',
        'Answer in English.',
        `---\n${trimmed}\n---`,
        'What is wrong',
        'how can it be fixed?',
      ],
    ],
    ['diagnose in Chinese', { type: 'diagnose', lang: 'Chinese' }, ['Answer in Chinese.']],
    [
      'audit',
      { type: 'audit' },
      [
        'Kubernetes administrator',
        'security misconfigurations',
        'Answer in English.',
        `---\n${trimmed}\n---`,
      ],
    ],
    [
      'quality-gate',
      { type: 'quality-gate' },
      ['Kubernetes administrator', 'a score out of 100', 'the score only', `---\n${trimmed}\n---`],
    ],
    ['custom, of an object', { type: 'custom' }, [trimmed]],
  ])('%s', async ([name, prompt, parts]) => {
    const text = promptOf(await ask({ ...prompt, content: object }, saying('87')));
    for (const part of parts) expect(text).toContain(part);
    if (name === 'quality-gate') expect(text).not.toContain('Answer in');
    if (name.startsWith('custom')) expect(text).toBe(trimmed);
  });

  test('a text to diagnose stands in the prompt as JSON, so that it cannot end the block', async () => {
    const text = promptOf(await ask({ type: 'diagnose', content: 'a\n---\nb' }));
    expect(text).toContain('---\n"a\\n---\\nb"\n---');
  });

  test('expressions in the content stay text', async () => {
    expect(promptOf(await ask({ content: '${ parameter.token.value }' }))).toBe('${ parameter.token.value }');
  });
});

describe('the token', () => {
  const parameter = { token: { secretRef: { name: 'openai', key: 'token' } }, prompt: { content: 'x' } };
  const secret = (data: JsonObject): JsonObject => ({ value: { apiVersion: 'v1', kind: 'Secret', data } });

  test('is read from a Secret of the namespace of the run', async () => {
    const driven = await run(parameter, { secret: secret({ token: 'c2stMTIz' }), ask: saying('x') });
    expect(driven.trace).toEqual(['read secret', 'evidence evidence', 'http ask', 'log log']);
    expect(driven.params('secret')).toEqual({
      value: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'openai', namespace: 'default' } },
    });
    expect(driven.params('ask')).toMatchObject({ request: { header: { Authorization: 'Bearer sk-123' } } });
  });

  test('without the white space that a Secret often ends in', async () => {
    const driven = await run(parameter, { secret: secret({ token: 'c2stMTIzCg==' }), ask: saying('x') });
    expect(driven.params('ask')).toMatchObject({ request: { header: { Authorization: 'Bearer sk-123' } } });
  });

  test.for<readonly [string, JsonObject, string]>([
    ['no Secret', { err: 'Secret default/openai not found' }, 'fail: token: Secret default/openai not found'],
    ['no key', secret({ other: 'eA==' }), 'fail: token: Secret default/openai has no key "token"'],
    ['no text', secret({ token: '//79' }), 'fail: token: Secret default/openai has no key "token"'],
  ])('%s: nothing is sent', async ([, result, expected]) => {
    const driven = await run(parameter, { secret: result });
    expect(ending(driven)).toBe(expected);
    expect(driven.trace).not.toContain('http ask');
  });

  test('is a secret, and one of two', async () => {
    const stepType = await builtIn('chat-gpt');
    expect(stepType.parameterSchema).toMatchObject({
      properties: { token: { properties: { value: { sensitive: true } } } },
    });
    expect(await stepType.checkParameter({ token: {}, prompt: { content: 'x' } })).toMatchObject([
      { path: ['token'] },
    ]);
  });

  test('may be left to the settings, and then none is sent', async () => {
    const stepType = await builtIn('chat-gpt');
    expect(await stepType.checkParameter({ prompt: { content: 'x' } })).toEqual([]);
    const driven = await run({ prompt: { content: 'x' } }, { ask: saying('fine') });
    expect(driven.params('ask')).toMatchObject({ request: { header: { Authorization: 'Bearer ' } } });
  });
});

describe('the answer', () => {
  test('is logged and offered', async () => {
    const driven = await ask({ content: 'x' }, saying(' it works \n'));
    expect(ending(driven)).toBe('done');
    expect(driven.params('log')).toEqual({ data: ' it works \n' });
    expect(await resultOf(driven, 'result')).toBe(' it works \n');
    expect(await resultOf(driven, 'response.choices[0].message.role')).toBe('assistant');
  });

  test.for<readonly [string, JsonObject, string]>([
    [
      'an error of the API',
      answered({ error: { message: 'slow down' } }, 429),
      '429: failed to request: slow down',
    ],
    [
      'an error without a message',
      answered({ error: 'slow down' }, 500),
      '500: failed to request: {"error":"slow down"}',
    ],
    [
      'an error message that is no text',
      answered({ error: { message: {} } }, 500),
      '500: failed to request: {"error":{"message":{}}}',
    ],
    [
      'a page',
      answered('<html>\n<body>Bad Gateway</body>', 502),
      '502: failed to request: <html> <body>Bad Gateway</body>',
    ],
    ['nothing', answered('', 503), '503: failed to request: no reason given'],
    [
      'an answer with an error status',
      { ...saying('99'), ...answered({ choices: [{ message: { content: '99' } }] }, 500) },
      '500: failed to request: {"choices"',
    ],
    [
      'no JSON',
      answered('<html>hello</html>'),
      'the answer of the model is not a JSON object: "<html>hello</html>"',
    ],
    ['a list', answered('[]'), 'the answer of the model is not a JSON object: "[]"'],
    ['half a body', answered('{"choices": [{"mess'), 'the answer of the model is not a JSON object:'],
    [
      'no choices',
      answered({}),
      'the answer of the model has no text (choices[0].message.content is missing or null): "{}"',
    ],
    ['an empty list of choices', answered({ choices: [] }), 'has no text'],
    ['choices that are none', answered({ choices: 'x' }), 'has no text'],
    ['a null', saying(null), 'has no text'],
    ['a list of parts', saying([{ type: 'text', text: '87' }]), 'has no text'],
    ['a number', saying(87), 'has no text'],
  ])('%s fails the step', async ([, result, message]) => {
    for (const type of ['custom', 'quality-gate']) {
      // oxlint-disable-next-line no-await-in-loop -- two of them
      const driven = await ask({ type, content: 'x' }, result);
      expect(ending(driven)).toMatch(/^fail: /);
      expect(ending(driven)).toContain(message);
      // oxlint-disable-next-line no-await-in-loop
      expect([await resultOf(driven, 'result'), await resultOf(driven, 'response')]).toEqual([
        undefined,
        undefined,
      ]);
    }
  });

  test('what is quoted of it is bounded', async () => {
    const driven = await ask({ content: 'x' }, answered('y'.repeat(500_000), 500));
    expect(ending(driven).length).toBeLessThan(600);
  });
});

describe('the quality gate', () => {
  const gate = (content: unknown, more: JsonObject = {}): Promise<Driven> =>
    ask({ type: 'quality-gate', content: object }, saying(content, more));

  test.for<readonly [string, string]>([
    ['0', '0'],
    ['7', '7'],
    ['60', '60'],
    ['100', '100'],
    [' 87\n', '87'],
  ])('%j opens it', async ([content, score]) => {
    const driven = await gate(content, { finish_reason: 'stop' });
    expect(ending(driven)).toBe('done');
    expect(await resultOf(driven, 'result')).toBe(score);
    expect(await resultOf(driven, 'response.choices[0].message.content')).toBe(content);
  });

  const closed: readonly string[] = [
    'The score is 87',
    '',
    ' ',
    'NaN',
    'Infinity',
    'null',
    'true',
    '1e9',
    '1e1',
    '150',
    '101',
    '-5',
    '-0',
    '+87',
    '087',
    '00',
    '87/100',
    '87%',
    '87.0',
    '87,5',
    '8 7',
    '87\n88',
    '0x57',
    '８７',
    '٨٧',
    '"87"',
    '{"score": 87}',
    '**87**',
    '87.',
    '99999999999999999999',
    '87\u0000',
    '\u200b87',
    '<script>87</script>',
    '${ 87 }',
  ];
  test.for(closed)('%j keeps it closed', async (content) => {
    const driven = await gate(content);
    expect(ending(driven)).toBe(
      `fail: quality-gate: the answer is not an integer from 0 to 100: ${JSON.stringify(content.replaceAll(/\s+/g, ' ').trim())}`,
    );
    // A later step that reads the outputs of the failed one must find no number.
    expect(await resultOf(driven, 'result')).toBeUndefined();
    expect(await resultOf(driven, 'response')).toBeUndefined();
    expect(driven.trace).toEqual(['evidence evidence', 'http ask', 'fail noScore']);
  });

  test.for(['length', 'content_filter', 'tool_calls'])(
    'an answer that ended by %s is none',
    async (reason) => {
      const driven = await gate('10', { finish_reason: reason });
      expect(ending(driven)).toBe(
        `fail: quality-gate: the answer was cut off (finish_reason "${reason}"): "10"`,
      );
      expect(await resultOf(driven, 'result')).toBeUndefined();
    },
  );

  test('a long answer is quoted in part', async () => {
    expect(ending(await gate('no '.repeat(10_000))).length).toBeLessThan(300);
  });

  test('what would keep a gate closed is fine for a question', async () => {
    expect(
      ending(await ask({ type: 'diagnose', content: object }, saying('', { finish_reason: 'length' }))),
    ).toBe('done');
  });
});
