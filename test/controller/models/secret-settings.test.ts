import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/api/errors.ts';
import type { ApiClient } from '../../../src/cluster/kubernetes/api-client.ts';
import { openControllerModels } from '../../../src/controller/models/controller-models.ts';
import { openSecretSettings } from '../../../src/controller/models/secret-settings.ts';
import { ObjectServer } from '../../store/cluster/object-server.ts';

let server: ObjectServer;
let client: ApiClient;
let clockMs = 0;

beforeEach(async () => {
  clockMs = 0;
  server = await ObjectServer.open();
  client = server.client();
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const operator = `
default: main
servers:
  - {name: main, url: "https://models.example.com/v1", keyFrom: {env: MAIN_KEY}}
budgets: {run: {tokens: 1000}, day: {cost: "5"}}
prices: [{host: models.example.com, model: big, input: 2, output: 2}]
`;

function settings(env: Record<string, string> = { MAIN_KEY: 'sk-main' }) {
  const monotonicNow = (): number => clockMs;
  return openSecretSettings({ client, namespace: 'vela-system', env, monotonicNow });
}

function secret(namespace: string, yaml: string | undefined, key = 'models.yaml'): void {
  const data = yaml === undefined ? undefined : { [key]: Buffer.from(yaml).toString('base64') };
  server.put(namespace, 'secrets', 'sluice-models', data);
}

const gets = (): number => server.seen.length;

test('without Secrets there are none', async () => {
  expect(await settings()('team')).toEqual({ servers: [], budgets: {}, prices: [] });
});

test("the operator's count for every namespace, with keys of the controller's environment", async () => {
  secret('vela-system', operator);
  expect(await settings()('team')).toMatchObject({
    default: 'main',
    servers: [{ name: 'main', key: 'sk-main' }],
    budgets: { run: { tokens: 1000 }, day: { microDollars: 5_000_000 } },
  });
  expect((await settings({})('team')).servers[0]).toMatchObject({ missingKey: 'MAIN_KEY' });
});

test('a Secret is looked at again after half a minute, and once for all that ask', async () => {
  secret('vela-system', operator);
  const read = settings();
  await Promise.all([read('team'), read('team'), read('team')]);
  expect(gets()).toBe(2);
  secret('vela-system', 'servers: []');
  clockMs = 29_999;
  expect((await read('team')).servers).toHaveLength(1);
  clockMs = 30_001;
  expect((await read('team')).servers).toHaveLength(0);
  expect(gets()).toBe(4);
});

describe('a namespace', () => {
  const own = (yaml: string) => {
    secret('vela-system', operator);
    secret('team', yaml);
    return settings();
  };

  test('adds servers for itself alone', async () => {
    const read = own('default: ours\nservers: [{name: ours, url: "http://10.0.0.7/v1", key: sk-ours}]');
    const { servers, ...rest } = await read('team');
    expect(rest.default).toBe('ours');
    expect(servers).toMatchObject([{ name: 'main' }, { name: 'ours', key: 'sk-ours', isNamespaces: true }]);
    expect((await read('shop')).servers).toMatchObject([{ name: 'main' }]);
    expect((await read('shop')).default).toBe('main');
  });

  test('lowers budgets, and raises none', async () => {
    const read = own('budgets: {run: {tokens: 5000, calls: 3}, day: {cost: 1}, call: {tokens: 7}}');
    expect((await read('team')).budgets).toEqual({
      call: { tokens: 7 },
      run: { tokens: 1000, calls: 3 },
      day: { microDollars: 1_000_000 },
    });
  });

  test('prices only what nobody else has a price or a server for', async () => {
    const free = (host: string): string => `{host: "${host}", model: m, input: 0, output: 0}`;
    const hosts = ['models.example.com', 'API.openai.com', 'ours.example.com'];
    const read = own(`prices: [${hosts.map(free).join(', ')}]`);
    const { prices } = await read('team');
    expect(prices.map(({ host, inputMicros }) => `${host} ${inputMicros}`)).toEqual([
      'models.example.com 2000000',
      'ours.example.com 0',
    ]);
  });

  test.each<readonly [string, string, string]>([
    [
      "a key of the controller's environment",
      'servers: [{name: a, url: "http://h", keyFrom: {env: OPENAI_API_KEY}}]',
      'from the environment of the controller',
    ],
    ["the operator's server", 'servers: [{name: main, url: "http://h"}]', "main is the operator's"],
    ['a fault', 'servers: [{name: a, key: CANARY}]', 'servers[0].url is missing'],
    ['another key of the Secret', '', 'has no models.yaml'],
  ])('is refused %s, and others go on', async (_name, yaml, why) => {
    secret('vela-system', operator);
    secret('team', yaml, yaml === '' ? 'settings' : undefined);
    const read = settings();
    const error = await read('team').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'invalid', code: 'ModelSettingsInvalid' });
    expect(messageOf(error)).toContain('the Secret team/sluice-models');
    expect(messageOf(error)).toContain(why);
    expect(messageOf(error)).not.toContain('CANARY');
    expect((await read('shop')).servers).toHaveLength(1);
  });
});

test('no namespace gets an answer of another, and each is charged on its own account', async () => {
  const monotonicNow = (): number => clockMs;
  const models = openControllerModels({
    client,
    namespace: 'vela-system',
    env: {},
    now: () => 5,
    monotonicNow,
  });
  const ask = async (namespace: string, answer: string) => {
    const signal = new AbortController().signal;
    const request = { key: 'k', timeToLiveMs: 1000, signal, ask: async () => answer };
    return models.of(namespace).answers.through(request);
  };
  expect(await ask('team', 'one')).toEqual({ value: 'one', source: 'asked' });
  expect(await ask('shop', 'two')).toEqual({ value: 'two', source: 'asked' });
  expect(await ask('team', 'three')).toEqual({ value: 'one', source: 'cache' });
  const account = { key: 'run/u', limits: {} };
  await models.of('team').spending.reserve('a', { calls: 1, tokens: 2, microDollars: 3 }, [account]);
  expect((await models.of('team').spending.spent('run/u')).tokens).toBe(2);
  expect((await models.of('shop').spending.spent('run/u')).tokens).toBe(0);
});
