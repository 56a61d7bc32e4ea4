import { exemptionsSchema } from '../analyze/exemptions/exemptions-schema.ts';
import { objectAt } from '../analyze/json-fields.ts';
import type { JsonObject } from '../api/json.ts';

const severities = ['critical', 'high', 'medium', 'low', 'info'];
const count: JsonObject = { type: 'integer', minimum: 0 };

export const severity: JsonObject = { type: 'string', enum: severities };

/** How many findings there are of each severity. */
export const severityCounts: JsonObject = {
  type: 'object',
  required: severities,
  properties: Object.fromEntries(severities.map((each) => [each, count])),
  additionalProperties: false,
};

export const ignoreParam: JsonObject = {
  ...objectAt(exemptionsSchema, 'properties', 'exemptions'),
  description: 'Problems that are known and accepted, each until a date.',
};
