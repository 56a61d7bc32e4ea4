import { isObject, type JsonObject } from '../api/json.ts';
import type { ObjectRef } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { applyObject, hideSubject } from './apply.ts';
import type { Op, OpContext } from './op.ts';
import { listParam, textParam } from './param-values.ts';
import { clusterParam, judgedObjectSchema, manifest, openObject } from './schema-parts.ts';

/** As many requests as an API server answers a single client without throttling it. */
const atOnce = 5;

export const applyInParallel: Op = {
  name: 'apply-in-parallel',
  cue: [
    { provider: 'kube', do: 'apply-in-parallel' },
    { provider: 'op', do: 'apply-in-parallel' },
  ],
  description: `Applies a list of objects, up to ${atOnce} at a time; the results are in the order of the list.`,
  params: {
    type: 'object',
    required: ['value'],
    properties: { cluster: clusterParam, value: { type: 'array', items: manifest } },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['value'],
    properties: {
      value: { type: 'array', items: openObject },
      subject: { type: 'array', items: judgedObjectSchema },
    },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: false,
  cueResult: hideSubject,
  perform: async (params, context) => {
    const objects = listParam(params, 'value').filter(isObject);
    context.admit(objects);
    return joinOutcomes(await applyAll(objects, textParam(params, 'cluster', ''), context));
  },
};

async function applyAll(
  objects: readonly JsonObject[],
  cluster: string,
  context: OpContext,
): Promise<readonly OpOutcome[]> {
  const outcomes: OpOutcome[] = [];
  for (let index = 0; index < objects.length; index += atOnce) {
    const batch = objects.slice(index, index + atOnce);
    // oxlint-disable-next-line no-await-in-loop -- the batches are what bounds the number of requests at once
    outcomes.push(...(await Promise.all(batch.map((object) => applyObject(object, cluster, context)))));
    if (outcomes.some((outcome) => outcome.kind === 'error')) break;
  }
  return outcomes;
}

/** All or an error: one that will not pass outweighs one that may, and the message names every object that failed. */
function joinOutcomes(outcomes: readonly OpOutcome[]): OpOutcome {
  const errors = outcomes.filter((outcome) => outcome.kind === 'error');
  const worst = errors.find((error) => error.class !== 'transient') ?? errors[0];
  if (worst !== undefined) return { ...worst, message: errors.map((error) => error.message).join('; ') };
  const done = outcomes.filter((outcome) => outcome.kind === 'ok');
  const results = done.map((outcome) => outcome.result as { value: JsonObject; subject: JsonObject });
  return {
    kind: 'ok',
    result: { value: results.map(({ value }) => value), subject: results.map(({ subject }) => subject) },
    watch: done.flatMap((outcome): readonly ObjectRef[] => outcome.watch ?? []),
  };
}
