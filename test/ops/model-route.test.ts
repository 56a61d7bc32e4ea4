import { describe, expect, test } from 'vitest';
import {
  chooseModel,
  isVendorAddress,
  routeModel,
  routeModelRequest,
  type ModelEnvironment,
} from '../../src/ops/model-route.ts';

const vendor = 'https://api.openai.com/v1';
const gateway = 'https://models.corp.example/v1';
const own = 'https://own.example/llm/v1';
const offlineUrl = 'http://127.0.0.1:4010/v1';

interface Row {
  readonly when: string;
  readonly step?: string;
  readonly base?: string;
  readonly env?: ModelEnvironment;
  readonly offline?: boolean;
  readonly to: string;
  readonly key: string | undefined;
  readonly label: string;
}

const rows: readonly Row[] = [
  { when: 'the step has a key', step: 'Bearer k1', to: vendor, key: 'Bearer k1', label: 'api.openai.com' },
  {
    when: 'the environment has a key',
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    key: 'Bearer k2',
    label: 'api.openai.com',
  },
  {
    when: 'both have: the step’s',
    step: 'Bearer k1',
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    key: 'Bearer k1',
    label: 'api.openai.com',
  },
  {
    when: 'the step’s is a placeholder: the environment’s',
    step: 'Bearer <your token>',
    env: { OPENAI_API_KEY: 'k2' },
    to: vendor,
    key: 'Bearer k2',
    label: 'api.openai.com',
  },
  {
    when: 'the step’s is empty: the environment’s',
    step: 'Bearer ',
    env: { OPENAI_API_KEY: ' k2 ' },
    to: vendor,
    key: 'Bearer k2',
    label: 'api.openai.com',
  },
  {
    when: 'there is a key although offline is allowed',
    step: 'Bearer k1',
    offline: true,
    to: vendor,
    key: 'Bearer k1',
    label: 'api.openai.com',
  },
  {
    when: 'there is no key, and offline is allowed',
    offline: true,
    to: offlineUrl,
    key: undefined,
    label: 'offline engine',
  },
  {
    when: 'all keys are placeholders, and offline is allowed',
    step: 'Bearer <token>',
    env: { OPENAI_API_KEY: '<your key>' },
    offline: true,
    to: offlineUrl,
    key: undefined,
    label: 'offline engine',
  },
  {
    when: 'the environment is empty text, and offline is allowed',
    step: '',
    env: { OPENAI_API_KEY: '', OPENAI_BASE_URL: ' ' },
    offline: true,
    to: offlineUrl,
    key: undefined,
    label: 'offline engine',
  },
  {
    when: 'the environment names an address and a key',
    env: { OPENAI_BASE_URL: gateway, OPENAI_API_KEY: 'k2' },
    to: gateway,
    key: 'Bearer k2',
    label: 'models.corp.example',
  },
  {
    when: 'the environment names an address, the step a key',
    step: 'Bearer k1',
    env: { OPENAI_BASE_URL: gateway, OPENAI_API_KEY: 'k2' },
    to: gateway,
    key: 'Bearer k1',
    label: 'models.corp.example',
  },
  {
    when: 'the environment names an address, and nobody a key',
    env: { OPENAI_BASE_URL: `${gateway}/` },
    offline: true,
    to: gateway,
    key: undefined,
    label: 'models.corp.example',
  },
  {
    when: 'the step names an address and a key',
    base: own,
    step: 'Bearer k1',
    env: { OPENAI_BASE_URL: gateway, OPENAI_API_KEY: 'k2' },
    to: own,
    key: 'Bearer k1',
    label: 'own.example',
  },
  {
    when: 'the step names an address and no key: the environment’s stays at home',
    base: own,
    env: { OPENAI_API_KEY: 'k2' },
    offline: true,
    to: own,
    key: undefined,
    label: 'own.example',
  },
  {
    when: 'the step names an address and a placeholder: the environment’s stays at home',
    base: own,
    step: 'Bearer <your token>',
    env: { OPENAI_API_KEY: 'k2' },
    to: own,
    key: undefined,
    label: 'own.example',
  },
  {
    when: 'the step names the environment’s own address: its key stays at home all the same',
    base: gateway,
    env: { OPENAI_BASE_URL: gateway, OPENAI_API_KEY: 'k2' },
    to: gateway,
    key: undefined,
    label: 'models.corp.example',
  },
  {
    when: 'the step uses another scheme',
    step: 'Basic dXNlcg==',
    to: vendor,
    key: 'Basic dXNlcg==',
    label: 'api.openai.com',
  },
  {
    when: 'the scheme is in another case',
    step: 'bearer k1',
    to: vendor,
    key: 'bearer k1',
    label: 'api.openai.com',
  },
];

