import { afterAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { compileText, openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

const text = `
import "strings"

parameter: {
	// +usage=what to run
	image:    string
	// The number of pods.
	replicas: *1 | int & >0 & <10
	mode:     *"diagnose" | "audit" | "gate"
	prompt: {
		lang: *"English" | string
		content: {...}
	}
	// +usage=the key
	// +sensitive
	token: close({value: string}) | close({secretRef: {name: string, key: string}})
	namespace: *context.namespace | string
	cmd?: [...string]
	labels?: [string]: string
	free: {...}
	short?: strings.MaxRunes(5) & =~"^[a-z]+$"
	if mode == "gate" {threshold: int}
}
`;

test('the schema of a parameter', async () => {
  const { parameterSchema } = await compileText(engine, text);
  expect(parameterSchema).toEqual({
    type: 'object',
    properties: {
      image: { description: 'what to run', type: 'string' },
      replicas: {
        description: 'The number of pods.',
        type: 'integer',
        exclusiveMinimum: 0,
        exclusiveMaximum: 10,
        default: 1,
      },
      mode: { type: 'string', enum: ['diagnose', 'audit', 'gate'], default: 'diagnose' },
      prompt: {
        type: 'object',
        properties: { lang: { type: 'string', default: 'English' }, content: { type: 'object' } },
      },
      token: {
        sensitive: true,
        description: 'the key',
        anyOf: [
          {
            type: 'object',
            properties: { value: { type: 'string' } },
            required: ['value'],
            additionalProperties: false,
          },
          {
            type: 'object',
            properties: {
              secretRef: {
                type: 'object',
                properties: { name: { type: 'string' }, key: { type: 'string' } },
                required: ['name', 'key'],
              },
            },
            required: ['secretRef'],
            additionalProperties: false,
          },
        ],
      },
      namespace: { type: 'string' },
      cmd: { type: 'array', items: { type: 'string' } },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      free: { type: 'object' },
      short: { type: 'string', maxLength: 5, pattern: '^[a-z]+$' },
    },
    required: ['image', 'token'],
  });
});

const good: JsonObject = { image: 'nginx', token: { value: 'v' } };

test.each<[string, JsonObject, readonly object[]]>([
  ['enough', good, []],
  [
    'everything',
    { ...good, replicas: 3, cmd: ['a'], labels: { a: 'b' }, free: { x: [1] }, prompt: { content: { y: 1 } } },
    [],
  ],
  [
    'all that is missing, at once',
    {},
    [
      {
        path: ['image'],
        code: 'MissingParameter',
        message: 'the parameter image is missing; it must be string',
      },
      { path: ['token'], code: 'MissingParameter' },
    ],
  ],
  [
    'all that is wrong, at once',
    { ...good, replicas: '3', mode: 'audti', cmd: ['a', 1], labels: { a: 1 }, imgae: 'x', short: 'TOO LONG' },
    [
      {
        path: ['replicas'],
        code: 'InvalidParameter',
        message: 'the parameter replicas must be int & >0 & <10, not this text',
      },
      { path: ['mode'], code: 'InvalidParameter', suggestion: 'audit' },
      { path: ['cmd', 1], code: 'InvalidParameter' },
      { path: ['labels', 'a'], code: 'InvalidParameter' },
      { path: ['short'], code: 'InvalidParameter' },
      { path: ['imgae'], code: 'UnknownParameter', suggestion: 'image' },
    ],
  ],
  [
    'a field that another asks for',
    { ...good, mode: 'gate' },
    [{ path: ['threshold'], code: 'MissingParameter' }],
  ],
  ['a field that another allows', { ...good, mode: 'gate', threshold: 3 }, []],
  [
    'no branch of a choice',
    { ...good, token: { value: 'v', more: 1 } },
    [{ path: ['token'], code: 'InvalidParameter' }],
  ],
  ['a number too large for a double', { ...good, replicas: 12345678901234567890n }, [{ path: ['replicas'] }]],
])('a parameter with %s', async (_name, parameter, faults) => {
  const compiled = await compileText(engine, text);
  const found = await compiled.checkParameter(parameter);
  expect(found).toMatchObject(faults);
  expect(found).toHaveLength(faults.length);
});

test('a fault never repeats what was given', async () => {
  const compiled = await compileText(engine, text);
  const faults = await compiled.checkParameter({ image: ['hunter2'], token: 'hunter2', mode: 'hunter2' });
  expect(faults).toHaveLength(3);
  expect(JSON.stringify(faults)).not.toContain('hunter2');
});
