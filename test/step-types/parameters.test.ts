import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { drive } from './drive.ts';
import { faultsOf, stepTypeOf } from './sample.ts';

const schematic = `
parameters:
  type: object
  required: [image, prompt]
  properties:
    image: {type: string, minLength: 1, description: a}
    replicas: {type: integer, minimum: 0, maximum: 100, default: 1, description: a}
    ratio: {type: number, exclusiveMinimum: 0, description: a}
    cmd: {type: array, minItems: 1, items: {type: string}, description: a}
    token:
      type: object
      description: a
      minProperties: 1
      maxProperties: 1
      properties:
        value: {type: string, sensitive: true, maxLength: 8, description: a}
        secretRef: {type: object, description: a, properties: {name: {type: string, description: a}}}
    prompt:
      type: object
      description: a
      properties:
        type: {type: string, enum: [custom, audit], default: custom, description: a}
        content: {type: [string, object], description: a}
    wait: {type: string, format: go-duration, description: a}
    url: {type: string, format: http-url, description: a}
    target: {description: a, anyOf: [{type: string}, {type: array, items: {type: integer}}]}
    labels: {type: object, additionalProperties: {type: string}, description: a}
ops:
  - id: shown
    op: log
    with: {data: "\${ parameter }"}`;

const valid: JsonObject = { image: 'nginx', prompt: {} };

