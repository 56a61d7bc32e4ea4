import type { JsonObject } from '../api/json.ts';
import type { ObjectRef } from '../api/kube-object.ts';
import { runLabels } from './apply.ts';
import { hasList, withMergedLists } from './merge-lists.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { objectParam, textParam } from './param-values.ts';
import { refreshObject } from './refresh.ts';
import { clusterParam, manifest, openObject } from './schema-parts.ts';
import { addSecretValues } from './secret-objects.ts';
import { describeRef, refOf, refOfObject } from './target.ts';

export const patch: Op = {
  name: 'patch',
  cue: [
    { provider: 'kube', do: 'patch' },
    { provider: 'op', do: 'patch' },
  ],
  description:
    'Changes fields of an existing object by JSON merge patch: null removes a field, lists are replaced unless `lists` says otherwise.',
  params: {
    type: 'object',
    required: ['value', 'patch'],
    properties: {
      cluster: clusterParam,
      value: manifest,
      patch: openObject,
      lists: {
        type: 'string',
        enum: ['replace', 'merge'],
        default: 'replace',
        description:
          '`merge`: elements of a list that have a `name` are merged with those of the same name, as in templates of KubeVela.',
      },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['result'],
    properties: { result: openObject },
    additionalProperties: false,
  },
  needs: 'cluster',
  // A merge patch sets fields to values: the second time there is nothing left to change.
  onUnknown: () => 'retry',
  pure: false,
  perform: async (params, context) => {
    const cluster = textParam(params, 'cluster', '');
    const ref = refOf(objectParam(params, 'value'), cluster, context.run.namespace);
    const { cluster: _cluster, ...key } = ref;
    const change = objectParam(params, 'patch');
    addSecretValues({ ...change, apiVersion: ref.apiVersion, kind: ref.kind }, (secret) =>
      context.addSecret(secret),
    );
    try {
      const target = await context.cluster(cluster);
      const whole = params['lists'] === 'merge' ? await mergedLists(ref, change, context) : change;
      const stored = await target.patch(key, withLabels(whole, runLabels(context)));
      const result = stored as unknown as JsonObject;
      addSecretValues(result, (secret) => context.addSecret(secret));
      return { kind: 'ok', result: { result }, watch: [refOfObject(stored, cluster)] };
    } catch (error) {
      return outcomeOfError(error, `patch ${describeRef(ref)}`);
    }
  },
  refresh: (recorded, context) => refreshObject(recorded, context, 'result'),
};

function withLabels(change: JsonObject, added: Readonly<Record<string, string>>): JsonObject {
  const metadata = objectParam(change, 'metadata');
  return { ...change, metadata: { ...metadata, labels: { ...objectParam(metadata, 'labels'), ...added } } };
}

/** With the version that the lists were read from: who changed them meanwhile must not be overwritten. */
async function mergedLists(ref: ObjectRef, change: JsonObject, context: OpContext): Promise<JsonObject> {
  if (!hasList(change)) return change;
  const { cluster, ...key } = ref;
  const live = await (await context.cluster(cluster)).get(key);
  if (live === undefined) return change;
  const { resourceVersion } = live.metadata;
  const whole = withMergedLists(live as unknown as JsonObject, change);
  if (resourceVersion === undefined) return whole;
  return { ...whole, metadata: { ...objectParam(whole, 'metadata'), resourceVersion } };
}
