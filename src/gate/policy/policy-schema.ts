import type { JsonObject } from '../../api/json.ts';
import { fields, list, text } from '../../api/schema/schema-parts.ts';
import { aggregates } from '../aggregate.ts';
import { operators } from '../condition.ts';
import { measuringFields } from './measuring-schema.ts';
import { duration, flag, integer, oneOf, withDefault } from './parameter-parts.ts';
import { sourceSchema } from './source-schema.ts';

export const maxObjectives = 200;
export const maxWeight = 1_000_000;

const conditionSchema = fields(
  'A condition: `op` and a number, or CUE that is true or false.',
  {
    op: oneOf('How to compare; `>=` holds for equals.', operators),
    value: { type: 'number', description: 'The number on the right.' },
    of: oneOf(
      'What is compared: the value, its change from the baseline, or that change in percent of the baseline.',
      ['value', 'change', 'percent'],
    ),
    cue: text('CUE over `value` and `baseline` that is true or false.', { format: 'cue' }),
  },
  [],
);

const conditionsSchema = (description: string): JsonObject => ({
  description: `${description} A list holds when all of it does.`,
  anyOf: [conditionSchema, list(description, conditionSchema, { minItems: 1, maxItems: 20 })],
});

const samplesSchema: JsonObject = fields('How often to measure.', {
  count: integer('Measurements; one that ended in an error does not count.', 1, 1000, 1),
  interval: withDefault(duration('Time between two measurements.'), '0'),
  initialDelay: withDefault(duration('Time before the first.'), '0'),
  failureLimit: integer(
    'Allowed failures: with 2, the third failure fails the objective. Less than `count`.',
    0,
    999,
    0,
  ),
  errorLimit: integer('Allowed errors in a row: with 3, the fourth ends it.', 0, 1000, 3),
  consecutiveSuccess: integer('So many passes in a row are enough.', 1, 1000),
});

const compareSchema: JsonObject = fields(
  'Compares with earlier runs of this gate that passed under the same policy and window length.',
  {
    with: oneOf('The newest that passed, or the last `count` of them.', ['lastPassed', 'runs'], 'lastPassed'),
    count: integer('How many runs `runs` takes.', 1, 100, 5),
    aggregate: oneOf(
      'How their values become one.',
      aggregates.filter((each) => each !== 'sum'),
      'avg',
    ),
    onNoBaseline: oneOf(
      '`absolute` leaves out conditions on the change until there is a baseline; one on the value must be there too.',
      ['inconclusive', 'absolute'],
      'inconclusive',
    ),
  },
);

export const objectiveSchema: JsonObject = fields(
  'One thing that is asked.',
  {
    id: text('Unique name of letters, digits, `.`, `_` and `-`.', { minLength: 1, maxLength: 63 }),
    describe: text('What it means, for people.', { maxLength: 500 }),
    unit: text('Unit of the value, for people.', { maxLength: 20 }),
    value: sourceSchema,
    pass: conditionsSchema('What is good.'),
    warn: conditionsSchema('What is still bearable; worth half the weight.'),
    fail: conditionsSchema('What is bad for sure; what meets neither this nor `pass` is inconclusive.'),
    info: flag('Only shown: needs no condition, and is not counted.'),
    weight: integer('Share in the score; 0 is information only.', 0, maxWeight),
    key: flag('Vetoes: when it does not pass, the gate does not, whatever the score.'),
    onMissing: oneOf(
      'What no value means; `ignore` only with weight 0.',
      ['fail', 'inconclusive', 'ignore'],
      'fail',
    ),
    compare: compareSchema,
    samples: withDefault(samplesSchema, {}),
  },
  ['id', 'value'],
);

const muteSchema: JsonObject = fields(
  'Takes an objective out of the count for a while; shown and counted in every verdict.',
  {
    id: text('Id of the objective.'),
    why: text('Reason.', { minLength: 1, maxLength: 500 }),
    by: text('Who decided it.', { maxLength: 200 }),
    until: text('End, in RFC 3339; at most 90 days ahead.'),
  },
  ['id', 'why', 'until'],
);

const freezeSchema: JsonObject = fields('Times at which the gate stays shut.', {
  windows: list(
    '`deny` wins over `allow`; where any `allow` is written, the gate opens only in one.',
    fields(
      'One recurring window.',
      {
        kind: oneOf('Whether deploying is allowed or denied in it.', ['allow', 'deny'], 'deny'),
        rrule: text(
          'RFC 5545 rule of its starts: FREQ (YEARLY, MONTHLY, WEEKLY, DAILY), BYMONTH, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, UNTIL.',
        ),
        tz: withDefault(text('IANA time zone.'), 'UTC'),
        duration: duration('How long each lasts; at most 31 days.'),
        why: text('Reason, shown.', { maxLength: 200 }),
      },
      ['rrule', 'duration'],
    ),
    { minItems: 1, maxItems: 50 },
  ),
});

/** Parameters of the step type `gate`. */
export const gateSchema: JsonObject = fields(
  'A gate: objectives that must be met before what follows may run.',
  {
    ...measuringFields,
    objectives: list('What is asked.', objectiveSchema, { minItems: 1, maxItems: maxObjectives }),
    total: withDefault(
      fields('The score that is needed, in percent of all weights.', {
        pass: integer('From here it passes.', 1, 100, 100),
        warn: integer('From here it warns; below `pass`.', 0, 99),
      }),
      {},
    ),
    minCoverage: integer('Percent of the weights that must have been evaluated.', 0, 100, 100),
    onWarn: oneOf('What a warning means.', ['block', 'suspend', 'pass'], 'suspend'),
    onInconclusive: oneOf('What an undecided gate means.', ['block', 'suspend'], 'suspend'),
    mode: oneOf(
      '`observe` records a verdict that neither opens nor blocks.',
      ['enforce', 'observe'],
      'enforce',
    ),
    mute: list('Objectives that do not count for a while.', muteSchema, { maxItems: maxObjectives }),
    validFor: withDefault(duration('How long the verdict opens.'), '1h'),
    freeze: freezeSchema,
  },
  ['subject', 'objectives'],
);
