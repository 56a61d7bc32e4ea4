import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { runSteps, secretOf, shown } from './run-steps.ts';

const application = (status: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'core.oam.dev/v1beta1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'team', ...metadata },
  spec: { components: [] },
  status,
});
const configMap = (name: string, data: JsonObject, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'team', labels },
  data,
});
const asYaml = (object: JsonObject): string => JSON.stringify(object, undefined, 2);

describe('wait-for-object', () => {
  const thing = (status: JsonObject): JsonObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'it', namespace: 'team' },
    spec: {},
    status,
  });
  const waiting = (rest: JsonObject): JsonObject => ({
    name: 'wait',
    type: 'wait-for-object',
    timeout: '1s',
    properties: { apiVersion: 'example.com/v1', kind: 'Thing', name: 'it', ...rest },
  });
  const ready = (status: string, more: JsonObject = {}): JsonObject =>
    thing({ conditions: [{ type: 'Ready', status, ...more }], phase: 'Up', ports: [80] });

  test.each<readonly [string, JsonObject, readonly JsonObject[], string]>([
    ['there', {}, [ready('True')], 'succeeded'],
    ['gone', { until: { exists: false } }, [], 'succeeded'],
    ['a condition', { until: { condition: { type: 'Ready' } } }, [ready('True')], 'succeeded'],
    [
      'a condition that is false',
      { until: { condition: { type: 'Ready', status: 'False' } } },
      [ready('False')],
      'succeeded',
    ],
    ['a field', { until: { field: { path: 'status.ports[0]', equals: 80 } } }, [ready('True')], 'succeeded'],
    ['not there', {}, [], 'failed/Timeout: .*Thing it is not there'],
    [
      'still there',
      { until: { exists: false } },
      [ready('True')],
      'failed/Timeout: .*Thing it is still there',
    ],
    [
      'no such condition',
      { until: { condition: { type: 'Ready' } } },
      [thing({})],
      'failed/Timeout: .*condition Ready is "absent", waiting for "True"',
    ],
    [
      'a condition of an older generation',
      { until: { condition: { type: 'Ready' } } },
      [ready('True', { observedGeneration: 0 })],
      'failed/Timeout: .*condition Ready is "True", of an older generation',
    ],
    [
      'another value',
      { until: { field: { path: 'status.phase', equals: 'Down' } } },
      [ready('True')],
      'failed/Timeout: .*status.phase is "Up", waiting for "Down"',
    ],
    [
      'a hopeless condition',
      { until: { exists: false }, failOn: { condition: { type: 'Ready', status: 'False' } } },
      [ready('False', { reason: 'Broken', message: 'no disk' })],
      'failed/Action: Thing it: condition Ready is False: Broken: no disk',
    ],
    [
      'a hopeless field',
      { until: { exists: false }, failOn: { field: { path: 'status.phase', equals: 'Up' } } },
      [ready('True')],
      'failed/Action: Thing it: status.phase is "Up"',
    ],
    ['no path', { until: { field: { path: '..', equals: 1 } } }, [ready('True')], 'failed/.*".." is no path'],
  ])('%s', async (_name, rest, objects, outcome) => {
    const ran = await runSteps([waiting(rest)], { objects });
    expect(ran.steps['wait']).toMatch(new RegExp(`^${outcome}`));
  });

  test('sees what another step makes meanwhile, and offers the object', async () => {
    const [wait, show] = shown(
      { ...waiting({ until: { condition: { type: 'Ready' } } }), timeout: '30s' },
      'output.value.status.phase',
    );
    const make = { name: 'make', type: 'apply-object', properties: { value: ready('True') } };
    const ran = await runSteps([wait as JsonObject, make, show as JsonObject], { mode: 'DAG' });
    expect(ran.steps).toEqual({ wait: 'succeeded', make: 'succeeded', show: 'succeeded: Up' });
  });
});

