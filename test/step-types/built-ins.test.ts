import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/api/json.ts';
import { checkOpParams, opSpecs } from '../../src/ops/registry.ts';
import { builtIn, openBuiltIns } from './built-in.ts';
import { drive, ending, type Driven } from './drive.ts';

const kinds: Readonly<Record<string, string>> = { 'step-group': 'group', 'call-workflow': 'call' };

describe('all built-ins', async () => {
  const catalog = await openBuiltIns();

  test('each file is one', async () => {
    const files = await readdir(new URL('../../step-types/', import.meta.url));
    expect(catalog.names()).toEqual(
      files.flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : [])).toSorted(),
    );
    expect(catalog.names().length).toBeGreaterThanOrEqual(14);
  });

  test.for(catalog.names())('%s compiles without a warning and describes itself', async (name) => {
    const compiled = await catalog.find(name);
    expect(compiled).toMatchObject({ ok: true, warnings: [] });
    if (compiled?.ok !== true) return;
    const { stepType } = compiled;
    expect(stepType.description).toMatch(/\.$/);
    expect(undescribed(stepType.parameterSchema)).toEqual([]);
    expect(undescribed(stepType.resultSchema ?? {}, 1)).toEqual([]);
    expect(stepType).toMatchObject({ name, kind: kinds[name] ?? 'template' });
    expect(stepType).toMatchObject({
      callsModel: name === 'chat-gpt' || name.startsWith('ai-'),
      unknownParameters: 'refuse',
    });
    expect(stepType.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

/** Names of properties without a description, down to so many levels. */
function undescribed(schema: JsonObject, levels = 10): readonly string[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const inItems = isObject(schema['items']) ? undescribed(schema['items'], levels) : [];
  if (levels === 0) return [];
  return Object.entries(properties).reduce<readonly string[]>((names, [name, property]) => {
    if (!isObject(property)) return names;
    const own = typeof property['description'] === 'string' ? [] : [name];
    return [...names, ...own, ...undescribed(property, levels - 1)];
  }, inItems);
}

/** The params of an op, which its own schema must accept. */
function paramsOf(driven: Driven, path: string): JsonObject {
  const params = driven.params(path) ?? {};
  const op = driven.trace.find((line) => line.endsWith(` ${path}`))?.split(' ')[0] ?? '';
  const spec = opSpecs.get(op);
  expect(spec === undefined ? [`${path} was not wanted`] : checkOpParams(spec, params)).toEqual([]);
  return params;
}

async function valueOf(name: string, driven: Driven, valueFrom: string): Promise<Json> {
  const value = await (await builtIn(name)).template.value(driven.input, valueFrom);
  return value.ok ? value.value : `no value: ${value.faults.map(({ message }) => message).join('; ')}`;
}

describe('apply-deployment', () => {
  const deployment = (status: JsonObject, generation = 1): JsonObject => ({
    value: { kind: 'Deployment', metadata: { name: 'deploy', generation }, status },
  });
  const ready = (count: number, generation = 1): JsonObject => ({
    observedGeneration: generation,
    replicas: count,
    updatedReplicas: count,
    availableReplicas: count,
  });

  const absent: JsonObject = { err: 'Deployment default/deploy not found' };

  test('applies a Deployment named after the step', async () => {
    const driven = await drive(
      await builtIn('apply-deployment'),
      { image: 'nginx:1.27', replicas: 2, cluster: 'test', cmd: ['sleep', '1d'] },
      { existing: absent, output: deployment(ready(2)) },
    );
    expect(paramsOf(driven, 'output')).toEqual({
      cluster: 'test',
      value: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'deploy', namespace: 'default' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { 'workflow.oam.dev/step-name': 'release-deploy' } },
          template: {
            metadata: { labels: { 'workflow.oam.dev/step-name': 'release-deploy' } },
            spec: { containers: [{ name: 'deploy', image: 'nginx:1.27', command: ['sleep', '1d'] }] },
          },
        },
      },
    });
    expect(ending(driven)).toBe('done');
    expect(await valueOf('apply-deployment', driven, 'output.value.kind')).toBe('Deployment');
    expect(await valueOf('apply-deployment', driven, 'output.$returns.value.kind')).toBe('Deployment');
  });

  test('keeps the selector of a Deployment that is there, since it cannot be changed', async () => {
    const matchLabels = { 'workflow.oam.dev/step-name': 'other-deploy' };
    const existing: JsonObject = { value: { spec: { selector: { matchLabels } } } };
    const driven = await drive(
      await builtIn('apply-deployment'),
      { image: 'nginx', cluster: 'test' },
      { existing, output: deployment(ready(1)) },
    );
    expect(paramsOf(driven, 'existing')).toEqual({
      cluster: 'test',
      value: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'deploy', namespace: 'default' },
      },
    });
    expect(paramsOf(driven, 'output')).toMatchObject({
      value: { spec: { selector: { matchLabels }, template: { metadata: { labels: matchLabels } } } },
    });
  });

  test('has one replica and no command of its own unless told', async () => {
    const driven = await drive(
      await builtIn('apply-deployment'),
      { image: 'nginx' },
      { existing: absent, output: deployment(ready(1)) },
    );
    expect(paramsOf(driven, 'output')).toMatchObject({ cluster: '', value: { spec: { replicas: 1 } } });
    expect(JSON.stringify(driven.params('output'))).not.toContain('command');
  });

  test.for<readonly [string, JsonObject, string]>([
    ['no status yet', deployment({}), '0 of 2 replicas of Deployment default/deploy are available'],
    [
      'one of two',
      deployment({ ...ready(2), availableReplicas: 1 }),
      '1 of 2 replicas of Deployment default/deploy are available',
    ],
    [
      'the numbers of the version before',
      deployment(ready(2, 1), 2),
      '2 of 2 replicas of Deployment default/deploy are of the new version',
    ],
    [
      'an old replica is left',
      deployment({ ...ready(2), replicas: 3, availableReplicas: 3 }),
      'Deployment default/deploy still has old replicas: 1',
    ],
    [
      'the new version does not come up',
      deployment({ ...ready(2), replicas: 3 }),
      'the new version of Deployment default/deploy is not available yet; old replicas still there: 1',
    ],

    [
      'not all of the new version',
      deployment({ ...ready(2), updatedReplicas: 1 }),
      '1 of 2 replicas of Deployment default/deploy are of the new version',
    ],
  ])('waits: %s', async ([, result, message]) => {
    const stepType = await builtIn('apply-deployment');
    const driven = await drive(
      stepType,
      { image: 'nginx', replicas: 2 },
      { existing: absent, output: [result, deployment(ready(2))] },
    );
    expect(driven.trace).toEqual(['read existing', 'apply output', 'wait ready', 'wait ready']);
    const first = await stepType.template.next({
      ...driven.input,
      recorded: [
        { path: 'existing', op: 'read', style: 'inline', result: absent },
        { path: 'output', op: 'apply', style: 'inline', result },
      ],
    });
    expect(first).toMatchObject({ op: 'wait', params: { continue: false, message }, deps: ['output'] });
  });

  test('the output is there for a step that timed out while it waited', async () => {
    const stepType = await builtIn('apply-deployment');
    const driven = await drive(
      stepType,
      { image: 'nginx' },
      { existing: absent, output: deployment(ready(1)) },
    );
    const waiting = { ...driven.input, recorded: driven.input.recorded.slice(0, 2) };
    expect(await stepType.template.value(waiting, 'output.value')).toMatchObject({ ok: true });
    expect(
      await stepType.template.value({ ...waiting, recorded: waiting.recorded.slice(0, 1) }, 'output.value'),
    ).toMatchObject({
      ok: false,
      faults: [
        { kind: 'incomplete', message: expect.stringContaining('no further than op "output"') as string },
      ],
    });
  });
});

