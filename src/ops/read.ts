import type { JsonObject } from '../api/json.ts';
import type { ObjectRef } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError, terminal } from './outcome.ts';
import { objectParam, textParam } from './param-values.ts';
import { clusterParam, manifest, openObject } from './schema-parts.ts';
import { addSecretValues } from './secret-objects.ts';
import { describeRef, refOf } from './target.ts';

export const read: Op = {
  name: 'read',
  cue: [
    { provider: 'kube', do: 'read' },
    { provider: 'op', do: 'read' },
  ],
  description: 'Reads an object. One that does not exist is no error: `err` says so and `value` is absent.',
  params: {
    type: 'object',
    required: ['value'],
    properties: { cluster: clusterParam, value: manifest },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    properties: { value: openObject, err: { type: 'string' } },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  perform: (params, context) =>
    readObject(
      refOf(objectParam(params, 'value'), textParam(params, 'cluster', ''), context.run.namespace),
      context,
    ),
  refresh: (recorded, context) => {
    const ref = recorded.watch?.[0];
    return ref === undefined
      ? Promise.resolve(terminal('read: its record names no object'))
      : readObject(ref, context);
  },
};

async function readObject(ref: ObjectRef, context: OpContext): Promise<OpOutcome> {
  const { cluster, ...key } = ref;
  try {
    const object = await (await context.cluster(cluster)).get(key);
    if (object === undefined) {
      return { kind: 'ok', result: { err: `${describeRef(ref)} not found` }, watch: [ref] };
    }
    const value = object as unknown as JsonObject;
    addSecretValues(value, (secret) => context.addSecret(secret));
    return { kind: 'ok', result: { value }, watch: [ref] };
  } catch (error) {
    return outcomeOfError(error, `read ${describeRef(ref)}`);
  }
}
