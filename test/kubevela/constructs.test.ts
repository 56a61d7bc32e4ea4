import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { fileOf } from '../session/open-test-session.ts';
import { openServers, runIn, type Ended, type Servers } from './world.ts';

const folder = join(import.meta.dirname, 'fixtures');
const definitions = readdirSync(folder).map((name) => fileOf(name, readFileSync(join(folder, name))));

let servers: Servers & { close(): Promise<void> };
beforeEach(async () => {
  servers = await openServers();
});
afterEach(() => servers.close());

const configMap = (name: string, data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'team', ...metadata },
  data,
});

interface Construct {
  readonly name: string;
  readonly steps: readonly JsonObject[];
  readonly mode?: 'DAG';
  readonly objects?: readonly JsonObject[];
  readonly phase?: string;
  readonly check: (ended: Ended) => void | Promise<void>;
}

const step = (
  name: string,
  type: string,
  properties: JsonObject = {},
  rest: JsonObject = {},
): JsonObject => ({
  name,
  type,
  properties,
  ...rest,
});
const say = (from: string): JsonObject =>
  step('say', 'print-message-in-status', {}, { inputs: [{ from, parameterKey: 'message' }] });

const constructs: readonly Construct[] = [
  {
    name: '@step(n) orders, hidden ops run, and each suspend of a template is one of its own',
    steps: [step('a', 'two-pauses')],
    check: ({ said }) => expect(said).toEqual(['between', 'after']),
  },
  {
    name: 'a comprehension over what an op found makes ops; `output.value` reads an old and a new style',
    steps: [
      step('a', 'copies', {}, { outputs: [{ name: 'copied', valueFrom: 'output.value.data.key' }] }),
      say('copied'),
    ],
    objects: [
      configMap('a', { key: 'of a' }, { labels: { copy: 'yes' } }),
      configMap('b', { key: 'of b' }, { labels: { copy: 'yes' } }),
      configMap('c', { key: 'of c' }),
    ],
    check: async ({ read, messages }) => {
      expect(messages['say']).toBe('of a');
      expect(await read('v1', 'ConfigMap', 'b-copy')).toMatchObject({ data: { key: 'of b' } });
      expect(await read('v1', 'ConfigMap', 'c-copy')).toBeUndefined();
    },
  },
  {
    name: 'two defaults for one field do not contradict each other, and no object is no error',
    steps: [step('a', 'lookup', { name: 'none' })],
    check: ({ messages }) => expect(messages['a']).toBe('there is none'),
  },
  {
    name: 'a variable is kept for later steps, in either style',
    steps: [
      step('a', 'remember', { path: 'version.web', value: '1.27' }),
      step('b', 'recall', { path: 'version.web' }),
    ],
    check: ({ messages }) => expect(messages['b']).toBe('kept: 1.27'),
  },
  {
    name: 'a variable may be an output, or a part of one',
    steps: [
      step('a', 'lookup', { name: 'here' }, { outputs: [{ name: 'found', valueFrom: 'read.value.data' }] }),
      step('b', 'recall', { path: 'found.key' }),
    ],
    objects: [configMap('here', { key: 'v' })],
    check: ({ messages }) => expect(messages['b']).toBe('kept: v'),
  },
  {
    name: 'a variable that is not there fails its step',
    steps: [step('a', 'recall', { path: 'version.wbe' })],
    phase: 'failed',
    check: ({ steps }) =>
      expect(steps['a']).toBe('failed/Input: get: there is no variable "version.wbe" yet'),
  },
  {
    name: 'a variable keeps its value',
    steps: [
      step('a', 'remember', { path: 'v', value: 1 }),
      step('b', 'remember', { path: 'v', value: 1 }),
      step('c', 'remember', { path: 'v', value: 2 }),
    ],
    phase: 'failed',
    check: ({ steps }) => {
      expect(steps['b']).toBe('succeeded');
      expect(steps['c']).toBe('failed/Input: put: the variable "v" has another value already, from step a');
    },
  },
  {
    name: 'a date becomes a time and a date again',
    steps: [step('a', 'next-day', { day: '2024-02-28' })],
    check: ({ messages }) => expect(messages['a']).toBe('2024-02-29'),
  },
  {
    name: 'a patch changes the element that it names',
    steps: [
      step(
        'a',
        'bump',
        { name: 'web', image: 'nginx:1.27' },
        { outputs: [{ name: 'tried', valueFrom: 'dry.$returns.result.metadata.labels.tried' }] },
      ),
      say('tried'),
    ],
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'team' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              containers: [
                { name: 'log', image: 'busybox' },
                { name: 'web', image: 'nginx:1.26', args: ['-q'] },
              ],
            },
          },
        },
      },
    ],
    check: async ({ read, messages }) => {
      expect(messages['say']).toBe('yes');
      const containers = [{ name: 'log' }, { name: 'web', image: 'nginx:1.27', args: ['-q'] }];
      expect(await read('apps/v1', 'Deployment', 'web')).toMatchObject({
        spec: { template: { spec: { containers } } },
      });
    },
  },
];

test.each(constructs)('$name', async ({ phase = 'succeeded', check, ...run }) => {
  const ended = await runIn(servers, definitions, run);
  expect(`${ended.phase} ${JSON.stringify(ended.steps)}`).toMatch(new RegExp(`^${phase} `));
  await check(ended);
});

test('a POST before a wait is sent once, however often the wait looks', async () => {
  const item = configMap('lamp', { state: 'open' });
  const settle = step('later', 'settle', { object: item, status: { by: 'nobody' } });
  const done = step(
    'done',
    'apply-object',
    { value: configMap('lamp', { state: 'done' }) },
    { dependsOn: ['later'] },
  );
  const ended = await runIn(servers, definitions, {
    mode: 'DAG',
    steps: [step('order', 'submit', { url: `${servers.http}/orders`, item: 'lamp' }), settle, done],
    objects: [item],
  });
  expect(ended.steps).toEqual({ order: 'succeeded', later: 'succeeded', done: 'succeeded' });
  expect(servers.requests).toEqual(['POST /orders {"item":"lamp"}']);
});
