import { describe, expect, test } from 'vitest';
import { checkEndpoint } from '../../src/llm/endpoint.ts';

const key = 'sk-test-0123456789abcdef';

function endpoint(baseUrl: string, ...hosts: readonly string[]) {
  return { kind: 'openai', baseUrl, credential: { key, hosts } } as const;
}

describe('a credential', () => {
  test.each([
    ['https://api.openai.com/v1', 'api.openai.com'],
    ['https://api.openai.com:443/v1', 'api.openai.com:443'],
    ['https://API.openai.com/v1', 'Api.OpenAI.com'],
    ['https://eu.openai.azure.com', '*.openai.azure.com'],
    ['http://localhost:11434/v1', 'localhost:11434'],
    ['http://[::1]:8080/v1', '[::1]:8080'],
  ])('for %s may be bound to %s', (baseUrl, host) => {
    expect(checkEndpoint(endpoint(baseUrl, 'other.example.com', host)).headers).toEqual({
      authorization: `Bearer ${key}`,
    });
  });

  test.each([
    ['https://api.openai.com.evil.example/v1', 'api.openai.com'],
    ['https://evil.example/api.openai.com', 'api.openai.com'],
    ['https://openai.azure.com', '*.openai.azure.com'],
    ['https://evilopenai.azure.com', '*.openai.azure.com'],
    ['https://api.openai.com:8443/v1', 'api.openai.com'],
    ['https://api.openai.com/v1', '*'],
    ['https://api.openai.com/v1', '*.'],
    ['https://api.openai.com/v1', ''],
  ])('does not go to %s when bound to "%s"', (baseUrl, host) => {
    expect(() => checkEndpoint(endpoint(baseUrl, host))).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'CredentialNotForHost' }),
    );
  });

  test.each(['', 'two words', 'line\nbreak', 'schlüssel'])(
    'that is none is refused and not shown: %j',
    (bad) => {
      const given = { ...endpoint('https://a.example/v1'), credential: { key: bad, hosts: ['a.example'] } };
      expect(() => checkEndpoint(given)).toThrow(expect.objectContaining({ code: 'BadModelKey' }));
    },
  );
});

test.each([
  '',
  'api.openai.com',
  'ftp://a.example',
  'https://user:pass@a.example/v1',
  'https://a.example/v1?key=1',
])('the address %j is refused without being shown', (baseUrl) => {
  expect(() => checkEndpoint({ kind: 'openai', baseUrl })).toThrow(
    expect.objectContaining({
      kind: 'invalid',
      code: 'BadModelAddress',
      message: expect.not.stringContaining('pass@') as string,
    }),
  );
});
