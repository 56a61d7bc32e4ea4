import type { JsonObject } from '../../api/json.ts';
import { fields, list, text } from '../../api/schema/schema-parts.ts';

/** Dollars are text, so that 0.10 stays 0.10; a plain number is read, too. */
const dollars = (description: string): JsonObject => ({ type: ['string', 'number'], description });
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description });
const named = (description: string): JsonObject => text(description, { minLength: 1, maxLength: 253 });

const serverSchema = fields(
  'A server of models.',
  {
    name: named('What `sluice auth` and steps call it.'),
    kind: { type: 'string', enum: ['openai', 'azure'], default: 'openai', description: 'Its protocol.' },
    url: named('Its address, such as https://api.openai.com/v1.'),
    apiVersion: named("Of Azure: names a dated API. Without one the resource's undated API is used."),
    model: named('The model that is asked where neither step nor run names one.'),
    key: text('The key itself.', { minLength: 1, sensitive: true }),
    keyFrom: fields('Where the key is.', { env: named('Name of an environment variable.') }, ['env']),
    hosts: list(
      'The only hosts that the key may go to; that of `url` where none is given.',
      named('A host.'),
      {
        minItems: 1,
      },
    ),
  },
  ['name', 'url'],
);

const limitsSchema = (description: string): JsonObject =>
  fields(description, {
    tokens: count('Tokens, of questions and answers together.'),
    cost: dollars('Dollars, such as "0.50".'),
    calls: count('Calls.'),
  });

/** Of `models.yaml`. */
export const settingsSchema: JsonObject = fields('What the operator says about models.', {
  servers: list('Servers of models.', serverSchema, { default: [], maxItems: 100 }),
  default: named('The server that is asked where nothing else is said.'),
  budgets: {
    ...fields('What may be spent.', {
      call: limitsSchema('By one call.'),
      run: limitsSchema('By one run.'),
      day: limitsSchema('By all runs together in a day (UTC).'),
      namespace: limitsSchema('By all runs of a namespace in a day (UTC).'),
    }),
    default: {},
  },
  prices: list(
    'Prices that count before the built-in ones.',
    fields(
      'The price of a model.',
      {
        host: named('`name` or `name:port` of the server.'),
        model: named('Name of the model.'),
        input: dollars('Dollars for a million tokens of questions.'),
        output: dollars('Dollars for a million tokens of answers.'),
      },
      ['host', 'model', 'input', 'output'],
    ),
    { default: [], maxItems: 1000 },
  ),
});
