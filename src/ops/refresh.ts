import { isObject, type JsonObject } from '../api/json.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { Recorded } from '../expr/template.ts';
import type { OpContext } from './op.ts';
import { outcomeOfError, terminal } from './outcome.ts';
import { addSecretValues } from './secret-objects.ts';
import { describeRef } from './target.ts';

/** Reads again the one object that an op wrote or read, as the field `field` of its result; other fields stay. */
export async function refreshObject(
  recorded: Recorded,
  context: OpContext,
  field: string,
): Promise<OpOutcome> {
  const ref = recorded.watch?.[0];
  if (ref === undefined) return terminal(`${recorded.op}: its record names no object`);
  const { cluster, ...key } = ref;
  try {
    const object = await (await context.cluster(cluster)).get(key);
    if (object === undefined) {
      return { kind: 'error', class: 'transient', message: `${describeRef(ref)} is not there any more` };
    }
    const value = object as unknown as JsonObject;
    addSecretValues(value, (secret) => context.addSecret(secret));
    const kept = isObject(recorded.result) ? recorded.result : {};
    return { kind: 'ok', result: { ...kept, [field]: value }, watch: [ref] };
  } catch (error) {
    return outcomeOfError(error, `read ${describeRef(ref)}`);
  }
}
