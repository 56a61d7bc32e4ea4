import { describe, expect, test } from 'vitest';
import {
  chooseServer,
  operatorModel,
  type ModelEnvironment,
  type ModelSurroundings,
} from '../../../src/llm/settings/choose-server.ts';
import {
  noModelSettings,
  type ModelServer,
  type ModelSettings,
} from '../../../src/llm/settings/model-settings.ts';
import type { ModelWish } from '../../../src/llm/model-service.ts';

const vendor = 'https://api.openai.com/v1';
const gateway = 'https://models.corp.example/v1';
const own = 'https://own.example/llm/v1';
const corp: ModelServer = {
  name: 'corp',
  kind: 'openai',
  baseUrl: `${gateway}/`,
  model: 'qwen3',
  key: 'corp-key',
  hosts: [],
};
const azure: ModelServer = {
  name: 'azure',
  kind: 'azure',
  baseUrl: 'https://us.azure.example',
  apiVersion: '2026-01-01',
  key: 'azure-key',
  hosts: ['*.azure.example'],
};
const keyless: ModelServer = { name: 'local', kind: 'openai', baseUrl: 'http://ollama:11434/v1', hosts: [] };
const openai: ModelServer = { name: 'openai', kind: 'openai', baseUrl: vendor, hosts: [] };
const servers = [corp, azure, keyless, openai];

function settings(byDefault?: string): ModelSettings {
  return { ...noModelSettings, servers, ...(byDefault === undefined ? {} : { default: byDefault }) };
}

interface Row {
  readonly when: string;
  readonly wish?: ModelWish;
  readonly env?: ModelEnvironment;
  readonly default?: string;
  readonly offline?: boolean;
  readonly to: string;
  readonly key?: string;
  readonly hosts?: readonly string[];
  readonly model?: string;
}

const both = { OPENAI_BASE_URL: gateway, OPENAI_API_KEY: 'k2' };

const rows: readonly Row[] = [
  {
    when: 'the step has a key',
    wish: { key: 'k1' },
    to: vendor,
    key: 'k1',
    hosts: ['api.openai.com'],
    model: 'gpt-4o-mini',
  },
  {
    when: 'the environment has a key',
    env: { OPENAI_API_KEY: ' k2 ' },
    to: vendor,
    key: 'k2',
    hosts: ['api.openai.com'],
    model: 'gpt-4o-mini',
  },
  {
    when: 'both have: the step’s',
    wish: { key: 'k1' },
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    key: 'k1',
    model: 'gpt-4o-mini',
  },
  {
    when: 'the step’s is a placeholder: the environment’s',
    wish: { key: '<your token>' },
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    key: 'k2',
    model: 'gpt-4o-mini',
  },
  {
    when: 'the step’s is empty: the environment’s',
    wish: { key: ' ' },
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    key: 'k2',
    model: 'gpt-4o-mini',
  },
  {
    when: 'there is a key although offline is allowed',
    wish: { key: 'k1' },
    offline: true,
    to: vendor,
    key: 'k1',
    model: 'gpt-4o-mini',
  },
  { when: 'there is no key, and offline is allowed', offline: true, to: 'offline' },
  {
    when: 'all keys are placeholders, and offline is allowed',
    wish: { key: '<token>' },
    env: { OPENAI_API_KEY: '<your key>' },
    offline: true,
    to: 'offline',
  },
  {
    when: 'the environment is empty text, and offline is allowed',
    env: { OPENAI_API_KEY: '', OPENAI_BASE_URL: ' ' },
    offline: true,
    to: 'offline',
  },
  {
    when: 'the environment names an address and a key',
    env: both,
    to: gateway,
    key: 'k2',
    hosts: ['models.corp.example'],
  },
  {
    when: 'the environment names an address, the step a key',
    wish: { key: 'k1' },
    env: both,
    to: gateway,
    key: 'k1',
  },
  {
    when: 'the environment names an address, and nobody a key',
    env: { OPENAI_BASE_URL: `${gateway}/` },
    offline: true,
    to: gateway,
  },
  {
    when: 'the environment names a model',
    env: { ...both, OPENAI_MODEL: 'm' },
    to: gateway,
    key: 'k2',
    model: 'm',
  },
  {
    when: 'the step names a model',
    wish: { model: 'mine' },
    env: { ...both, OPENAI_MODEL: 'm' },
    to: gateway,
    key: 'k2',
    model: 'mine',
  },
  {
    when: 'the step names an address and a key',
    wish: { baseUrl: `${own}/`, key: 'k1' },
    env: both,
    default: 'corp',
    to: own,
    key: 'k1',
    hosts: ['own.example'],
  },
  {
    when: 'the step names an address and no key: the environment’s stays at home',
    wish: { baseUrl: own },
    env: { OPENAI_API_KEY: 'k2' },
    offline: true,
    to: own,
  },
  {
    when: 'the step names the environment’s own address: its key stays at home all the same',
    wish: { baseUrl: gateway },
    env: both,
    default: 'local',
    to: gateway,
    key: 'corp-key',
  },
  {
    when: 'the step names the vendor’s address: the environment’s key stays at home',
    wish: { baseUrl: vendor },
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    model: 'gpt-4o-mini',
  },
  {
    when: 'the step names a path at a server with a key: it may go there',
    wish: { baseUrl: 'https://models.corp.example/other' },
    to: 'https://models.corp.example/other',
    key: 'corp-key',
    hosts: ['models.corp.example'],
  },
  {
    when: 'the step names that host without TLS: the key may not',
    wish: { baseUrl: 'http://models.corp.example/v1' },
    to: 'http://models.corp.example/v1',
  },
  {
    when: 'the step names that host with another port: the key may not',
    wish: { baseUrl: 'https://models.corp.example:8443/v1' },
    to: 'https://models.corp.example:8443/v1',
  },
  {
    when: 'the step names a server',
    wish: { server: 'corp' },
    env: { OPENAI_API_KEY: 'k2', OPENAI_MODEL: 'm' },
    default: 'local',
    to: gateway,
    key: 'corp-key',
    hosts: ['models.corp.example'],
    model: 'qwen3',
  },
  {
    when: 'the step names a server and a key',
    wish: { server: 'corp', key: 'k1' },
    to: gateway,
    key: 'k1',
    hosts: ['models.corp.example'],
    model: 'qwen3',
  },
  {
    when: 'the step names a server and a model',
    wish: { server: 'corp', model: 'mine' },
    to: gateway,
    key: 'corp-key',
    model: 'mine',
  },
  {
    when: 'the operator has a default',
    env: { ...both, OPENAI_BASE_URL: own },
    default: 'corp',
    to: gateway,
    key: 'corp-key',
    model: 'qwen3',
  },
  {
    when: 'the operator has a default, the step a key',
    wish: { key: 'k1' },
    default: 'corp',
    to: gateway,
    key: 'k1',
    model: 'qwen3',
  },
  {
    when: 'the default wants no key: none of another address goes there',
    env: { OPENAI_API_KEY: 'k2', OPENAI_MODEL: 'm' },
    default: 'local',
    to: 'http://ollama:11434/v1',
    model: 'm',
  },
  {
    when: 'the default is the vendor, and its key is in the environment',
    env: { OPENAI_API_KEY: 'k2' },
    default: 'openai',
    to: vendor,
    key: 'k2',
    hosts: ['api.openai.com'],
    model: 'gpt-4o-mini',
  },
  {
    when: 'the default is the vendor, and the key in the environment is for another address',
    env: both,
    default: 'openai',
    to: vendor,
    model: 'gpt-4o-mini',
  },
  {
    when: 'the default is Azure',
    default: 'azure',
    to: 'https://us.azure.example',
    key: 'azure-key',
    hosts: ['*.azure.example'],
  },
];