describe('list-object', () => {
  const objects = [
    configMap('a', {}, { app: 'web' }),
    configMap('b', {}, { app: 'web' }),
    configMap('c', {}),
    {
      ...configMap('d', {}, { app: 'web' }),
      metadata: { name: 'd', namespace: 'other', labels: { app: 'web' } },
    },
  ];

  test.each<readonly [JsonObject, string]>([
    [{}, 'a b c'],
    [{ matchingLabels: { app: 'web' } }, 'a b'],
    [{ matchingLabels: { app: 'web' }, allNamespaces: true }, 'd a b'],
    [{ namespace: 'other' }, 'd'],
    [{ matchingLabels: { app: 'none' } }, ''],
  ])('%j', async (rest, names) => {
    const step = {
      name: 'list',
      type: 'list-object',
      properties: { apiVersion: 'v1', kind: 'ConfigMap', ...rest },
    };
    const text = 'import "strings"\nstrings.Join([for item in items {item.metadata.name}], " ")';
    const ran = await runSteps(shown(step, text), { objects });
    expect(ran.steps).toEqual({
      list: 'succeeded',
      show: names === '' ? 'succeeded' : `succeeded: ${names}`,
    });
  });
});

describe('clean-jobs', () => {
  const job = (name: string, labels: JsonObject): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'team', labels },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } },
  });
  const pod = (name: string, labels: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'team', labels },
    spec: { containers: [{ name: 'c', image: 'busybox' }] },
  });
  const own = { 'workflowrun.oam.dev/name': 'demo', 'workflowrun.oam.dev/namespace': 'team' };
  const objects = [
    job('own', own),
    job('named', { 'workflow.oam.dev/name': 'demo' }),
    job('other', { app: 'x' }),
    pod('own', own),
    pod('other', { app: 'x' }),
  ];

  test.each<readonly [JsonObject, string, readonly string[]]>([
    [{}, '2 1', ['other']],
    [{ labelselector: { app: 'x' } }, '1 1', ['named', 'own']],
    [{ labelselector: { app: 'none' } }, '0 0', ['named', 'other', 'own']],
    [{ namespace: 'empty' }, '0 0', ['named', 'other', 'own']],
  ])('%j', async (properties, counts, left) => {
    const step = { name: 'clean', type: 'clean-jobs', properties };
    const ran = await runSteps(shown(step, '"\\(jobs) \\(pods)"'), { objects });
    expect(ran.steps).toEqual({ clean: 'succeeded', show: `succeeded: ${counts}` });
    const found = await Promise.all(['named', 'other', 'own'].map((name) => ran.read('Job', name)));
    expect(found.flatMap((each) => each?.metadata.name ?? [])).toEqual(left);
  });

  test('no labels at all would delete everything, and are refused', async () => {
    const step = { name: 'clean', type: 'clean-jobs', properties: { labelselector: {} } };
    await expect(runSteps([step])).rejects.toThrow('labelselector');
  });
});

describe('read-app', () => {
  const step = { name: 'read', type: 'read-app', properties: { name: 'shop' } };

  test('gives the Application', async () => {
    const ran = await runSteps(shown(step, 'read.value.status.status'), {
      objects: [application({ status: 'running' })],
    });
    expect(ran.steps).toEqual({ read: 'succeeded', show: 'succeeded: running' });
  });

  test('says that there is none', async () => {
    const ran = await runSteps(shown(step, 'read.err'));
    expect(ran.steps).toEqual({
      read: 'succeeded: Application not found',
      show: 'succeeded: Application team/shop not found',
    });
  });
});

