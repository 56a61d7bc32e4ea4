import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { Op } from '../op.ts';
import { listParam, objectParam } from '../param-values.ts';
import { serviceEndpoints } from './service-endpoints.ts';

const name: JsonObject = { type: 'string', minLength: 1 };

/** The same question in the form of KubeVela's package. */
export const appEndpoints: Op = {
  ...serviceEndpoints,
  name: 'app-endpoints',
  cue: [{ provider: 'query', do: 'collect-service-endpoints' }],
  description: 'As `service-endpoints`, asked as templates of KubeVela do.',
  params: {
    type: 'object',
    required: ['app'],
    properties: {
      app: {
        type: 'object',
        required: ['name', 'namespace'],
        properties: {
          name,
          namespace: name,
          filter: {
            type: 'object',
            properties: { components: { type: 'array', items: name } },
            additionalProperties: false,
          },
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  cueResult: (result) => ({ list: isObject(result) ? listParam(result, 'endpoints') : [] }),
  perform(params, context) {
    const { filter: _filter, ...app } = objectParam(params, 'app');
    const components: Json = listParam(objectParam(objectParam(params, 'app'), 'filter'), 'components');
    return serviceEndpoints.perform({ ...app, components }, context);
  },
};
