import type { Json, JsonObject } from '../api/json.ts';
import { anyObject, constant, list, text } from '../api/schema/schema-parts.ts';
import { verdictVersion } from './verdict.ts';

/** An object of which every field is there. */
function whole(description: string, properties: JsonObject): JsonObject {
  return {
    type: 'object',
    description,
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

const oneOf = (description: string, ...values: readonly string[]): JsonObject => ({
  type: 'string',
  enum: [...values],
  description,
});
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });
const integer = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description });
const number = (description: string, rest: JsonObject = {}): JsonObject => ({
  type: 'number',
  description,
  ...rest,
});
const flag = (description: string): JsonObject => ({ type: 'boolean', description });
const digest = text('Digest.', { pattern: '^sha256:' });
const texts = (description: string): JsonObject => list(description, { type: 'string' });
const time = (description: string): JsonObject => orNull(text(`${description}, in RFC 3339.`));
const outcome = (description: string): JsonObject =>
  oneOf(description, 'pass', 'warn', 'inconclusive', 'error', 'fail');
const share = (description: string): JsonObject => number(description, { minimum: 0, maximum: 1 });
const nullable = (type: string, description: string): JsonObject => ({
  type: [type, 'null'] as Json[],
  description,
});

const checkSchema = whole('One thing that was asked.', {
  id: text('Id of the objective or criterion.'),
  kind: oneOf('Where its value is from.', 'cue', 'metric', 'findings', 'external', 'freeze', 'criterion'),
  result: oneOf('What was found.', 'pass', 'warn', 'fail', 'missing', 'unknown', 'error', 'info'),
  outcome: outcome('What that means for the gate.'),
  weight: integer('Share in the score; 0 is information.'),
  key: flag('Whether it vetoes.'),
  value: { type: ['number', 'string', 'boolean', 'null'], description: 'The value.' },
  unit: nullable('string', 'Its unit.'),
  condition: nullable('string', 'What is good.'),
  baseline: orNull(
    whole('What it was compared with.', { runs: texts('Earlier runs.'), value: number('Their value.') }),
  ),
  quote: nullable('string', 'Text of the evidence.'),
  evidenceRef: nullable('string', 'The evidence.'),
  message: text('In words.'),
  muted: orNull(
    whole('Why it does not count.', {
      by: nullable('string', 'Who said so.'),
      until: text('Until when.'),
      why: text('Reason.'),
    }),
  ),
});

const judgeSchema = whole('Who judged.', {
  provider: text('Provider.'),
  modelAsked: text('Model that was asked.'),
  modelAnswered: text('Model that answered.'),
  params: anyObject('Parameters of the call.'),
  promptDigest: digest,
  votes: list(
    'The votes.',
    whole('One call.', {
      n: integer('Number.'),
      seed: integer('Seed of the order.'),
      answers: {
        type: 'object',
        description: 'Answer to each criterion.',
        additionalProperties: oneOf('Answer.', 'yes', 'no', 'unknown'),
      },
      answerDigest: digest,
      tokens: nullable('integer', 'Tokens.'),
      ms: nullable('number', 'Time it took.'),
    }),
  ),
  agreement: integer('Percent of the votes that agreed, where they agreed least.'),
  anchors: whole('Questions with a known answer.', {
    shown: integer('Shown.'),
    right: integer('Answered right.'),
  }),
  calibration: {
    anyOf: [
      constant('uncalibrated', 'Nobody has measured this judge on labelled cases.'),
      whole('How well it judged labelled cases.', {
        digest,
        sensitivity: share('Good cases passed.'),
        specificity: share('Bad cases refused.'),
        n: integer('Cases.'),
        at: text('When.'),
      }),
    ],
  },
});

/** JSON Schema of a verdict, for those who read exported ones. */
export const verdictSchema: JsonObject = whole('What a gate says.', {
  version: constant(verdictVersion, 'Version of this form.'),
  gate: text('Name of the gate.'),
  outcome: outcome('Only `pass` opens by itself.'),
  open: flag('The one field that opens anything.'),
  pass: flag('The same as `open`.'),
  next: oneOf('What happens.', 'open', 'block', 'suspend', 'none'),
  mode: oneOf('`observe` neither opens nor blocks.', 'enforce', 'observe'),
  confidence: share('1 for rules; agreement of the votes for a judge.'),
  score: { type: ['number', 'null'], minimum: 0, maximum: 100, description: 'Null for an error.' },
  threshold: number('Score that is needed.', { minimum: 0, maximum: 100 }),
  margin: nullable('number', 'Score minus threshold.'),
  decidedBy: oneOf(
    'The first reason that fixed the outcome.',
    'rule',
    'key',
    'coverage',
    'score',
    'votes',
    'anchor',
    'human',
    'deadline',
    'budget',
  ),
  checks: list('Every check.', checkSchema),
  counts: whole(
    'How many of what.',
    Object.fromEntries(
      ['total', 'evaluated', 'passed', 'warned', 'failed', 'missing', 'unknown', 'errors', 'muted'].map(
        (name) => [name, integer(`Checks: ${name}.`)],
      ),
    ),
  ),
  subject: whole('What may be deployed on the strength of this.', {
    kind: text('Kind.'),
    name: text('Name.'),
    digest,
    objects: list('Objects that may be applied on the strength of it.', {
      type: 'object',
      description: 'One object.',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        namespace: { type: ['string', 'null'] },
        name: { type: 'string' },
        digest,
      },
      required: ['apiVersion', 'kind', 'namespace', 'name', 'digest'],
      additionalProperties: false,
    }),
    images: list('Images.', {
      type: 'object',
      description: 'One image.',
      properties: { name: { type: 'string' }, digest: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    }),
  }),
  policy: whole('The policy.', {
    digest,
    source: nullable('string', 'Where it is from.'),
    revision: nullable('string', 'Its revision.'),
    text: orNull(anyObject('The policy itself, up to 16 KiB.')),
  }),
  evidence: list(
    'What was looked at.',
    whole('One piece.', {
      ref: text('Reference.'),
      kind: text('Kind.'),
      digest,
      bytes: integer('Size.'),
      truncated: flag('Whether it was cut.'),
      masked: flag('Whether it was masked.'),
      collectedAt: time('When'),
    }),
  ),
  window: orNull(whole('Time that was looked at.', { from: text('From.'), to: text('To.') })),
  judge: orNull(judgeSchema),
  suspicion: list(
    'Text of the evidence that looks like instructions.',
    whole('One place.', {
      evidenceRef: text('The evidence.'),
      pattern: text('What it looks like.'),
      offset: integer('Where.'),
    }),
  ),
  tokens: integer('Tokens of all calls.'),
  cost: nullable('string', 'Decimal; null where it is not known.'),
  override: orNull(
    whole('A person who opened it.', {
      by: text('Who.'),
      groups: texts('In which role.'),
      reason: text('Why.'),
      at: text('When.'),
      expires: text('Until when.'),
      previousOutcome: outcome('What the gate had said.'),
    }),
  ),
  attempt: integer('Number of this attempt.'),
  previous: texts('Earlier attempts.'),
  at: time('When'),
  expires: time('Until when it opens'),
  engine: text('Version of Sluice.'),
  reasons: list(
    'Worst first.',
    whole('One reason.', {
      ruleOrQuote: text('The rule, or the quote.'),
      evidenceRef: nullable('string', 'The evidence.'),
    }),
    { maxItems: 5 },
  ),
});