describe('apply-app', () => {
  const step = (properties: JsonObject): JsonObject => ({
    name: 'app',
    type: 'apply-app',
    timeout: '1s',
    properties,
  });
  const running = { status: 'running', observedGeneration: 1 };

  test.each<readonly [string, JsonObject, string]>([
    ['runs', running, 'succeeded'],
    [
      'starts',
      { status: 'rendering', observedGeneration: 1 },
      'failed/Timeout: .*team/shop is rendering, not running',
    ],
    ['is not seen', { status: 'running' }, 'failed/Timeout: .*team/shop is not seen by its controller yet'],
    [
      'fails',
      { status: 'workflowFailed', observedGeneration: 1, workflow: { message: 'no image' } },
      'failed/Action: Application team/shop: workflowFailed: no image',
    ],
  ])('an Application that %s', async (_name, status, outcome) => {
    const ran = await runSteps([step({ data: application(status) })]);
    expect(ran.steps['app']).toMatch(new RegExp(`^${outcome}`));
    expect((await ran.read('Application', 'shop'))?.metadata.labels).toMatchObject({
      'workflowrun.oam.dev/name': 'demo',
    });
  });

  test('from a ConfigMap', async () => {
    const objects = [configMap('apps', { application: asYaml(application(running)) })];
    const ran = await runSteps(shown(step({ ref: { name: 'apps' } }), 'app.apply.value.metadata.name'), {
      objects,
    });
    expect(ran.steps).toEqual({ app: 'succeeded', show: 'succeeded: shop' });
  });

  test.each<readonly [JsonObject, string]>([
    [{}, 'give one of data and ref'],
    [{ data: application(running), ref: { name: 'apps' } }, 'give one of data and ref'],
    [{ ref: { name: 'apps' } }, 'ref: ConfigMap team/apps not found'],
    [{ ref: { name: 'odd' } }, 'ref: ConfigMap team/odd holds no Application as YAML under "application"'],
    [
      { ref: { name: 'odd', key: 'text' } },
      'ref: ConfigMap team/odd holds no Application as YAML under "text"',
    ],
  ])('%j fails', async (properties, message) => {
    const objects = [configMap('odd', { text: 'a: [', application: 'kind: Secret' })];
    const ran = await runSteps([step(properties)], { objects });
    expect(ran.steps).toEqual({ app: `failed/Action: ${message}` });
  });
});

describe('depends-on-app', () => {
  const step = {
    name: 'depends',
    type: 'depends-on-app',
    timeout: '1s',
    properties: { name: 'shop', namespace: 'team' },
  };
  const stored = (object: JsonObject): JsonObject => configMap('shop', { application: asYaml(object) });

  test.each<readonly [string, readonly JsonObject[], string]>([
    ['it runs', [application({ status: 'running' })], 'succeeded'],
    [
      'it starts',
      [application({ status: 'starting' })],
      'failed/Timeout: .*team/shop is starting, not running',
    ],
    ['it has no status', [application({})], 'failed/Timeout: .*team/shop is not started, not running'],
    ['a ConfigMap has it', [stored(application({ status: 'running' }, { namespace: 'x' }))], 'succeeded'],
    ['neither', [], 'failed/Action: Application team/shop not found; ConfigMap team/shop not found'],
    [
      'a ConfigMap has another',
      [stored(application({}, { name: 'other' }))],
      'failed/Action: ConfigMap team/shop does not hold this Application as YAML under "application"',
    ],
  ])('%s', async (_name, objects, outcome) => {
    const ran = await runSteps([step], { objects });
    expect(ran.steps['depends']).toMatch(new RegExp(`^${outcome}`));
  });
});

describe('collect-service-endpoints', () => {
  const service: JsonObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 8080, name: 'http' }] },
  };
  const apply = { name: 'apply', type: 'apply-object', properties: { value: service } };
  const collect = (rest: JsonObject = {}): JsonObject => ({
    name: 'collect',
    type: 'collect-service-endpoints',
    timeout: '1s',
    properties: rest,
  });

  test.each<readonly [JsonObject, string]>([
    [{}, 'http://web.team:8080'],
    [{ protocal: 'https', portName: 'http' }, 'https://web.team:8080'],
  ])('%j: of what this run has applied', async (rest, url) => {
    const ran = await runSteps([apply, ...shown(collect(rest), 'value.url')]);
    expect(ran.steps).toEqual({ apply: 'succeeded', collect: 'succeeded', show: `succeeded: ${url}` });
  });

  test.each<readonly [JsonObject]>([[{ outer: true }], [{ name: 'other' }], [{ port: 80 }]])(
    '%j: there is none, so it waits',
    async (rest) => {
      const ran = await runSteps([apply, collect(rest)]);
      expect(ran.steps['collect']).toMatch(
        /^failed\/Timeout: .*No endpoint of team\/(?:demo|other) is there yet/,
      );
    },
  );
});

