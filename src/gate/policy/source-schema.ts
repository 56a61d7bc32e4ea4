import type { JsonObject } from '../../api/json.ts';
import { fields, text } from '../../api/schema/schema-parts.ts';
import { aggregates } from '../aggregate.ts';
import { duration, oneOf } from './parameter-parts.ts';

const metricSchema: JsonObject = fields(
  'A query of a metrics provider.',
  {
    provider: text('Name of one of `providers`.', { minLength: 1 }),
    query: text('The query, in the language of the provider.', { minLength: 1, maxLength: 4000 }),
    aggregate: oneOf(
      'How several series become one value; without it more than one series is no value.',
      aggregates,
    ),
    range: duration(
      'Takes all values of so long a time before the measurement, instead of the one at it; needs `aggregate`.',
    ),
  },
  ['provider', 'query'],
);

/** Where an objective's value comes from. */
export const sourceSchema: JsonObject = fields('Where the value comes from: exactly one of these.', {
  cue: text('CUE over `values`, `subject` and `context`.', { format: 'cue' }),
  metric: metricSchema,
  findings: fields(
    'The number of findings.',
    {
      from: text(
        "`audit` judges the subject's manifests, `diagnose` how the subject does on `cluster`; else the name of one of `reports`.",
        { minLength: 1 },
      ),
      severity: oneOf(
        'Findings below this severity are not counted.',
        ['critical', 'high', 'medium', 'low', 'info'],
        'info',
      ),
    },
    ['from'],
  ),
  external: fields(
    'A condition of an object on `cluster`: 1 where it is True, 0 where it is False, else no value.',
    { ref: text('As `apiVersion/Kind/[namespace/]name#ConditionType`.', { minLength: 1 }) },
    ['ref'],
  ),
});
