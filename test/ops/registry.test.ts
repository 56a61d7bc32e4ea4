import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/api/json.ts';
import { checkOpParams, ops, opSpecs } from '../../src/ops/registry.ts';
import { perform, testContext } from './context.ts';

const names = [...opSpecs.keys()];

test('the registry has these ops', () => {
  expect(names).toEqual([
    'wait',
    'suspend',
    'fail',
    'break',
    'message',
    'var',
    'log',
    'http',
    'call-provider',
    'apply',
    'apply-in-parallel',
    'read',
    'list',
    'patch',
    'delete',
    'convert-string',
    'patch-k8s-object',
    'create-config',
    'read-config',
    'list-config',
    'delete-config',
    'prom-check',
    'send-email',
    'placements',
    'service-endpoints',
    'app-endpoints',
    'evidence',
    'analyze',
    'audit',
    'llm',
    'measure',
    'verdict',
    'judge',
    'override',
  ]);
});

test('no two ops have the same name in CUE', () => {
  const called = [...opSpecs.values()].flatMap(({ cue }) => cue.map((name) => `${name.provider}/${name.do}`));
  expect(new Set(called).size).toBe(called.length);
});

describe.each(names)('%s', (name) => {
  const spec = opSpecs.get(name)!;

  test('has schemas that compile', () => {
    const ajv = new Ajv({ strict: true, strictTypes: false, keywords: ['sensitive'] });
    expect(() => [ajv.compile(spec.params), ajv.compile(spec.result)]).not.toThrow();
  });

  test('refuses what it does not know, at every level that has a list of fields', () => {
    const open = objectSchemas(spec.params).filter(
      (schema) => isObject(schema['properties']) && schema['additionalProperties'] === undefined,
    );
    expect(open).toEqual([]);
    expect(spec.params['additionalProperties']).toBe(false);
    expect(checkOpParams(spec, { noSuchParam: 1 })).toContain('noSuchParam is not a parameter');
  });

  test('has a result that can be looked into', () => {
    expect(spec.result['type']).toBe('object');
    expect(spec.result['properties']).toBeTypeOf('object');
  });
});

test.each(names.filter((name) => opSpecs.get(name)?.needs === 'control'))(
  '%s is never performed',
  async (name) => {
    await expect(ops.get(name)!.perform({}, testContext())).rejects.toMatchObject({ kind: 'bug' });
  },
);

test.each([
  ['http', { ulr: 'http://a' }, 'url is missing; ulr is not a parameter'],
  ['http', { url: 'http://a', request: { timeout: 30 } }, 'request.timeout must be string'],
  ['http', { url: 'http://a', request: { headers: {} } }, 'request.headers is not a parameter'],
  [
    'http',
    { url: 'http://a', request: { trailer: { a: 'b' } } },
    'request.trailer must NOT have more than 0 properties',
  ],
  [
    'http',
    { url: 'http://a', method: 'BREW' },
    'method must be equal to one of the allowed values (GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS)',
  ],
  ['apply', {}, 'value is missing'],
  ['apply', { value: { apiVersion: 'v1', kind: 'Pod', metadata: {} } }, 'value.metadata.name is missing'],
  ['read', { value: { apiVersion: 'v1', metadata: { name: 'x' } } }, 'value.kind is missing'],
  ['convert-string', { bt: 1 }, 'bt must be string'],
])('%s refuses %j before it does anything', async (name, params, message) => {
  expect(await perform(name, params as unknown as JsonObject, testContext())).toEqual({
    kind: 'error',
    class: 'terminal',
    message,
  });
});

test('a fault names no value', () => {
  const faults = checkOpParams(opSpecs.get('http')!, {
    url: 7,
    method: 'hunter2',
    request: { body: ['hunter2'] },
  });
  expect(faults).toHaveLength(3);
  expect(faults.join()).not.toContain('hunter2');
});

function objectSchemas(schema: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(schema)) return schema.flatMap(objectSchemas);
  if (!isObject(schema)) return [];
  const nested = Object.values(schema).flatMap(objectSchemas);
  return schema['type'] === 'object' ? [schema, ...nested] : nested;
}