describe('apply-job', () => {
  const job = (type: string, more: JsonObject = {}): JsonObject => ({
    value: {
      metadata: { name: 'migrate', namespace: 'default' },
      spec: { completions: 1 },
      status: { conditions: [{ type, status: 'True', ...more }] },
    },
  });
  const value = { metadata: { name: 'migrate' }, spec: { template: {} } };
  const pending = {
    value: { metadata: { name: 'migrate', namespace: 'default' }, spec: {}, status: { active: 1 } },
  };

  test('waits for the condition Complete', async () => {
    const driven = await drive(await builtIn('apply-job'), { value }, { apply: [pending, job('Complete')] });
    expect(driven.trace).toEqual(['apply apply', 'wait complete', 'wait complete']);
    expect(paramsOf(driven, 'apply')).toEqual({
      cluster: '',
      value: { apiVersion: 'batch/v1', kind: 'Job', ...value },
    });
    expect(ending(driven)).toBe('done');
  });

  test('fails with the condition Failed, also while it waits', async () => {
    const failed = job('Failed', { reason: 'BackoffLimitExceeded', message: 'Job has reached the limit' });
    const driven = await drive(await builtIn('apply-job'), { value }, { apply: [pending, failed] });
    expect(driven.trace).toEqual(['apply apply', 'wait complete', 'fail failed']);
    expect(ending(driven)).toBe(
      'fail: Job default/migrate failed: BackoffLimitExceeded: Job has reached the limit',
    );
  });

  test('a condition that is False is none', async () => {
    const not: JsonObject = {
      value: { metadata: {}, spec: {}, status: { conditions: [{ type: 'Failed', status: 'False' }] } },
    };
    const driven = await drive(
      await builtIn('apply-job'),
      { value, cluster: 'prod' },
      { apply: [not, job('Complete')] },
    );
    expect(ending(driven)).toBe('done');
  });

  test('takes nothing but a Job', async () => {
    expect(
      await (await builtIn('apply-job')).checkParameter({ value: { ...value, kind: 'CronJob' } }),
    ).toMatchObject([
      {
        path: ['value', 'kind'],
        message: 'parameter value.kind must be one of "Job", got the string "CronJob"',
      },
    ]);
  });
});

