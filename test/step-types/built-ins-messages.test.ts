import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { servePrometheus } from '../ops/gates/prometheus-server.ts';
import { builtIn } from './built-in.ts';
import { drive, ending } from './drive.ts';
import { runSteps, secretOf, serveAnswers, shown } from './run-steps.ts';

const channels = ['dingding', 'lark', 'slack'] as const;
const messages: Readonly<Record<string, JsonObject>> = {
  dingding: { text: { content: 'done' } },
  lark: { msg_type: 'text', content: '{"text":"done"}' },
  slack: { text: 'done', blocks: [{ type: 'divider' }] },
};
const bodies: Readonly<Record<string, JsonObject>> = {
  dingding: { text: { content: 'done' }, msgtype: 'text' },
  lark: { msg_type: 'text', content: '{"text":"done"}' },
  slack: { text: 'done', blocks: [{ type: 'divider' }], mrkdwn: true },
};

describe('notification', () => {
  test.each(channels)('%s gets the message as JSON', async (channel) => {
    const server = await serveAnswers({ '/hook': [200, '{"errcode":0,"code":0}'] });
    const properties = { [channel]: { url: { value: `${server.url}/hook` }, message: messages[channel] } };
    const step = { name: 'tell', type: 'notification', properties } as JsonObject;
    const ran = await runSteps(shown(step, `"\\(${channel}.statusCode)"`));
    expect(ran.steps).toEqual({ tell: 'succeeded', show: 'succeeded: 200' });
    expect(server.received).toEqual([
      { path: '/hook', method: 'POST', type: 'application/json', body: expect.any(String) as string },
    ]);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual(bodies[channel]);
  });

  test.each([
    ['dingding', 400, 'bad', 'dingding answered 400: bad'],
    [
      'dingding',
      200,
      '{"errcode":310000,"errmsg":"sign"}',
      'dingding answered 200: {"errcode":310000,"errmsg":"sign"}',
    ],
    ['lark', 503, '', 'lark answered 503: '],
    ['lark', 200, '{"code":19001,"msg":"param"}', 'lark answered 200: {"code":19001,"msg":"param"}'],
    ['lark', 200, '{"StatusCode":1}', 'lark answered 200: {"StatusCode":1}'],
    ['slack', 404, 'no_service', 'slack answered 404: no_service'],
  ] as const)('%s: %i %s fails the step', async (channel, status, body, message) => {
    const server = await serveAnswers({ '/hook': [status, body] });
    const properties = { [channel]: { url: { value: `${server.url}/hook` }, message: messages[channel] } };
    const ran = await runSteps([{ name: 'tell', type: 'notification', properties } as JsonObject]);
    expect(ran.steps).toEqual({ tell: `failed/Action: ${message}` });
  });

  test('what one service refuses keeps nothing from the others', async () => {
    const server = await serveAnswers({
      '/dingding': [500, 'down'],
      '/lark': [200, 'ok'],
      '/slack': [403, 'no'],
    });
    const properties = Object.fromEntries(
      channels.map((channel) => [
        channel,
        { url: { value: `${server.url}/${channel}` }, message: messages[channel] },
      ]),
    );
    const ran = await runSteps([{ name: 'tell', type: 'notification', properties } as JsonObject]);
    expect(ran.steps).toEqual({
      tell: 'failed/Action: dingding answered 500: down; slack answered 403: no',
    });
    expect(server.received.map(({ path }) => path)).toEqual(['/dingding', '/lark', '/slack']);
  });

  test('an address from a Secret is used, and shown nowhere', async () => {
    const server = await serveAnswers({ '/services/T0/hush-hush': [418, 'token hush-hush is off'] });
    const secret = secretOf('slack', { url: `${server.url}/services/T0/hush-hush\n` });
    const properties = {
      slack: { url: { secretRef: { name: 'slack', key: 'url' } }, message: { text: 'x' } },
    };
    const ran = await runSteps([{ name: 'tell', type: 'notification', properties }], { objects: [secret] });
    expect(ran.steps['tell']).toMatch(/^failed\/Action: slack answered 418/);
    expect(server.received).toHaveLength(1);
    expect(ran.shown).not.toContain('/services/T0/hush-hush');
  });

  test.each([
    ['no Secret', [], 'slack.url: Secret team/slack not found'],
    ['no key', [secretOf('slack', { other: 'x' })], 'slack.url: Secret team/slack has no key "url"'],
  ])('%s: nothing is sent', async (_name, objects, message) => {
    const server = await serveAnswers({ '/lark': [200, 'ok'] });
    const properties = {
      lark: { url: { value: `${server.url}/lark` }, message: messages['lark'] },
      slack: { url: { secretRef: { name: 'slack', key: 'url' } }, message: { text: 'x' } },
    } as JsonObject;
    const ran = await runSteps([{ name: 'tell', type: 'notification', properties }], { objects });
    expect(ran.steps).toEqual({ tell: `failed/Action: ${message}` });
    expect(server.received).toEqual([]);
  });

  test.each([
    [{}, 'the properties must have at least 1 fields'],
    [{ slak: {} }, 'parameter slak does not exist'],
    [
      { slack: { url: { value: 'ftp-hush-hush' }, message: { text: 'x' } } },
      'must be an http or https address, got a string',
    ],
    [
      { slack: { url: {}, message: { text: 'x' } } },
      'parameter slack.url needs exactly one of value, secretRef',
    ],
  ])('%j is refused', async (properties, message) => {
    const run = runSteps([{ name: 'tell', type: 'notification', properties }]);
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.not.toThrow('hush-hush');
  });
});

