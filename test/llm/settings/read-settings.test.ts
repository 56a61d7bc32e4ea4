import { describe, expect, test } from 'vitest';
import { readDollars, showDollars } from '../../../src/api/dollars.ts';
import { withDefault, withoutServer, withServer } from '../../../src/llm/settings/edit-settings.ts';
import { readSettings } from '../../../src/llm/settings/read-settings.ts';
import { resolveKeys } from '../../../src/llm/settings/resolve-keys.ts';

const whole = `# Ours.
default: local
servers:
  - name: local # on this machine
    url: http://127.0.0.1:11434/v1
    model: llama3.2
  - name: paid
    kind: azure
    url: https://res.openai.azure.com
    apiVersion: 2026-01-01
    key: sk-CANARY
    hosts: [res.openai.azure.com, "*.other.example"]
  - {name: env, url: "https://models.example.com:8443/v1", keyFrom: {env: MODEL_KEY}}
budgets:
  call: {tokens: 1000}
  day: {cost: "0.50", calls: 10}
prices:
  - {host: models.example.com, model: big, input: "2.50", output: 10}
`;

async function settingsOf(text: string) {
  const read = await readSettings(text, 'models.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.settings;
}

test('a whole file', async () => {
  expect(await settingsOf(whole)).toEqual({
    default: 'local',
    servers: [
      {
        name: 'local',
        kind: 'openai',
        baseUrl: 'http://127.0.0.1:11434/v1',
        model: 'llama3.2',
        hosts: ['127.0.0.1:11434'],
      },
      {
        name: 'paid',
        kind: 'azure',
        baseUrl: 'https://res.openai.azure.com',
        apiVersion: '2026-01-01',
        key: 'sk-CANARY',
        hosts: ['res.openai.azure.com', '*.other.example'],
      },
      {
        name: 'env',
        kind: 'openai',
        baseUrl: 'https://models.example.com:8443/v1',
        keyFromEnv: 'MODEL_KEY',
        hosts: ['models.example.com:8443'],
      },
    ],
    budgets: { call: { tokens: 1000 }, day: { calls: 10, microDollars: 500_000 } },
    prices: [{ host: 'models.example.com', model: 'big', inputMicros: 2_500_000, outputMicros: 10_000_000 }],
  });
});

test.each(['', '# nothing\n', '---\n', '{}'])('%j holds nothing', async (text) => {
  expect(await settingsOf(text)).toEqual({ servers: [], budgets: {}, prices: [] });
});

test('keys of the environment are looked up; an empty variable is no key', async () => {
  const settings = await settingsOf(whole);
  const named = (env: Record<string, string>) =>
    resolveKeys(settings, env).servers.find(({ name }) => name === 'env');
  expect(named({ MODEL_KEY: ' sk-1\n' })).toMatchObject({ key: 'sk-1' });
  expect(named({ MODEL_KEY: '' })).toMatchObject({ missingKey: 'MODEL_KEY' });
  expect(named({})).not.toHaveProperty('key');
});

describe('faults', () => {
  const server = (more: string): string => `servers:\n  - {name: a, url: "http://h/v1"${more}}\n`;
  test.each<readonly [string, string, string]>([
    ['an unknown field', server(', modl: x'), '2:35 UnknownParameter servers[0].modl does not exist; model?'],
    [
      'a wrong kind',
      server(', kind: opena'),
      '2:41 InvalidParameter servers[0].kind must be one of "openai", "azure", got the string "opena"; openai?',
    ],
    ['no address', 'servers:\n  - {name: a}\n', '2:5 MissingParameter servers[0].url is missing'],
    [
      'an address that is none',
      'servers: [{name: a, url: "ftp://h"}]',
      '1:26 BadModelAddress the address of the model is no http or https address',
    ],
    [
      'a key inside the address',
      'servers: [{name: a, url: "http://u:CANARY@h"}]',
      '1:26 BadModelAddress the address of the model holds a user name or password',
    ],
    [
      'a key that is a number',
      server(', key: 4711'),
      '2:40 InvalidParameter servers[0].key must be a string, got a number',
    ],
    ['two keys', server(', key: CANARY, keyFrom: {env: X}'), '2:57 TwoKeys'],
    ['a version without Azure', server(', apiVersion: x'), '2:47 NotOfAzure'],
    [
      'a server twice',
      'servers:\n- {name: a, url: "http://h"}\n- {name: a, url: "http://h"}\n',
      '3:10 DuplicateServer there is a server "a" already: servers[0]',
    ],
    ['an unknown default', `default: aa\n${server('')}`, '1:10 NoSuchServer there is no server "aa"; a?'],
    ['a sum that is none', 'budgets: {day: {cost: 5 EUR}}', '1:23 NotDollars 5 EUR is no sum in dollars'],
    ['a sum below nothing', 'budgets: {day: {cost: -1}}', '1:23 NotDollars'],
    [
      'tokens below nothing',
      'budgets: {run: {tokens: -1}}',
      '1:25 InvalidParameter budgets.run.tokens must be at least 0, got -1',
    ],
    ['an unknown budget', 'budgets: {month: {}}', '1:11 UnknownParameter budgets.month does not exist'],
    [
      'a price without a host',
      'prices: [{model: m, input: 1, output: 1}]',
      '1:10 MissingParameter prices[0].host is missing',
    ],
    ['a list', '- a', '1:1 InvalidParameter the file must be an object, got a list'],
    ['two documents', 'default: a\n---\ndefault: b\n', '3:1 SecondDocument'],
    ['no YAML', 'servers: [', '1:11'],
  ])('%s', async (_name, text, expected) => {
    const read = await readSettings(text, 'models.yaml');
    const lines = (read.ok ? [] : read.faults).map(
      ({ line, column, code, message, suggestion }) =>
        `${line}:${column} ${code} ${message}${suggestion === undefined ? '' : `; ${suggestion}?`}`,
    );
    expect(lines).toContainEqual(expect.stringContaining(expected));
    expect(lines.join('\n')).not.toContain('CANARY');
  });

  test('all are told at once, in their order', async () => {
    const read = await readSettings('default: b\nservers:\n- {name: a}\nprices: [{}]\nfoo: 1\n', 'f');
    const lines = read.ok ? [] : read.faults.map(({ line }) => line);
    expect(lines).toEqual([1, 3, 4, 4, 4, 4, 5]);
  });
});

describe('an edit', () => {
  const added = {
    name: 'new',
    kind: 'openai',
    baseUrl: 'http://h/v1',
    key: 'k: "#',
    hosts: ['h'],
  } as const;

  test('adds a server, and leaves comments and all else', async () => {
    const text = withServer(whole, added, true);
    expect(text).toContain('# Ours.');
    expect(text).toContain('name: local # on this machine');
    const [before, after] = [await settingsOf(whole), await settingsOf(text)];
    expect(after).toEqual({ ...before, default: 'new', servers: [...before.servers, added] });
  });

  test('of an empty file makes one that reads back', async () => {
    expect(await settingsOf(withServer('', added, false))).toMatchObject({ servers: [added] });
    expect(await settingsOf(withServer('# mine\n', added, false))).toMatchObject({ servers: [added] });
  });

  test('replaces the server of the same name', async () => {
    const text = withServer(whole, { ...added, name: 'paid' }, false);
    const { servers } = await settingsOf(text);
    expect(servers.map(({ name }) => name)).toEqual(['local', 'paid', 'env']);
    expect(servers[1]?.key).toBe(added.key);
    expect(text).not.toContain('CANARY');
  });

  test('removes a server, and the default with it', async () => {
    const after = await settingsOf(withoutServer(whole, 'local'));
    expect(after.servers.map(({ name }) => name)).toEqual(['paid', 'env']);
    expect(after.default).toBeUndefined();
    expect((await settingsOf(withoutServer(whole, 'paid'))).default).toBe('local');
  });

  test('changes the default', async () => {
    expect((await settingsOf(withDefault(whole, 'env'))).default).toBe('env');
  });
});

test.each<readonly [string, number | undefined]>([
  ['0.50', 500_000],
  ['10', 10_000_000],
  ['0.000001', 1],
  ['0.0000001', undefined],
  ['.5', undefined],
  ['1e3', undefined],
  ['-1', undefined],
  ['', undefined],
])('%j dollars', (text, micros) => {
  expect(readDollars(text)).toBe(micros);
  if (micros !== undefined) expect(readDollars(showDollars(micros))).toBe(micros);
});
