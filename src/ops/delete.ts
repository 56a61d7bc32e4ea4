import type { JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { spelledKind } from '../cluster/known-kinds.ts';
import type { Cluster } from '../cluster/port.ts';
import { isClusterScoped } from './cluster-scoped-kinds.ts';
import { labelSelector } from './label-selector.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError, terminal } from './outcome.ts';
import { objectParam, textParam, textsParam } from './param-values.ts';
import { clusterParam, matchingLabels } from './schema-parts.ts';
import { describeRef, onCluster, refOf, refOfObject } from './target.ts';

const text: JsonObject = { type: 'string', minLength: 1 };

export const deleteOp: Op = {
  name: 'delete',
  cue: [
    { provider: 'kube', do: 'delete' },
    { provider: 'op', do: 'delete' },
  ],
  description:
    'Deletes the object that `value` names; with `filter`, every object of its kind that matches. One that is not there is no error.',
  params: {
    type: 'object',
    required: ['value'],
    properties: {
      cluster: clusterParam,
      value: {
        type: 'object',
        required: ['apiVersion', 'kind'],
        properties: {
          apiVersion: text,
          kind: text,
          metadata: {
            type: 'object',
            properties: { name: text, namespace: { type: 'string' } },
            additionalProperties: true,
          },
        },
        additionalProperties: true,
      },
      filter: {
        type: 'object',
        properties: {
          namespace: { type: 'string', description: "The run's namespace when absent." },
          matchingLabels,
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['deleted'],
    properties: { deleted: { type: 'integer', description: 'How many objects there were to delete.' } },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: false,
  perform: (params, context) =>
    params['filter'] === undefined ? deleteOne(params, context) : deleteMatching(params, context),
};

async function deleteOne(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const cluster = textParam(params, 'cluster', '');
  const { cluster: _cluster, ...key } = refOf(
    spelled(objectParam(params, 'value')),
    cluster,
    context.run.namespace,
  );
  if (key.name === '') return terminal(`delete ${key.kind}: give value.metadata.name, or a filter`);
  try {
    const existed = await (await context.cluster(cluster)).delete(key);
    return { kind: 'ok', result: { deleted: existed ? 1 : 0 } };
  } catch (error) {
    return outcomeOfError(error, `delete ${describeRef({ ...key, cluster })}`);
  }
}

async function deleteMatching(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const cluster = textParam(params, 'cluster', '');
  const [value, filter] = [spelled(objectParam(params, 'value')), objectParam(params, 'filter')];
  const [apiVersion, kind] = [textParam(value, 'apiVersion', ''), textParam(value, 'kind', '')];
  const selector = labelSelector(textsParam(filter, 'matchingLabels'));
  // An empty filter is far more often a parameter that was not filled in than the wish to delete all there is.
  if (selector === '' && textParam(filter, 'namespace', '') === '') {
    return terminal(
      `delete ${kind}: the filter names neither labels nor a namespace, so it would delete everything`,
    );
  }
  const namespace = isClusterScoped(apiVersion, kind)
    ? {}
    : { namespace: textParam(filter, 'namespace', context.run.namespace) };
  try {
    const target = await context.cluster(cluster);
    const found = await target.list({
      apiVersion,
      kind,
      ...namespace,
      ...(selector === '' ? {} : { labelSelector: selector }),
    });
    return { kind: 'ok', result: { deleted: await deleteEach(target, found) } };
  } catch (error) {
    return outcomeOfError(error, `delete ${kind} by filter${onCluster(cluster)}`);
  }
}

/** An object of another spelling is never found, and what is never found counts as deleted. */
function spelled(value: JsonObject): JsonObject {
  return { ...value, kind: spelledKind(textParam(value, 'apiVersion', ''), textParam(value, 'kind', '')) };
}

async function deleteEach(target: Cluster, objects: readonly KubeObject[]): Promise<number> {
  let deleted = 0;
  for (const object of objects) {
    const { cluster: _cluster, ...key } = refOfObject(object, '');
    // oxlint-disable-next-line no-await-in-loop -- one at a time: the first refusal stops the rest
    if (await target.delete(key)) deleted += 1;
  }
  return deleted;
}
