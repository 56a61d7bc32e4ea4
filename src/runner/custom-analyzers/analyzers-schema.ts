import type { JsonObject } from '../../api/json.ts';
import { duration, fields, list, text } from '../../api/schema/schema-parts.ts';

const written = { minLength: 1, maxLength: 253 };
const expressions = 'Each `${ … }` is an expression over `object`, as in a step type.';

const selection = fields(
  'Objects to judge.',
  {
    apiVersion: text('Their API version, such as `apps/v1`.', written),
    kind: text('Their kind. Of Secrets only the metadata is read.', written),
    namespace: text('Only in this namespace. `*` stands for any characters.', written),
    labelSelector: text('Only with these labels, such as `app=web,tier!=db`.', { maxLength: 1000 }),
  },
  ['apiVersion', 'kind'],
);

/** A header whose value is a secret is read when the analyzers are, and stands in no file of theirs. */
const header = fields(
  'A header of the request: one of `value` and `valueFrom`.',
  {
    name: text('Its name.', { pattern: '^[A-Za-z0-9-]{1,100}$' }),
    value: text('Its value.', { maxLength: 4096 }),
    valueFrom: fields(
      'Where its value is.',
      {
        env: text('A variable of the environment.', { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
        file: text('A file, by its path from the one that names it.', written),
      },
      [],
      { minProperties: 1, maxProperties: 1 },
    ),
  },
  ['name'],
  { minProperties: 2, maxProperties: 2 },
);

export const analyzersSchema: JsonObject = fields(
  'Analyzers of your own.',
  {
    analyzers: list(
      'The analyzers.',
      fields(
        'One analyzer: a rule (`when`, `severity`, `text` and `fix`), or a program that is asked over HTTP (`http`).',
        {
          name: text('Its name. Its findings have the id `custom/NAME`.', {
            pattern: '^[A-Za-z][A-Za-z0-9-]{0,59}$',
          }),
          selects: list('What it judges.', selection, { minItems: 1, maxItems: 50 }),
          when: text('CUE that is true for an object with the problem, such as `object.spec.replicas < 2`.', {
            minLength: 1,
            maxLength: 10_000,
          }),
          severity: {
            enum: ['critical', 'high', 'medium', 'low', 'info'],
            description: 'How bad it is.',
          },
          text: text(`What is wrong. ${expressions}`, { minLength: 1, maxLength: 4000 }),
          fix: text(`What to do. ${expressions}`, { minLength: 1, maxLength: 4000 }),
          fieldPath: text('The field that is wrong, such as `spec.replicas`.', {
            maxLength: 500,
            minLength: 1,
          }),
          http: fields(
            'A program that judges the objects.',
            {
              url: text('Its address.', { pattern: '^https?://', maxLength: 2000 }),
              timeout: duration('How long it may take; 10s by default, at most 5m.'),
              headers: list('Headers of the request.', header, { maxItems: 50 }),
            },
            ['url'],
          ),
        },
        ['name', 'selects'],
      ),
      { minItems: 1, maxItems: 200 },
    ),
  },
  ['analyzers'],
);