test.each([
  ['apply-object', 'apply', { value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } } }],
  ['apply-job', 'apply', { value: { metadata: { name: 'j' }, spec: {} } }],
  ['apply-deployment', 'output', { image: 'nginx' }],
] as const)('%s says what it rendered, for a gate to judge', async (name, op, parameter) => {
  const done = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'c', generation: 1 },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      conditions: [{ type: 'Complete', status: 'True' }],
    },
  };
  const subject = {
    apiVersion: 'v1',
    kind: 'A',
    namespace: 'default',
    name: 'c',
    digest: `sha256:${'0'.repeat(64)}`,
  };
  const drivenWith = async (result: JsonObject): Promise<Driven> =>
    drive(await builtIn(name), parameter, { existing: { err: 'not found' }, [op]: result });
  const driven = await drivenWith({ value: done, subject });
  expect(ending(driven)).toBe('done');
  expect(await valueOf(name, driven, `${op}.subject`)).toEqual(subject);
  // A journal of an older version does not have it: the other outputs are as they were.
  expect(await valueOf(name, await drivenWith({ value: done }), `${op}.value.metadata.name`)).toBe('c');
});

test('apply-object applies what it is given', async () => {
  const value = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', labels: { a: 'b' } },
    data: {},
  };
  const driven = await drive(await builtIn('apply-object'), { value, cluster: 'prod' }, { apply: { value } });
  expect(paramsOf(driven, 'apply')).toEqual({ cluster: 'prod', value });
  expect(await valueOf('apply-object', driven, 'apply.$returns.value.metadata.name')).toBe('c');
  expect(
    await (await builtIn('apply-object')).checkParameter({ value: { kind: 'ConfigMap', metadata: {} } }),
  ).toMatchObject([
    { path: ['value', 'apiVersion'], code: 'MissingParameter' },
    { path: ['value', 'metadata', 'name'], code: 'MissingParameter' },
  ]);
});