describe('faults of a parameter', () => {
  test.for<readonly [string, JsonObject, readonly string[]]>([
    ['nothing wrong', valid, []],
    [
      'nothing at all',
      {},
      [
        'image MissingParameter parameter image is missing',
        'prompt MissingParameter parameter prompt is missing',
      ],
    ],
    [
      'a misspelt name',
      { ...valid, replica: 3 },
      ['replica UnknownParameter parameter replica does not exist (replicas)'],
    ],
    [
      'a misspelt name inside',
      { ...valid, prompt: { typ: 'audit' } },
      ['prompt.typ UnknownParameter parameter prompt.typ does not exist (type)'],
    ],
    [
      'no whole number',
      { ...valid, replicas: 1.5 },
      ['replicas InvalidParameter parameter replicas must be a whole number, got 1.5'],
    ],
    [
      'a number as text',
      { ...valid, replicas: '3' },
      ['replicas InvalidParameter parameter replicas must be a whole number, got the string "3"'],
    ],
    [
      'below',
      { ...valid, replicas: -1 },
      ['replicas InvalidParameter parameter replicas must be at least 0, got -1'],
    ],
    [
      'above',
      { ...valid, replicas: 101 },
      ['replicas InvalidParameter parameter replicas must be at most 100, got 101'],
    ],
    [
      'far above',
      { ...valid, replicas: 9007199254740993n },
      ['replicas InvalidParameter parameter replicas must be at most 100, got 9007199254740993'],
    ],
    ['not above', { ...valid, ratio: 0 }, ['ratio InvalidParameter parameter ratio must be above 0, got 0']],
    ['empty', { ...valid, image: '' }, ['image InvalidParameter parameter image must not be empty']],
    [
      'null',
      { ...valid, image: null },
      ['image InvalidParameter parameter image must be a string, got null'],
    ],
    [
      'an item',
      { ...valid, cmd: ['a', 3] },
      ['cmd[1] InvalidParameter parameter cmd[1] must be a string, got 3'],
    ],
    ['no item', { ...valid, cmd: [] }, ['cmd InvalidParameter parameter cmd must not be empty']],
    [
      'none of a choice',
      { ...valid, token: {} },
      ['token InvalidParameter parameter token needs exactly one of value, secretRef'],
    ],
    [
      'two of a choice',
      { ...valid, token: { value: 'x', secretRef: {} } },
      ['token InvalidParameter parameter token needs exactly one of value, secretRef'],
    ],
    [
      'not listed',
      { ...valid, prompt: { type: 'audti' } },
      [
        'prompt.type InvalidParameter parameter prompt.type must be one of "custom", "audit", got the string "audti" (audit)',
      ],
    ],
    [
      'neither of two types',
      { ...valid, prompt: { content: [] } },
      ['prompt.content InvalidParameter parameter prompt.content must be a string or an object, got a list'],
    ],
    [
      'null for a content',
      { ...valid, prompt: { content: null } },
      ['prompt.content InvalidParameter parameter prompt.content must be a string or an object, got null'],
    ],
    [
      'no duration',
      { ...valid, wait: '3' },
      [
        'wait InvalidParameter parameter wait must be a duration such as 30s, 10m or 1h30m, got the string "3"',
      ],
    ],
    [
      'no address',
      { ...valid, url: 'file:///etc/passwd' },
      [
        'url InvalidParameter parameter url must be an http or https address, got the string "file:///etc/passwd"',
      ],
    ],
    [
      'no form',
      { ...valid, target: [1, 'x'] },
      ['target InvalidParameter parameter target has none of the forms that are allowed'],
    ],
    [
      'a key in quotes',
      { ...valid, labels: { 'a/b': 3 } },
      ['labels["a/b"] InvalidParameter parameter labels["a/b"] must be a string, got 3'],
    ],
    [
      'prototype',
      { ...valid, ...(JSON.parse('{"__proto__": 1}') as JsonObject), constructor: 2 },
      ['constructor UnknownParameter parameter constructor does not exist'],
    ],
  ])('%s', async ([, parameter, expected]) => {
    const faults = await (await stepTypeOf(schematic)).checkParameter(parameter);
    const lines = faults.map(({ path, code, message, suggestion }) => {
      const text = path.map((part) =>
        typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `.${part}` : `["${part}"]`,
      );
      return `${text.join('').slice(1)} ${code} ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`;
    });
    expect(lines.filter((line) => !line.startsWith('__proto__'))).toEqual(expected);
  });

  test('a secret is not quoted', async () => {
    const faults = await (
      await stepTypeOf(schematic)
    ).checkParameter({ ...valid, token: { value: 'hunter2hunter2' } });
    expect(faults.map(({ message }) => message)).toEqual([
      'parameter token.value must be at most 8 characters long, got a string',
    ]);
  });

  test('a template that is asked all the same says what is wrong', async () => {
    const { last } = await drive(await stepTypeOf(schematic), { imge: 'x', prompt: {} });
    expect(last).toEqual({
      kind: 'error',
      faults: [
        { kind: 'parameter', path: 'image', message: 'parameter image is missing' },
        {
          kind: 'parameter',
          path: 'imge',
          message: 'parameter imge does not exist',
          hint: 'did you mean image?',
        },
      ],
    });
  });
});

test('defaults are filled in, also inside, and what was given is left alone', async () => {
  const given: JsonObject = {
    image: 'nginx',
    prompt: { content: { generation: 9007199254740993n } },
    replicas: 2n,
  };
  const driven = await drive(await stepTypeOf(schematic), given);
  expect(driven.params('shown')?.['data']).toEqual({
    image: 'nginx',
    replicas: 2n,
    prompt: { type: 'custom', content: { generation: 9007199254740993n } },
  });
  expect(given).toEqual({
    image: 'nginx',
    prompt: { content: { generation: 9007199254740993n } },
    replicas: 2n,
  });
});

