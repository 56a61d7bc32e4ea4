import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../src/api/json.ts';
import { schemaFiles } from '../../../src/api/schema/schema-files.ts';
import { readDocuments } from '../../../src/yaml/read-documents.ts';

const root = new URL('../../../', import.meta.url);
const validators = new Map(
  [...schemaFiles()].map(([name, schema]) => [
    name,
    new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false }).compile(schema),
  ]),
);

/** What is wrong with the document, by the schema of its kind. */
function problems(value: Json): readonly string[] {
  const kind = isObject(value) && typeof value['kind'] === 'string' ? value['kind'] : '';
  const validate = validators.get(`${kind.toLowerCase()}.schema.json`);
  if (validate === undefined) throw new Error(`no schema for ${kind}`);
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

function read(text: string): Json {
  return readDocuments(text, 'f.yaml').documents[0]?.value ?? null;
}

const run = (steps: string): string =>
  `apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: a}\nspec:\n  workflowSpec:\n    steps:\n${steps}\n`;

test.each([...schemaFiles()].map(([name, schema]) => ({ name, schema })))(
  '$name is up to date',
  ({ name, schema }) => {
    const stored = JSON.parse(readFileSync(new URL(`schemas/${name}`, root), 'utf8')) as JsonObject;
    expect(stored, 'run: node scripts/generate-schemas.js').toEqual(schema);
  },
);

test('every field of every kind has a description', () => {
  const without: string[] = [];
  const walk = (schema: Json, path: string): void => {
    if (!isObject(schema)) return;
    const { properties, items, additionalProperties } = schema;
    for (const [name, field] of Object.entries(isObject(properties) ? properties : {})) {
      if (!isObject(field) || typeof field['description'] !== 'string') without.push(`${path}.${name}`);
      walk(field, `${path}.${name}`);
    }
    for (const inner of [items, additionalProperties]) if (inner !== undefined) walk(inner, `${path}[]`);
  };
  for (const [name, schema] of schemaFiles()) walk(schema, name);
  expect(without).toEqual([]);
});

const examples = readdirSync(new URL('examples/', root)).filter((name) => name.endsWith('.yaml'));
test.each(examples)('examples/%s', (name) => {
  for (const { value } of readDocuments(readFileSync(new URL(`examples/${name}`, root)), name).documents)
    expect(problems(value)).toEqual([]);
});

describe('what editors underline', () => {
  test.each([
    ['an unknown field of a step', run('    - {type: a, dependOn: []}'), /dependOn/],
    ['a step without type', run('    - {name: a}'), /type/],
    ['a bad duration', run('    - {type: a, timeout: 1d}'), /timeout must match/],
    ['a bad mode', run('    - {type: a, mode: dag}'), /mode must be equal to one of/],
    ['retries out of range', run('    - {type: a, retry: {limit: 101}}'), /limit must be <= 100/],
    [
      'a group in a group',
      run('    - {type: a, subSteps: [{type: a, subSteps: []}]}'),
      /subSteps\/0 must NOT have additional/,
    ],
    ['no steps', run('    []').replace('steps:\n    []', 'steps: []'), /fewer than 1 items/],
    ['an input without from', run('    - {type: a, inputs: [{parameterKey: x}]}'), /from/],
    [
      'a run without name',
      'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {}\nspec: {workflowRef: a}',
      /generateName/,
    ],
    [
      'a run of nothing',
      'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: a}\nspec: {}',
      /workflowRef/,
    ],
    [
      'a Workflow with a spec',
      'apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec: {steps: []}',
      /spec/,
    ],
    [
      'a definition that does nothing',
      'apiVersion: core.oam.dev/v1beta1\nkind: WorkflowStepDefinition\nmetadata: {name: a}\nspec: {schematic: {}}',
      /sluice/,
    ],
    [
      'an entry with op and value',
      'apiVersion: core.oam.dev/v1beta1\nkind: WorkflowStepDefinition\nmetadata: {name: a}\nspec: {schematic: {sluice: {ops: [{id: a, op: http, value: 1}]}}}',
      /exactly one/,
    ],
    [
      'a Package without files',
      'apiVersion: cue.oam.dev/v1alpha1\nkind: Package\nmetadata: {name: a}\nspec: {path: ext/a, provider: {endpoint: x}}',
      /templates[^]*protocol/,
    ],
  ])('%s', (_name, text, says) => {
    expect(problems(read(text)).join('\n')).toMatch(says);
  });

  test.each([
    [
      'extensions',
      run(
        '    - {type: a, retry: {limit: 3, delay: 1s, maxDelay: 1m30s, onStatus: [429]}, outputs: [{name: a, valueFrom: b, schema: {type: string}, sensitive: true}]}',
      ).replace('spec:\n', 'spec:\n  timeout: 1h\n'),
    ],
    [
      'a CUE definition',
      'apiVersion: core.oam.dev/v1beta1\nkind: WorkflowStepDefinition\nmetadata: {name: a}\nspec: {schematic: {cue: {template: "x: 1"}}}',
    ],
    [
      'a Package',
      'apiVersion: cue.oam.dev/v1alpha1\nkind: Package\nmetadata: {name: a}\nspec: {path: ext/a, provider: {protocol: http, endpoint: "http://a"}, templates: {a.cue: package a}}',
    ],
    [
      'a Workflow',
      'apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nmode: {steps: DAG}\nsteps: [{type: a}]',
    ],
  ])('not %s', (_name, text) => {
    expect(problems(read(text))).toEqual([]);
  });
});
