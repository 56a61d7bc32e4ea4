import { describe, expect, test } from 'vitest';
import type { ModelEndpoint } from '../../src/llm/endpoint.ts';
import { isVendorAddress, requestAt, wishOfRequest } from '../../src/ops/model-route.ts';

const chat = 'https://api.openai.com/v1/chat/completions';
const own = 'https://own.example/llm/v1/chat/completions?x=1';

describe('a request to', () => {
  test.each([
    ['the vendor wishes for nothing', chat, undefined, {}],
    ['the vendor with a key', chat, 'Bearer k1', { key: 'k1' }],
    ['the vendor with a key, oddly written', chat, 'bearer  k1 ', { key: 'k1' }],
    ['the vendor with a leftover', chat, 'Bearer <your token>', {}],
    ['the vendor with nothing', chat, 'Bearer ', {}],
    ['the vendor by another scheme', chat, 'Basic dXNlcg==', { key: 'Basic dXNlcg==' }],
    ['another address', own, undefined, { baseUrl: own }],
  ])('%s', (_what, url, authorization, wish) => {
    expect(wishOfRequest({ url, authorization })).toEqual(wish);
  });
});

describe('a chosen server gets', () => {
  const at = (endpoint: Partial<ModelEndpoint>, url: string, authorization?: string) =>
    requestAt(
      {
        kind: 'openai',
        baseUrl: `https://models.example${endpoint.kind === 'azure' ? '' : '/v1'}`,
        ...endpoint,
      },
      { url, authorization, model: 'a b' },
    );
  const credential = { key: 'k2', hosts: ['models.example'] };

  test('what is meant for the vendor, path and query kept', () => {
    expect(at({ credential }, `${chat}?x=1`, 'Bearer <token>')).toEqual({
      url: 'https://models.example/v1/chat/completions?x=1',
      headers: { authorization: 'Bearer k2' },
    });
  });

  test('what is meant for it as it is, and the step’s own header as it was written', () => {
    expect(at({ credential }, own, 'Basic dXNlcg==')).toEqual({
      url: own,
      headers: { authorization: 'Basic dXNlcg==' },
    });
  });

  test('no key where there is none', () => {
    expect(at({}, chat).headers).toEqual({});
  });

  test('no key that is not for it', () => {
    const elsewhere = { key: 'hunter2-key', hosts: ['other.example'] };
    const send = (): unknown => at({ credential: elsewhere }, chat);
    expect(send).toThrow('the key may go to other.example only');
    expect(send).not.toThrow('hunter2');
  });

  test.each([
    [undefined, 'https://models.example/openai/v1/chat/completions?x=1'],
    [
      '2026-01-01',
      'https://models.example/openai/deployments/a%20b/chat/completions?x=1&api-version=2026-01-01',
    ],
  ])('as Azure with the version %s its own paths and header', (apiVersion, url) => {
    const endpoint = {
      kind: 'azure',
      credential,
      ...(apiVersion === undefined ? {} : { apiVersion }),
    } as const;
    expect(at(endpoint, `${chat}?x=1`, 'Bearer <token>')).toEqual({ url, headers: { 'api-key': 'k2' } });
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
