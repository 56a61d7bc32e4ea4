import type { JsonObject } from '../api/json.ts';
import { retryOnStatus } from './http-schema.ts';

export const callProviderParams: JsonObject = {
  type: 'object',
  required: ['endpoint', 'function'],
  properties: {
    endpoint: {
      type: 'string',
      pattern: '^https?://[^/?#]+[^?#]*$',
      description: 'An http or https address; the name of the function becomes its last segment.',
    },
    function: {
      type: 'string',
      pattern: String.raw`^(?!.*\.\.)[A-Za-z0-9._~/-]+$`,
      description: 'Name of the function, its `#do`: it stays under the endpoint.',
    },
    params: { description: 'What the function is given, `{}` when absent.' },
    header: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Headers of the request by name.',
    },
    insecureSkipVerify: {
      type: 'boolean',
      default: false,
      description: 'Any certificate of the server will do.',
    },
    retryOnStatus,
  },
  additionalProperties: false,
};