test.each(rows)('$when', ({ step, base, env, offline, to, key, label }) => {
  const decision = routeModel({
    stepAuthorization: step,
    stepBaseUrl: base,
    env: env ?? {},
    offlineAllowed: offline ?? false,
    offlineUrl,
  });
  expect(decision).toMatchObject({ kind: 'route', baseUrl: to, authorization: key, label });
});

describe('a call is refused', () => {
  test.each([
    ['without a key', undefined, {}],
    ['with a placeholder for a key', 'Bearer <your token>', { OPENAI_API_KEY: '<key>' }],
    ['with an empty key', 'Bearer', {}],
  ])('%s when offline is not allowed', (_what, stepAuthorization, env) => {
    const decision = routeModel({ stepAuthorization, env, offlineAllowed: false, offlineUrl });
    expect(decision).toMatchObject({ kind: 'refused', message: expect.stringContaining('no key') as string });
    expect(decision).toMatchObject({ hint: expect.stringContaining('OPENAI_API_KEY') as string });
  });

  test.each([
    ['OPENAI_BASE_URL', { env: { OPENAI_BASE_URL: 'models.corp.example' } }],
    ['OPENAI_BASE_URL', { env: { OPENAI_BASE_URL: 'file:///etc/passwd' } }],
    ['OPENAI_BASE_URL', { env: { OPENAI_BASE_URL: 'https://me:hunter2@models.example/v1' } }],
    ["the step's base URL", { env: {}, stepBaseUrl: 'https://me:hunter2@models.example/v1' }],
    ["the step's base URL", { env: {}, stepBaseUrl: 'not an address' }],
  ])('when %s is no good: %j', (source, parts) => {
    const decision = routeModel({
      stepAuthorization: 'Bearer k1',
      offlineAllowed: true,
      offlineUrl,
      ...parts,
    });
    expect(decision).toMatchObject({ kind: 'refused', message: expect.stringContaining(source) as string });
    expect(JSON.stringify(decision)).not.toContain('hunter2');
  });
});

describe('one request', () => {
  const settings = {
    env: { OPENAI_BASE_URL: `${gateway}/`, OPENAI_API_KEY: 'k2' },
    offlineAllowed: false,
    offlineUrl,
  };

  test('to the vendor goes to the address that was chosen, path and query kept', () => {
    const url = 'https://api.openai.com/v1/chat/completions?x=1';
    expect(routeModelRequest({ url, authorization: 'Bearer <token>' }, settings)).toEqual({
      url: `${gateway}/chat/completions?x=1`,
      authorization: 'Bearer k2',
      label: 'models.corp.example',
    });
  });

  test('to another address goes there, and the environment’s key does not', () => {
    const url = `${own}/chat/completions?x=1`;
    expect(routeModelRequest({ url, authorization: undefined }, settings)).toEqual({
      url,
      authorization: undefined,
      label: 'own.example',
    });
  });

  test('that is refused says so', () => {
    const none = { env: {}, offlineAllowed: false, offlineUrl: undefined };
    const request = { url: `${vendor}/chat/completions`, authorization: undefined };
    expect(routeModelRequest(request, none)).toMatchObject({ kind: 'refused' });
    expect(routeModelRequest(request, { ...none, offlineAllowed: true, offlineUrl })).toMatchObject({
      url: `${offlineUrl}/chat/completions`,
      label: 'offline engine',
    });
  });
});

test.each([
  ['https://api.openai.com/v1/chat/completions', true],
  ['https://api.openai.com:443/v1/x', true],
  ['https://API.openai.com/v1/x', true],
  ['https://api.openai.com/v1/../v1/x', true],
  ['https://api.openai.com/v1', false],
  ['https://api.openai.com/v1beta/x', false],
  ['https://api.openai.com/v1/../v2/x', false],
  ['https://api.openai.com/v1/%2e%2e/v2/x', false],
  ['https://api.openai.com/v2/x', false],
  ['http://api.openai.com/v1/x', false],
  ['https://api.openai.com:8443/v1/x', false],
  ['https://api.openai.com.evil.example/v1/x', false],
  ['https://api.openai.com@evil.example/v1/x', false],
  ['https://me@api.openai.com/v1/x', false],
  ['https://evil.example/https://api.openai.com/v1/x', false],
  ['', false],
  ['api.openai.com/v1/x', false],
])('%s is the vendor’s address: %s', (url, expected) => {
  expect(isVendorAddress(url)).toBe(expected);
});

test.each([
  ['mine', { OPENAI_MODEL: 'env' }, 'mine'],
  [undefined, { OPENAI_MODEL: 'env' }, 'env'],
  ['', { OPENAI_MODEL: 'env' }, 'env'],
  [undefined, { OPENAI_MODEL: '' }, 'default'],
  [undefined, {}, 'default'],
])('the model for a run that says %j under %j is %s', (run, env, expected) => {
  expect(chooseModel(run, env, 'default')).toBe(expected);
});
