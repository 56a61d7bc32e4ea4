import type { Json, JsonObject } from '../../../api/json.ts';
import { openObject } from '../../schema-parts.ts';
import { verdictResult } from '../record-verdict.ts';

export const judgeParams: JsonObject = {
  type: 'object',
  required: ['policy', 'evidence'],
  properties: {
    policy: { ...openObject, description: 'The parameter of the ai-gate.' },
    measured: {
      ...openObject,
      description: 'The result of `measure` over its rules; without it, rules count as not measured.',
    },
    evidence: { ...openObject, description: 'The result of `evidence`: what the judge sees.' },
    key: { type: 'string', sensitive: true, description: "The step's own key for the model's server." },
  },
  additionalProperties: false,
};

export const judgeResult: JsonObject = {
  ...verdictResult,
  required: [...(verdictResult['required'] as Json[]), 'cached'],
  properties: {
    ...(verdictResult['properties'] as JsonObject),
    cached: {
      type: 'boolean',
      description: 'A verdict that was already there, under `id`, was used again: no model was asked.',
    },
  },
};