describe('notification by e-mail', async () => {
  const stepType = await builtIn('notification');
  const email = (password?: JsonObject): JsonObject => ({
    from: {
      address: 'ci@example.com',
      host: 'smtp.example.com',
      ...(password === undefined ? {} : { password }),
    },
    to: ['team@example.com'],
    content: { subject: 'shop', body: 'is out' },
  });
  const secretRef = { name: 'mail', key: 'password' };

  test.each<readonly [string, JsonObject | undefined, string | undefined]>([
    ['without a password', undefined, undefined],
    ['with a password', { value: 'hush-hush' }, 'hush-hush'],
    ['with one of a Secret', { secretRef }, 'from a Secret'],
  ])('%s', async (_name, given, password) => {
    const driven = await drive(
      stepType,
      { email: email(given) },
      {
        emailSecret: { value: secretOf('mail', { password: 'from a Secret\n' }) },
        email: {},
      },
    );
    expect(ending(driven)).toBe('done');
    const { from, ...rest } = email();
    expect(driven.params('email')).toEqual({
      ...rest,
      from: { ...(from as JsonObject), port: 587, ...(password === undefined ? {} : { password }) },
    });
  });

  test('a Secret without the key sends nothing', async () => {
    const answers = { emailSecret: { value: secretOf('mail', {}) } };
    const driven = await drive(stepType, { email: email({ secretRef }) }, answers);
    expect(ending(driven)).toBe('fail: email.from.password: Secret default/mail has no key "password"');
  });

  test('what a service refuses does not keep the e-mail', async () => {
    const server = { url: { value: 'http://127.0.0.1/x' }, message: { text: 'x' } };
    const driven = await drive(
      stepType,
      { email: email(), slack: server },
      {
        slack: { response: { statusCode: 500, body: 'down', header: {}, trailer: {} } },
        email: {},
      },
    );
    expect(driven.trace).toEqual(['http slack', 'send-email email', 'fail refused']);
  });
});

describe('webhook', () => {
  const hook = (url: string, rest: JsonObject = {}): JsonObject => ({
    name: 'post',
    type: 'webhook',
    properties: { url: { value: `${url}/hook` }, ...rest },
  });

  test('posts the data as JSON and offers the answer', async () => {
    const server = await serveAnswers({ '/hook': [202, 'taken'] });
    const ran = await runSteps(
      shown(hook(server.url, { data: { a: [1, 'x'] } }), 'webhook.req.$returns.body'),
    );
    expect(ran.steps).toEqual({ post: 'succeeded', show: 'succeeded: taken' });
    expect(server.received).toEqual([
      { path: '/hook', method: 'POST', type: 'application/json', body: '{"a":[1,"x"]}' },
    ]);
  });

  test('without data, the Application of that name', async () => {
    const server = await serveAnswers({ '/hook': [200, ''] });
    const application = {
      apiVersion: 'core.oam.dev/v1beta1',
      kind: 'Application',
      metadata: { name: 'demo', namespace: 'team' },
      spec: { components: [] },
    };
    const ran = await runSteps([hook(server.url)], { objects: [application] });
    expect(ran.steps).toEqual({ post: 'succeeded' });
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
      kind: 'Application',
      spec: { components: [] },
    });
  });

  test.each([
    [{}, 'data is missing, and there is nothing to send in its place: Application team/demo not found'],
    [{ data: {} }, 'the webhook answered 400: no thanks'],
    [{ data: {}, url: { secretRef: { name: 's', key: 'k' } } }, 'url: Secret team/s not found'],
  ])('%j fails', async (rest, message) => {
    const server = await serveAnswers({ '/hook': [400, 'no thanks'] });
    const ran = await runSteps([hook(server.url, rest)]);
    expect(ran.steps).toEqual({ post: `failed/Action: ${message}` });
  });

  test('an address from a Secret is used, and shown nowhere', async () => {
    const server = await serveAnswers({ '/hook': [500, 'x'] });
    const objects = [secretOf('s', { k: `${server.url}/hook?token=hush-hush` })];
    const url = { secretRef: { name: 's', key: 'k' } };
    const ran = await runSteps([hook(server.url, { data: {}, url })], { objects });
    expect(ran.steps['post']).toBe('failed/Action: the webhook answered 500: x');
    expect(ran.shown).not.toContain('hush-hush');
  });
});

describe('check-metrics', () => {
  const check = (metricEndpoint: string, rest: JsonObject = {}): JsonObject => ({
    name: 'check',
    type: 'check-metrics',
    properties: {
      query: 'up',
      metricEndpoint,
      condition: '>=0.95',
      duration: '0s',
      failDuration: '0s',
      ...rest,
    },
  });

  test.each([
    [['0.99'], 'succeeded'],
    [['0.9'], 'failed/Action'],
  ])('%j: %s', async (values, outcome) => {
    const server = await servePrometheus(values);
    const ran = await runSteps([check(server.url)]);
    await server.close();
    expect(ran.steps['check']).toMatch(new RegExp(`^${outcome}`));
  });

  test('the condition must have held for the whole duration', async () => {
    const server = await servePrometheus(['0.99'], ['0.5']);
    const ran = await runSteps([check(server.url, { duration: '1s', failDuration: '0s' })]);
    await server.close();
    expect(ran.steps['check']).toMatch(/^failed\/Action: .*0\.5/);
  });
});
