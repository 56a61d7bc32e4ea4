import type { JsonObject } from '../../api/json.ts';
import { anyObject, fields, list, text } from '../../api/schema/schema-parts.ts';
import { measuringFields } from './measuring-schema.ts';
import { duration, flag, integer, oneOf, withDefault } from './parameter-parts.ts';
import { maxObjectives, maxWeight, objectiveSchema } from './policy-schema.ts';

export const maxCriteria = 50;

const criterionSchema: JsonObject = fields(
  'One closed question about the evidence.',
  {
    id: text('Unique name of letters, digits, `.`, `_` and `-`.', { minLength: 1, maxLength: 63 }),
    question: text('A question that yes or no answers. Ask one thing.', { minLength: 1, maxLength: 500 }),
    pass: {
      // Plain yes and no are booleans to YAML.
      type: ['string', 'boolean'],
      enum: ['yes', 'no', true, false],
      default: 'yes',
      description: 'The right answer.',
    },
    weight: integer('Share in the score; 0 is information only.', 0, maxWeight, 1),
    key: flag('Vetoes: when it is not answered rightly, the gate does not pass, whatever the score.'),
    quote: {
      type: 'boolean',
      default: true,
      description: 'Whether an answer counts only with a quote that is found in the evidence.',
    },
  },
  ['id', 'question'],
);

const judgeSchema: JsonObject = fields('The model that is asked.', {
  model: text('Exact id of the model; without one, that of the operator.', { minLength: 1, maxLength: 200 }),
  server: text('Name of a server that the operator has set up.', { minLength: 1, maxLength: 200 }),
  baseUrl: text('Address of the server, such as https://api.openai.com/v1.', { format: 'http-url' }),
  token: fields(
    'Key for that server, given as one of `value` and `secretRef`.',
    {
      value: text('The key itself.', { sensitive: true }),
      secretRef: fields(
        'A Secret in the namespace of the run that holds the key.',
        {
          name: text('Name of the Secret.', { minLength: 1 }),
          key: text('Name of the field in the Secret.', { minLength: 1 }),
        },
        ['name', 'key'],
      ),
    },
    [],
    { minProperties: 1, maxProperties: 1 },
  ),
  params: fields('How it is asked.', {
    temperature: {
      type: 'number',
      minimum: 0,
      maximum: 2,
      default: 0,
      description: 'Left out where the model refuses it.',
    },
    maxOutputTokens: integer('The most tokens that one answer may have.', 64, 32_768, 4096),
    timeout: withDefault(duration('How long one attempt may take.'), '2m'),
  }),
});

const calibrationSchema: JsonObject = fields('What is demanded of the judge beforehand.', {
  set: anyObject('The record that `sluice gate calibrate` has written.', { additionalProperties: true }),
  minSpecificity: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0.8,
    description: 'Least share of bad cases that it refuses: the lower end of the 95 % interval.',
  },
  minBadCases: integer('Least number of bad cases.', 1, 1_000_000, 30),
  maxAge: withDefault(duration('How old the record may be.'), '2160h'),
  required: flag('Without a record that meets this the gate is inconclusive, and no model is asked.'),
});

const itemSchema: JsonObject = fields(
  'One of them.',
  {
    kind: oneOf('What it is.', ['log', 'metrics', 'text', 'finding']),
    ref: text('Says what it is of.', { minLength: 1, maxLength: 200 }),
    text: { type: 'string', description: 'The text itself; inputs may fill it.' },
  },
  ['kind', 'ref', 'text'],
);

const targetSchema = anyObject(
  'A manifest, or the apiVersion, kind, name and namespace of an object of the cluster.',
  { additionalProperties: true },
);

const evidenceSchema: JsonObject = fields(
  'What the judge sees beside the manifests of the subject, masked and cut to size. Without either nothing is asked, and the gate is an error.',
  {
    target: {
      description: 'Objects, with what the cluster knows of them: events, states, logs.',
      anyOf: [targetSchema, list('Several.', targetSchema, { maxItems: 20 })],
    },
    items: list('Logs, metrics, texts and findings of other tools.', itemSchema, { maxItems: 100 }),
    maxBytes: integer('Most bytes of it.', 1024, 1_048_576, 65_536),
    maxTokens: integer('Most tokens of it, by a count that no common model exceeds.', 256, 1_000_000, 16_000),
    keepComments: flag('Leaves comments in documents, and annotations that are sentences.'),
  },
);

const budgetSchema: JsonObject = fields(
  'What all votes together may cost; with less than they may need at most, none is cast.',
  {
    calls: integer('Calls, repairs included.', 1, 1000),
    tokens: integer('Tokens, in and out.', 1, 1_000_000_000),
    cost: { type: 'number', minimum: 0, description: 'Dollars. The price of the model must be known.' },
  },
);

/** Parameters of the step type `ai-gate`. */
export const aiGateSchema: JsonObject = fields(
  'A gate with a model as judge. Rules come first; the judge can close what they would open, never the other way round.',
  {
    ...measuringFields,
    evidence: withDefault(evidenceSchema, {}),
    rules: withDefault(
      list('Objectives, each of which must pass before any model is asked.', objectiveSchema, {
        maxItems: maxObjectives,
      }),
      [],
    ),
    criteria: list('What the judge is asked.', criterionSchema, { minItems: 1, maxItems: maxCriteria }),
    policy: text('Instead of `criteria`: a text that is split into one question for each item or sentence.', {
      minLength: 1,
      maxLength: 20_000,
    }),
    threshold: integer('Percent of the weights of the criteria that must be answered rightly.', 1, 100, 100),
    votes: withDefault(
      fields('How often the judge is asked.', {
        count: integer('Calls.', 1, 15, 3),
        need: integer('Right answers that a criterion needs: more than half; without it, all.', 1, 15),
      }),
      {},
    ),
    minAgreement: withDefault(
      fields('Percent of the votes that must agree on a right answer.', {
        key: integer('For keys.', 0, 100, 100),
        others: integer('For the others.', 0, 100, 67),
      }),
      {},
    ),
    judge: withDefault(judgeSchema, {}),
    anchors: oneOf(
      'Questions whose answer is known are put among the others; `none` only while the gate observes.',
      ['builtin', 'none'],
      'builtin',
    ),
    calibration: withDefault(calibrationSchema, {}),
    notJudgedBy: list(
      'Families of models that may not judge, such as gpt, claude or llama; that of `authored-by` never may.',
      text('A family.', { minLength: 1, maxLength: 60 }),
      { maxItems: 20 },
    ),
    cache: oneOf(
      '`exact` uses a decided verdict again while it is valid and nothing it depends on has changed.',
      ['exact', 'none'],
      'exact',
    ),
    budget: withDefault(budgetSchema, {}),
    onError: oneOf('What an error means; neither opens.', ['block', 'suspend'], 'block'),
    onWarn: oneOf('What a warning means.', ['block', 'suspend'], 'suspend'),
    onInconclusive: oneOf('What an undecided gate means.', ['block', 'suspend'], 'suspend'),
    mode: oneOf(
      '`observe` records a verdict that neither opens nor blocks.',
      ['enforce', 'observe'],
      'enforce',
    ),
    validFor: withDefault(duration('How long the verdict opens.'), '1h'),
  },
  ['subject'],
);