test('read-object reads an Application of the namespace default unless told otherwise', async () => {
  const found = await drive(
    await builtIn('read-object'),
    { name: 'web' },
    { output: { value: { kind: 'Application' } } },
  );
  expect(paramsOf(found, 'output')).toEqual({
    cluster: '',
    value: {
      apiVersion: 'core.oam.dev/v1beta1',
      kind: 'Application',
      metadata: { name: 'web', namespace: 'default' },
    },
  });
  expect(await valueOf('read-object', found, 'output.value.kind')).toBe('Application');
  expect(await valueOf('read-object', found, 'output.err')).toMatch(
    /^no value: output.err has no value: output has no field err/,
  );
  const absent = await drive(await builtIn('read-object'), { name: 'web' }, { output: { err: 'not found' } });
  expect(ending(absent)).toBe('done');
  expect(await valueOf('read-object', absent, 'output.$returns.err')).toBe('not found');
});

test('delete-object leaves the namespace to the op', async () => {
  const parameter = { apiVersion: 'v1', kind: 'Secret', name: 's' };
  const driven = await drive(await builtIn('delete-object'), parameter, { delete: { deleted: 1 } });
  expect(paramsOf(driven, 'delete')).toEqual({
    cluster: '',
    value: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
  });
  expect(await valueOf('delete-object', driven, 'deleted')).toBe(1);
  const placed = await drive(
    await builtIn('delete-object'),
    { ...parameter, namespace: 'x' },
    { delete: { deleted: 0 } },
  );
  expect(paramsOf(placed, 'delete')).toMatchObject({ value: { metadata: { name: 's', namespace: 'x' } } });
});

describe('request', () => {
  const response = (statusCode: number, body: string): JsonObject => ({
    response: { statusCode, body, header: {}, trailer: {} },
  });

  test('sends an object as JSON, and offers the answer as JSON', async () => {
    const parameter = {
      url: 'http://127.0.0.1/x',
      method: 'POST',
      body: { b: 1, a: [] },
      header: { 'X-A': 'b' },
    };
    const driven = await drive(await builtIn('request'), parameter, { req: response(200, '{"ok":true}') });
    expect(paramsOf(driven, 'req')).toEqual({
      method: 'POST',
      url: 'http://127.0.0.1/x',
      request: { timeout: '30s', body: '{"b":1,"a":[]}', header: { 'X-A': 'b' } },
    });
    expect(ending(driven)).toBe('done');
    expect(await valueOf('request', driven, 'response.ok')).toBe(true);
    expect(await valueOf('request', driven, 'req.$returns.statusCode')).toBe(200);
    expect(await valueOf('request', driven, 'req.response.body')).toBe('{"ok":true}');
  });

  test('a text is sent as it is, and nothing where there is no body', async () => {
    const text = await drive(
      await builtIn('request'),
      { url: 'http://127.0.0.1', body: 'a=b' },
      { req: response(204, '') },
    );
    expect(paramsOf(text, 'req')).toMatchObject({ request: { body: 'a=b' } });
    const none = await drive(
      await builtIn('request'),
      { url: 'http://127.0.0.1' },
      { req: response(200, 'hello') },
    );
    expect(paramsOf(none, 'req')).toEqual({
      method: 'GET',
      url: 'http://127.0.0.1',
      request: { timeout: '30s' },
    });
    expect(await valueOf('request', none, 'response')).toBe(
      'no value: response has no value: $parseJson: the text is not JSON',
    );
  });

  test.for<readonly [number, string]>([
    [399, 'done'],
    [400, 'fail: GET http://127.0.0.1/x answered 400: no such thing'],
    [503, 'fail: GET http://127.0.0.1/x answered 503: no such thing'],
  ])('status %i', async ([status, expected]) => {
    const driven = await drive(
      await builtIn('request'),
      { url: 'http://127.0.0.1/x?key=hidden' },
      { req: response(status, 'no such\nthing') },
    );
    expect(ending(driven)).toBe(expected);
    if (status >= 400)
      expect(await valueOf('request', driven, 'req.response.statusCode')).toContain('no value');
  });
});

