import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { judgedObject } from '../gate/judged-object.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { objectParam, textParam } from './param-values.ts';
import { refreshObject } from './refresh.ts';
import { clusterParam, judgedObjectSchema, manifest, openObject } from './schema-parts.ts';
import { addSecretValues } from './secret-objects.ts';
import { describeRef, refOf, refOfObject } from './target.ts';

export const apply: Op = {
  name: 'apply',
  cue: [
    { provider: 'kube', do: 'apply' },
    { provider: 'op', do: 'apply' },
  ],
  description: 'Creates or changes an object by server-side apply and returns it as the cluster stores it.',
  params: {
    type: 'object',
    required: ['value'],
    properties: { cluster: clusterParam, value: manifest },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['value'],
    properties: { value: openObject, subject: judgedObjectSchema },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: false,
  cueResult: hideSubject,
  perform: async (params, context) => {
    const value = objectParam(params, 'value');
    context.admit([value]);
    return applyObject(value, textParam(params, 'cluster', ''), context);
  },
  refresh: (recorded, context) => refreshObject(recorded, context, 'value'),
};

/** KubeVela's templates keep fields of their own beside an inline request; under `$returns` there is room. */
export function hideSubject(result: Json, style: 'inline' | 'returns'): Json {
  if (style === 'returns' || !isObject(result)) return result;
  const { subject: _subject, ...rest } = result;
  return rest;
}

/**
 * Applies one object with the run's labels; a namespaced object without a namespace goes into the run's. The caller has had
 * it admitted. `subject` is the object as a gate may judge it: as it was rendered, before any cluster filled in defaults.
 */
export async function applyObject(
  value: JsonObject,
  cluster: string,
  context: OpContext,
): Promise<OpOutcome> {
  const ref = refOf(value, cluster, context.run.namespace);
  addSecretValues(value, (secret) => context.addSecret(secret));
  try {
    const target = await context.cluster(cluster);
    const stored = await target.apply(withRunLabels(value, ref.namespace, context));
    addSecretValues(stored as unknown as JsonObject, (secret) => context.addSecret(secret));
    const subject = judgedObject(value, context.run.namespace);
    const result = { value: stored as unknown as JsonObject, subject: { ...subject } };
    return { kind: 'ok', result, watch: [refOfObject(stored, cluster)] };
  } catch (error) {
    return outcomeOfError(error, `apply ${describeRef(ref)}`);
  }
}

function withRunLabels(value: JsonObject, namespace: string | undefined, context: OpContext): KubeObject {
  // A server refuses an apply that carries the field managers of the object it was copied from.
  const { managedFields: _managed, namespace: _given, ...metadata } = objectParam(value, 'metadata');
  const labels = { ...objectParam(metadata, 'labels'), ...runLabels(context) };
  const placed = namespace === undefined ? {} : { namespace };
  return { ...value, metadata: { ...metadata, ...placed, labels } } as unknown as KubeObject;
}

export function runLabels(context: OpContext): Readonly<Record<string, string>> {
  return {
    'workflowrun.oam.dev/name': context.run.name,
    'workflowrun.oam.dev/namespace': context.run.namespace,
  };
}