describe('generate-jdbc-connection', () => {
  const full = { DB_HOST: 'db', DB_PORT: '3306', DB_NAME: 'shop', DB_USER: 'web', DB_PASSWORD: 'hush-hush' };
  const step = { name: 'jdbc', type: 'generate-jdbc-connection', properties: { name: 'db' } };
  const use = {
    name: 'use',
    type: 'export-data',
    inputs: [{ from: 'env', parameterKey: 'data' }],
    properties: { name: 'used', kind: 'Secret' },
  };
  const valueFrom = '{for item in env {"\\(item.name)": item.value}}';

  test('gives the variables, and shows no password', async () => {
    const steps = [{ ...step, outputs: [{ name: 'env', valueFrom }] }, use];
    const ran = await runSteps(steps, { objects: [secretOf('db', full)] });
    expect(ran.steps).toEqual({ jdbc: 'succeeded', use: 'succeeded' });
    const used = await ran.read('Secret', 'used');
    const data = (used as unknown as { data: Record<string, string> }).data;
    expect(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])).toEqual([
      ['url', 'jdbc://db:3306/shop?characterEncoding=utf8&useSSL=false'],
      ['username', 'web'],
      ['password', 'hush-hush'],
    ]);
    expect(ran.shown).not.toContain('hush-hush');
  });

  test.each<readonly [readonly JsonObject[], string]>([
    [[], 'Secret team/db not found'],
    [
      [secretOf('db', { DB_HOST: 'db', DB_USER: 'web' })],
      'Secret team/db has no DB_PORT, DB_NAME, DB_PASSWORD',
    ],
  ])('%#', async (objects, message) => {
    expect((await runSteps([step], { objects })).steps).toEqual({ jdbc: `failed/Action: ${message}` });
  });
});

describe('export-data', () => {
  test('a ConfigMap with the name of the run', async () => {
    const ran = await runSteps([{ name: 'data', type: 'export-data', properties: { data: { a: 'b' } } }]);
    expect(await ran.read('ConfigMap', 'demo')).toMatchObject({ data: { a: 'b' } });
  });

  test('a Secret', async () => {
    const properties = { name: 's', namespace: 'x', kind: 'Secret', data: { a: 'hush-hush' } };
    const ran = await runSteps([{ name: 'data', type: 'export-data', properties }]);
    expect(await ran.read('Secret', 's', 'x')).toMatchObject({ data: { a: 'aHVzaC1odXNo' } });
    expect(ran.shown).not.toContain('hush-hush');
  });

  test('topology, which names a policy of an Application, is refused', async () => {
    const properties = { data: {}, topology: 'prod' };
    const run = runSteps([{ name: 'data', type: 'export-data', properties }]);
    await expect(run).rejects.toThrow('parameter topology does not exist');
  });
});

describe('restart-workflow', () => {
  const step = (properties: JsonObject): JsonObject => ({
    name: 'again',
    type: 'restart-workflow',
    properties: { name: 'shop', ...properties },
  });

  test.each<readonly [JsonObject, string]>([
    [{ at: '2027-01-15T14:30:00Z' }, '2027-01-15T14:30:00Z'],
    [{ every: '24h' }, '24h'],
  ])('%j', async (properties, annotation) => {
    const ran = await runSteps([step(properties)], { objects: [application({})] });
    expect(ran.steps).toEqual({ again: 'succeeded' });
    expect((await ran.read('Application', 'shop'))?.metadata.annotations).toEqual({
      'app.oam.dev/restart-workflow': annotation,
    });
  });

  test.each<readonly [JsonObject, RegExp]>([
    [{}, /^failed\/Action: give one of at and every$/],
    [{ at: '2027-01-15T14:30:00Z', every: '1h' }, /^failed\/Action: give one of at and every$/],
    [{ every: '1h' }, /^failed\/.*Application team\/shop/],
  ])('%j fails', async (properties, message) => {
    expect((await runSteps([step(properties)])).steps['again']).toMatch(message);
  });

  test.each<readonly [JsonObject, string]>([
    [{ at: 'tomorrow' }, 'parameter at must be a time such as 2026-01-15T14:30:00Z, got the string'],
    [{ after: '1h' }, 'parameter after does not exist'],
  ])('%j is refused', async (properties, message) => {
    await expect(runSteps([step(properties)])).rejects.toThrow(message);
  });
});
