import { afterAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openTestEngine } from '../cue/drive.ts';
import { perform, testContext, type TestContext } from './context.ts';
import { fakeCluster, type FakeCluster } from './fake-cluster.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

const template = `
import "strings"

metadata: {name: "database", scope: "project"}
template: {
	parameter: {
		host:     string
		password: string
		port:     *5432 | int
		note?:    string
	}
	validation: $returns: message: [if parameter.host == "nowhere" {"there is no such host"}, ""][0]
	output: {
		metadata: {name: context.name, labels: tier: "data"}
		stringData: url: "\\(strings.ToLower(parameter.host)):\\(parameter.port)"
	}
	outputs: service: {
		apiVersion: "v1"
		kind:       "ConfigMap"
		metadata: {name: context.name + "-host", namespace: context.namespace}
		data: host: parameter.host
	}
}
`;

interface World {
  readonly cluster: FakeCluster;
  readonly context: TestContext;
}

function world(): World {
  const cluster = fakeCluster();
  const configMap = (name: string, text: string, annotations: JsonObject = {}): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `config-template-${name}`,
      namespace: 'vela-system',
      labels: { 'config.oam.dev/scope': 'project' },
      annotations,
    },
    data: { template: text },
  });
  cluster.seed(
    configMap('database', template),
    configMap('vault', 'template: parameter: {...}', { 'config.oam.dev/sensitive': 'true' }),
    configMap('broken', 'template: output: data: nobody.there'),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'plain', namespace: 'team' },
      data: { key: 'aHVudGVyMg==' },
    },
  );
  const evaluate: TestContext['evaluate'] = (scope, text) => engine.evaluate(scope, text);
  return { cluster, context: testContext({ clusters: { '': cluster }, others: { evaluate } }) };
}

const properties = { host: 'DB.example', password: 'hunter2' };

async function stored(cluster: FakeCluster, kind: string, name: string): Promise<JsonObject> {
  const object = await cluster.get({ apiVersion: 'v1', kind, namespace: 'team', name });
  return object as unknown as JsonObject;
}

test('a config without a template is a Secret that KubeVela finds', async () => {
  const { cluster, context } = world();
  const outcome = await perform('create-config', { name: 'db', config: properties }, context);
  expect(outcome).toEqual({ kind: 'ok', result: {} });
  expect(await stored(cluster, 'Secret', 'db')).toMatchObject({
    metadata: {
      namespace: 'team',
      labels: { 'config.oam.dev/catalog': 'velacore-config', 'config.oam.dev/type': '' },
      annotations: { 'config.oam.dev/alias': '', 'config.oam.dev/description': '' },
    },
    data: { 'input-properties': Buffer.from(JSON.stringify(properties)).toString('base64') },
  });
  expect(context.secrets).toContain('hunter2');
});

test('its template renders the Secret and what belongs to it', async () => {
  const { cluster, context } = world();
  const params = { name: 'db', template: 'database', config: properties };
  expect(await perform('create-config', params, context)).toEqual({ kind: 'ok', result: {} });
  expect(await stored(cluster, 'Secret', 'db')).toMatchObject({
    type: '/database',
    metadata: {
      labels: { tier: 'data', 'config.oam.dev/type': 'database', 'config.oam.dev/scope': 'project' },
      annotations: {
        'config.oam.dev/sensitive': 'false',
        'config.oam.dev/template-namespace': 'vela-system',
      },
    },
    stringData: { url: 'db.example:5432' },
  });
  expect(await stored(cluster, 'ConfigMap', 'db-host')).toMatchObject({ data: { host: 'DB.example' } });
});

test('what was created is read, listed and deleted', async () => {
  const { cluster, context } = world();
  await perform('create-config', { name: 'db', template: 'database', config: properties }, context);
  await perform('create-config', { name: 'key', template: 'vault', config: { pin: '1234' } }, context);
  expect(await perform('read-config', { name: 'db' }, context)).toEqual({
    kind: 'ok',
    result: { config: properties },
  });
  const found = { name: 'db', alias: '', description: '', config: properties };
  expect(await perform('list-config', { template: 'other/database' }, context)).toEqual({
    kind: 'ok',
    result: { configs: [found] },
  });
  const hidden = { name: 'key', alias: '', description: '' };
  expect(await perform('list-config', { template: 'vault' }, context)).toEqual({
    kind: 'ok',
    result: { configs: [hidden] },
  });
  expect(await perform('delete-config', { name: 'db' }, context)).toEqual({ kind: 'ok', result: {} });
  expect(await stored(cluster, 'Secret', 'db')).toBeUndefined();
  expect(await stored(cluster, 'ConfigMap', 'db-host')).toBeUndefined();
});

test('a gate that the step requires is asked about all that is written', async () => {
  const { cluster } = world();
  const judged: unknown[] = [];
  const evaluate: TestContext['evaluate'] = (scope, text) => engine.evaluate(scope, text);
  const admit = (objects: readonly JsonObject[]): void =>
    void judged.push(...objects.map(({ kind }) => kind));
  const context = testContext({ clusters: { '': cluster }, others: { evaluate, admit } });
  await perform('create-config', { name: 'db', template: 'database', config: properties }, context);
  expect(judged).toEqual(['Secret', 'ConfigMap']);
});

test.each<[string, string, JsonObject, string]>([
  ['a config that is not there', 'read-config', { name: 'db' }, 'config team/db not found'],
  ['a Secret that is none', 'read-config', { name: 'plain' }, 'Secret team/plain is no config'],
  ['a Secret that is none', 'delete-config', { name: 'plain' }, 'Secret team/plain is no config'],
  [
    'a Secret that is none',
    'create-config',
    { name: 'plain', config: {} },
    'it exists already, and it is a Secret and no config, not with no template',
  ],
  [
    'a template that is not there',
    'create-config',
    { name: 'db', template: 'own/databse', config: {} },
    'config template own/databse not found (it is the ConfigMap own/config-template-databse)',
  ],
  [
    'properties that the template refuses',
    'create-config',
    { name: 'db', template: 'database', config: { ...properties, host: 'nowhere' } },
    'config template vela-system/database refuses the config: there is no such host',
  ],
  [
    'a property of another type',
    'create-config',
    { name: 'db', template: 'database', config: { ...properties, port: 'x' } },
    'config template vela-system/database cannot be used',
  ],
  [
    'a template with a fault',
    'create-config',
    { name: 'db', template: 'broken', config: {} },
    'config template vela-system/broken cannot be used',
  ],
])('%s fails %s', async (_what, op, params, message) => {
  const outcome = await perform(op, params, world().context);
  expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
  expect(outcome.kind === 'error' && outcome.message).toContain(message);
});

test('a sensitive config is not read, and keeps its template', async () => {
  const { context } = world();
  await perform('create-config', { name: 'key', template: 'vault', config: { pin: '1234' } }, context);
  expect(await perform('read-config', { name: 'key' }, context)).toMatchObject({
    kind: 'error',
    message: 'read config team/key: config team/key is sensitive: no step may read it',
  });
  expect(
    await perform('create-config', { name: 'key', template: 'database', config: properties }, context),
  ).toMatchObject({
    kind: 'error',
    message: expect.stringContaining(
      'made with the template "vault", not with the template "database"',
    ) as string,
  });
});
