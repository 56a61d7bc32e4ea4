import type { JsonObject } from '../json.ts';
import { definitionApiVersion } from '../workflow.ts';
import { anyObject, constant, fields, list, stringMap, text } from './schema-parts.ts';

const expression = 'Text may hold expressions in `${ … }`.';

const opSchema: JsonObject = fields(
  'One op, or one named value. An entry sees `parameter`, `context` and the entries before it by their ids.',
  {
    id: text('Name by which later entries and outputs see the result.', {
      pattern: '^[A-Za-z_][A-Za-z0-9_]{0,59}$',
    }),
    op: text('Name of the op, such as `http` or `apply`.'),
    with: anyObject(`Parameters of the op. ${expression}`),
    if: {
      type: ['boolean', 'string'],
      description: 'The entry counts only when this is true, such as `${ parameter.notify }`.',
    },
    value: { description: `In place of \`op\`: a value with a name. ${expression}` },
  },
  ['id'],
  { oneOf: [{ required: ['op'] }, { required: ['value'] }] },
);

const resultSchema: JsonObject = fields(
  'One output of the step type.',
  {
    description: text('What the output is, for the documentation.'),
    schema: anyObject('JSON Schema that the value must meet.'),
    value: { description: `The value. ${expression}` },
  },
  ['value'],
);

const sluiceSchema: JsonObject = fields(
  'Extension: a step type in YAML.',
  {
    parameters: anyObject(
      'JSON Schema of the parameters: `type: object` and `properties`, with defaults and descriptions. `sensitive: true` marks a secret.',
    ),
    ops: list('What the step does, in order.', opSchema, { maxItems: 100 }),
    outputs: {
      type: 'object',
      description: 'What a `valueFrom` of a run sees, by name.',
      propertyNames: { pattern: '^[A-Za-z_$][A-Za-z0-9_$]{0,59}$' },
      additionalProperties: resultSchema,
    },
  },
  [],
);

const schematicSchema: JsonObject = {
  ...anyObject('What the step type does: a CUE template, or YAML under `sluice`.'),
  properties: {
    cue: fields(
      'A step type in CUE.',
      { template: text('CUE text with `parameter` and the ops that the step does.') },
      ['template'],
    ),
    sluice: sluiceSchema,
    terraform: anyObject('Part of the kind; step types do not use it.'),
  },
  anyOf: [{ required: ['cue'] }, { required: ['sluice'] }],
};

export const stepDefinitionSchema: JsonObject = fields(
  'A step type.',
  {
    apiVersion: constant(definitionApiVersion, 'API version of the kind.'),
    kind: constant('WorkflowStepDefinition', 'Kind of the object.'),
    metadata: {
      ...anyObject('Standard object metadata.'),
      properties: {
        name: text('Name by which steps use the type.', { minLength: 1 }),
        namespace: text('Namespace in which runs find it first; `vela-system` is seen from everywhere.'),
        labels: stringMap('Labels.'),
        annotations: stringMap(
          'Annotations. `definition.oam.dev/description` says what the step type does, for lists and documentation.',
        ),
      },
      required: ['name'],
    },
    spec: {
      ...anyObject('The step type.'),
      properties: {
        definitionRef: anyObject('Part of the kind; step types do not use it.'),
        schematic: schematicSchema,
        version: text('Version of the definition, for people.'),
      },
      required: ['schematic'],
    },
    status: anyObject('Written by controllers; ignored when given.'),
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);
