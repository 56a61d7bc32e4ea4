import { isObject, type JsonObject } from '../api/json.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { ListQuery } from '../cluster/port.ts';
import { labelSelector } from './label-selector.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { objectParam, textParam, textsParam } from './param-values.ts';
import { clusterParam, matchingLabels, openObject } from './schema-parts.ts';
import { addSecretValues } from './secret-objects.ts';
import { onCluster } from './target.ts';

const items: JsonObject = { type: 'array', items: openObject };
const name: JsonObject = { type: 'string', minLength: 1 };

export const list: Op = {
  name: 'list',
  cue: [
    { provider: 'kube', do: 'list' },
    { provider: 'op', do: 'list' },
  ],
  description: 'Lists the objects of a kind, in the order of namespace and name.',
  params: {
    type: 'object',
    required: ['resource'],
    properties: {
      cluster: clusterParam,
      resource: {
        type: 'object',
        required: ['apiVersion', 'kind'],
        properties: { apiVersion: name, kind: name },
        additionalProperties: false,
      },
      filter: {
        type: 'object',
        properties: {
          namespace: { type: 'string', default: '', description: 'Empty for all namespaces.' },
          matchingLabels,
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['list', 'values', 'query'],
    properties: {
      list: { type: 'object', required: ['items'], properties: { items }, additionalProperties: false },
      values: { ...items, description: 'The same objects as `list.items`.' },
      query: { ...openObject, description: 'What was asked for, so that it can be asked for again.' },
    },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  // `vela/op` has the list object at `list`, `vela/kube` at `values`.
  cueResult: (result, style) => {
    const found = isObject(result) ? (result['list'] ?? {}) : {};
    return style === 'returns' ? { values: found } : { list: found };
  },
  perform: (params, context) => {
    const [resource, filter] = [objectParam(params, 'resource'), objectParam(params, 'filter')];
    return listObjects(
      {
        cluster: textParam(params, 'cluster', ''),
        apiVersion: textParam(resource, 'apiVersion', ''),
        kind: textParam(resource, 'kind', ''),
        namespace: textParam(filter, 'namespace', ''),
        labelSelector: labelSelector(textsParam(filter, 'matchingLabels')),
      },
      context,
    );
  },
  refresh: (recorded, context) => {
    const query = objectParam(recorded.result as JsonObject, 'query');
    return listObjects(query as unknown as Query, context);
  },
};

/** Kept in the result: a list has no single object to watch, so a refresh asks the whole question again. */
interface Query {
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly labelSelector: string;
}

async function listObjects(query: Query, context: OpContext): Promise<OpOutcome> {
  const { cluster, apiVersion, kind, namespace, labelSelector: selector } = query;
  const asked: ListQuery = {
    apiVersion,
    kind,
    ...(namespace === '' ? {} : { namespace }),
    ...(selector === '' ? {} : { labelSelector: selector }),
  };
  try {
    const found = await (await context.cluster(cluster)).list(asked);
    const values = found as unknown as readonly JsonObject[];
    for (const value of values) addSecretValues(value, (secret) => context.addSecret(secret));
    return { kind: 'ok', result: { list: { items: values }, values, query: { ...query } } };
  } catch (error) {
    return outcomeOfError(error, `list ${kind}${onCluster(cluster)}`);
  }
}
