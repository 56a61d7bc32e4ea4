import type { JsonObject } from '../api/json.ts';
import { openObject } from './schema-parts.ts';

const text: JsonObject = { type: 'string' };
const name: JsonObject = { type: 'string', minLength: 1 };
const count: JsonObject = { type: 'integer' };

export const llmParams: JsonObject = {
  type: 'object',
  required: ['prompt', 'promptVersion'],
  properties: {
    model: {
      ...text,
      description: 'Name of the model; what the settings for models say when absent or empty.',
    },
    server: { ...text, description: 'Name of a server of the settings for models.' },
    baseUrl: { ...text, description: 'Address of a server that the step itself names.' },
    key: { ...text, sensitive: true, description: "The step's own key." },
    system: { ...text, description: 'How to answer.' },
    prompt: { ...name, description: 'The question.' },
    evidence: {
      description: 'What the question is about. Goes behind it, fenced as data.',
    },
    temperature: { type: 'number', minimum: 0, maximum: 2 },
    maxTokens: { type: 'integer', minimum: 1, description: 'Of the answer, thinking included.' },
    timeout: { ...text, description: 'Go duration for one attempt.' },
    schema: {
      ...openObject,
      description:
        'JSON Schema of the one object that the answer is to be; it is checked, and repaired once.',
    },
    name: { type: 'string', minLength: 1, maxLength: 64, description: 'Name of the schema for the server.' },
    language: { ...text, default: 'English' },
    promptVersion: { ...name, description: 'What a cached answer is known by, beside the prompt itself.' },
    cacheFor: { ...text, description: 'Go duration for which the same question is answered from the cache.' },
    shownAs: {
      type: 'object',
      additionalProperties: text,
      description:
        'Values by their placeholders, put back where the answer is shown while it comes: `restore` of the op evidence.',
    },
    limits: {
      type: 'object',
      description: 'What this question may cost at most; more than it is an error before anything is sent.',
      properties: {
        tokens: { type: 'integer', minimum: 1 },
        cost: { ...text, description: 'Dollars, such as `0.05`.' },
        calls: { type: 'integer', minimum: 1 },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

export const llmResult: JsonObject = {
  type: 'object',
  required: ['text', 'model', 'server', 'source', 'tokens', 'cost'],
  properties: {
    text: { ...text, description: 'The answer. Placeholders of the op `evidence` are still in it.' },
    value: { ...openObject, description: 'The answer as an object, where there is a schema.' },
    model: { ...text, description: 'The model that answered, as the server names it.' },
    server: text,
    source: { type: 'string', enum: ['asked', 'cache', 'shared'] },
    tokens: {
      type: 'object',
      required: ['input', 'output'],
      properties: { input: count, output: count },
      additionalProperties: false,
    },
    cost: { type: ['string', 'null'], description: 'Dollars; null where the price is not known.' },
  },
  additionalProperties: false,
};