test('export2config writes texts', async () => {
  const stepType = await builtIn('export2config');
  const driven = await drive(stepType, { configName: 'c', data: { a: 'b' } }, { apply: { value: {} } });
  expect(paramsOf(driven, 'apply')).toMatchObject({
    value: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
      data: { a: 'b' },
    },
  });
  expect(await stepType.checkParameter({ configName: 'c', data: { a: 1 } })).toMatchObject([
    { path: ['data', 'a'] },
  ]);
});

describe('export2secret', () => {
  test('generic', async () => {
    const parameter = { secretName: 's', namespace: 'x', type: 'kubernetes.io/tls', data: { k: 'v' } };
    const driven = await drive(await builtIn('export2secret'), parameter, { secret: { value: {} } });
    expect(paramsOf(driven, 'secret')).toEqual({
      cluster: '',
      value: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', namespace: 'x' },
        type: 'kubernetes.io/tls',
        data: { k: 'dg==' },
      },
    });
  });

  test('docker-registry', async () => {
    const parameter = {
      secretName: 's',
      kind: 'docker-registry',
      dockerRegistry: { username: 'u', password: 'p' },
    };
    const driven = await drive(await builtIn('export2secret'), parameter, { secret: { value: {} } });
    const params = paramsOf(driven, 'secret');
    expect(params).toMatchObject({ value: { type: 'kubernetes.io/dockerconfigjson' } });
    const { data } = (params as { value: { data: Record<string, string> } }).value;
    expect(JSON.parse(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString('utf8'))).toEqual({
      auths: { 'https://index.docker.io/v1/': { username: 'u', password: 'p', auth: 'dTpw' } },
    });
  });

  test('what a kind needs is needed', async () => {
    const stepType = await builtIn('export2secret');
    expect(ending(await drive(stepType, { secretName: 's' }))).toBe(
      'fail: data is missing; a Secret of the kind generic needs it',
    );
    expect(ending(await drive(stepType, { secretName: 's', kind: 'docker-registry' }))).toBe(
      'fail: dockerRegistry is missing; a Secret of the kind docker-registry needs it',
    );
  });

  test('its values are secret', async () => {
    const { parameterSchema } = await builtIn('export2secret');
    expect(parameterSchema).toMatchObject({
      properties: {
        data: { additionalProperties: { sensitive: true } },
        dockerRegistry: { properties: { password: { sensitive: true } } },
      },
    });
  });
});

test('suspend hands on what it is given, and nothing else', async () => {
  const stepType = await builtIn('suspend');
  expect((await drive(stepType, {})).params('suspend')).toEqual({});
  const parameter = { duration: '1h', message: 'look at it' };
  expect(paramsOf(await drive(stepType, parameter), 'suspend')).toEqual(parameter);
  expect(await stepType.checkParameter({ duration: '1d' })).toMatchObject([{ path: ['duration'] }]);
});

test('print-message-in-status', async () => {
  const driven = await drive(await builtIn('print-message-in-status'), { message: 'deployed' });
  expect(driven.trace).toEqual(['message message']);
  expect(paramsOf(driven, 'message')).toEqual({ message: 'deployed' });
  expect(await (await builtIn('print-message-in-status')).checkParameter({})).toHaveLength(1);
});

test('step-group does nothing itself', async () => {
  expect(ending(await drive(await builtIn('step-group'), {}))).toBe('done');
});