describe('schemas that are refused', () => {
  test.for<readonly [string, string]>([
    ['3', '10:19 parameters: a schema must be an object, such as {type: string}'],
    ['{type: string}', '10:19 parameters must be the schema of an object with properties'],
    ['{type: object, properties: []}', '10:46 parameters: properties must be an object of schemas by name'],
    ['{properties: {a: string}}', '10:36 parameters: a schema must be an object, such as {type: string}'],
    [
      '{properties: {a: {type: strng}}}',
      '10:43 parameters: type must be one of string, integer, number, boolean, object, array, null, or a list of them (string)',
    ],
    ['{properties: {a: {type: [string, string]}}}', 'type must be one of'],
    ['{properties: {a: {typ: string}}}', '10:37 parameters: typ is no keyword of a schema here'],
    ['{properties: {a: {$ref: "http://127.0.0.1/x"}}}', '10:37 parameters: $ref is not available'],
    ['{properties: {a: {$id: x}}}', '$id is no keyword'],
    [
      '{properties: {a: {pattern: "(a+)+$"}}}',
      '10:37 parameters: pattern is not available, because a regular expression may run for ever',
    ],
    ['{properties: {a: {patternProperties: {}}}}', 'patternProperties is not available'],
    ['{properties: {a: {format: email}}}', 'format must be one of go-duration, cue, date-time, http-url'],
    ['{properties: {a: {format: constructor}}}', 'format must be one of'],
    ['{properties: {a: {enum: [9007199254740993]}}}', 'a number beyond 2^53 cannot stand in a schema'],
    ['{properties: {a: {enum: []}}}', 'enum must be a list with at least one value'],
    ['{properties: {a: {minLength: -1}}}', 'minLength must be a whole number'],
    ['{properties: {a: {multipleOf: 0}}}', 'multipleOf must be a number above 0'],
    ['{properties: {a: {sensitive: yes please}}}', 'sensitive must be a boolean'],
    ['{properties: {a: {anyOf: {}}}}', 'anyOf must be a list of schemas'],
    ['{properties: {a: {anyOf: [{default: 1}]}}}', 'a default has no effect here'],
    [
      '{properties: {a: {type: integer, default: "1"}}}',
      '10:61 parameters: the default is no value that the schema allows',
    ],
    ['{properties: {a: {enum: [a, b], default: c}}}', 'the default is no value that the schema allows'],
    [
      '{required: [imge], properties: {image: {type: string}}}',
      '10:31 parameters: required names "imge", which is none of the properties (image)',
    ],
    ['{required: b, properties: {}}', 'required must be a list of names'],
    [
      `{properties: {a: ${'{items: '.repeat(60)}{}${'}'.repeat(60)}}}`,
      'larger than 1000 parts or deeper than 20 levels',
    ],
    [
      `{properties: {${Array.from({ length: 1100 }, (_, index) => `p${index}: {}`).join(', ')}}}`,
      'larger than 1000 parts',
    ],
  ])('%s', async ([schema, expected]) => {
    const faults = (await faultsOf(`parameters: ${schema}`)).filter(({ severity }) => severity === 'error');
    const lines = faults.map(({ line, column, message, suggestion }) => {
      return `${line}:${column} ${message.replace('step type sample: ', '')}${suggestion === undefined ? '' : ` (${suggestion})`}`;
    });
    expect(lines.join('\n')).toContain(expected);
    expect(faults.every(({ code }) => code === 'BadSchema')).toBe(true);
  });
});

test('what is not described is a warning', async () => {
  const faults = await faultsOf(
    'parameters: {properties: {a: {type: object, properties: {b: {type: string}}}}}',
  );
  expect(faults.map(({ severity, code, message }) => `${severity} ${code} ${message}`)).toEqual([
    'warning MissingDescription step type sample: parameter "a" has no description',
    'warning MissingDescription step type sample: parameter "b" has no description',
  ]);
});

test('an object that names its properties is closed, one that does not is open', async () => {
  const stepType = await stepTypeOf(
    'parameters: {properties: {a: {type: object, description: a, properties: {b: {description: b}}}, c: {type: object, description: c}}}',
  );
  expect(stepType.unknownParameters).toBe('refuse');
  expect(await stepType.checkParameter({ c: { any: 1 } })).toEqual([]);
  expect(await stepType.checkParameter({ a: { x: 1 } })).toMatchObject([
    { path: ['a', 'x'], code: 'UnknownParameter' },
  ]);
  expect(stepType.parameterSchema).toMatchObject({ additionalProperties: false, type: 'object' });
});
