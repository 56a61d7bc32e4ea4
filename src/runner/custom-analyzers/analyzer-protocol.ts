import type { JsonObject } from '../../api/json.ts';
import { fields, list, text } from '../../api/schema/schema-parts.ts';

export const protocolVersion = 'sluice.dev/analyzer/v1';

/** What an analyzer over HTTP answers. */
export const answerSchema: JsonObject = fields(
  'What an analyzer found.',
  {
    findings: list(
      'One for each problem; none where there is none.',
      fields(
        'A problem.',
        {
          object: fields(
            'The object that has it, one of those that were sent.',
            {
              kind: text('Its kind.'),
              namespace: text('Its namespace; absent where it has none.'),
              name: text('Its name.'),
            },
            ['kind', 'name'],
          ),
          reason: text('Tells problems of one analyzer apart: `custom/NAME/REASON`.', {
            pattern: '^[A-Z][A-Za-z0-9]{0,59}$',
          }),
          severity: { enum: ['critical', 'high', 'medium', 'low', 'info'], description: 'How bad it is.' },
          text: text('What is wrong.', { minLength: 1, maxLength: 4000 }),
          fix: text('What to do.', { minLength: 1, maxLength: 4000 }),
          fieldPath: text('The field that is wrong.', { minLength: 1, maxLength: 500 }),
          container: text('The container that is wrong.', { minLength: 1, maxLength: 253 }),
        },
        ['object', 'severity', 'text', 'fix'],
      ),
      { maxItems: 10_000 },
    ),
  },
  ['findings'],
);