test.each(rows)('$when', ({ wish = {}, env = {}, offline = false, to, key, hosts, model, ...row }) => {
  const choice = chooseServer(wish, { env, settings: settings(row.default), offlineAllowed: offline });
  if (to === 'offline') {
    expect(choice).toEqual({ kind: 'offline' });
    return;
  }
  expect(choice).toMatchObject({ kind: 'server', endpoint: { baseUrl: to }, host: new URL(to).host });
  if (choice.kind !== 'server') return;
  expect(choice.endpoint.credential?.key).toBe(key);
  if (hosts !== undefined) expect(choice.endpoint.credential?.hosts).toEqual(hosts);
  expect(choice.model).toBe(model);
});

describe('a wish is refused', () => {
  const none: ModelSurroundings = { env: {}, settings: noModelSettings, offlineAllowed: false };

  test.each<readonly [string, ModelWish, Partial<ModelSurroundings>, string, string]>([
    ['without a key', {}, {}, 'NoModel', 'there is no key'],
    ['with a placeholder for a key', { key: '<k>' }, { env: { OPENAI_API_KEY: '<k>' } }, 'NoModel', 'no key'],
    ['for a server nobody knows', { server: 'lab' }, { settings: settings() }, 'NoSuchServer', '"lab"'],
    ['where the default is gone', {}, { settings: settings('lab') }, 'NoSuchServer', '"lab"'],
    [
      'where a key is not set',
      {},
      { settings: { ...settings('x'), servers: [{ ...keyless, name: 'x', missingKey: 'LAB_KEY' }] } },
      'NoModelKey',
      'LAB_KEY',
    ],
    [
      'for no address',
      {},
      { env: { OPENAI_BASE_URL: 'models.corp.example' } },
      'BadModelAddress',
      'OPENAI_BASE_URL',
    ],
    [
      'for a file',
      {},
      { env: { OPENAI_BASE_URL: 'file:///etc/passwd' } },
      'BadModelAddress',
      'OPENAI_BASE_URL',
    ],
    [
      'for an address with a password',
      {},
      { env: { OPENAI_BASE_URL: 'https://me:hunter2@models.example/v1' } },
      'BadModelAddress',
      'OPENAI_BASE_URL',
    ],
    [
      'for such an address of the step’s',
      { baseUrl: 'https://me:hunter2@models.example/v1' },
      {},
      'BadModelAddress',
      "the step's base URL",
    ],
  ])('%s', (_what, wish, parts, code, text) => {
    const choose = (): unknown => chooseServer(wish, { ...none, ...parts });
    expect(choose).toThrow(expect.objectContaining({ kind: 'invalid', code }) as Error);
    expect(choose).toThrow(text);
    expect(choose).not.toThrow('hunter2');
  });
});

test.each([
  [{ OPENAI_MODEL: 'm' }, undefined, 'm'],
  [{ OPENAI_MODEL: 'm' }, 'corp', 'qwen3'],
  [{ OPENAI_MODEL: 'm' }, 'local', 'm'],
  [{ OPENAI_MODEL: ' ' }, undefined, undefined],
])('the operator’s model under %j with the default %j is %j', (env, byDefault, expected) => {
  expect(operatorModel(env, settings(byDefault))).toBe(expected);
});
