import { Socket } from 'node:net';
import {
  assert,
  asyncProperty,
  constantFrom,
  ipV4,
  ipV4Extended,
  ipV6,
  oneof,
  string,
  webUrl,
} from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { isSluiceError } from '../../src/api/errors.ts';
import { classifyAddress } from '../../src/net/egress.ts';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { get, resolved } from './loopback.ts';

const dialled: string[] = [];
const client = openHttpClient({
  egress: {},
  lookup: () => Promise.resolve(resolved('169.254.169.254', '10.0.0.1', '::1', '0.0.0.0', '64:ff9b::7f00:1')),
  connect: (addresses) => {
    dialled.push(...addresses.map(({ address }) => address));
    return new Socket().destroy(Object.assign(new Error('no network here'), { code: 'ENETUNREACH' }));
  },
});
afterAll(() => client.close());

const text = string({ maxLength: 30, unit: 'binary' });
const hosts = oneof(
  ipV4(),
  ipV4Extended(),
  ipV6().map((address) => `[${address}]`),
  text,
  constantFrom(
    'localhost',
    'a@b',
    '[::1%25lo]',
    '127.0.0.1:0',
    '169.254.169.254#@1.1.1.1',
    '1.1.1.1\\@127.0.0.1',
    '①.0.0.1',
  ),
);
const urls = oneof(
  text,
  webUrl({ withFragments: true, withQueryParameters: true }),
  hosts.map((host) => `http://${host}/`),
  hosts.map((host) => `https://user:pw@${host}:80/`),
);

test('whatever the URL, only public addresses are dialled, and every refusal is one of ours', async () => {
  await assert(
    asyncProperty(urls, text, async (url, value) => {
      const error: unknown = await client
        .send(get(url, { headers: { 'x-any': value } }))
        .catch((thrown: unknown) => thrown);
      expect(isSluiceError(error)).toBe(true);
      expect(error).toMatchObject({
        kind: expect.stringMatching(/^(?:denied|terminal|transient)$/) as string,
      });
    }),
    { numRuns: 500 },
  );
  expect(dialled.filter((address) => classifyAddress(address) !== 'public')).toEqual([]);
});
