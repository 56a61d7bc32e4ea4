import { isSluiceError } from '../../api/errors.ts';
import { objectsAt, textAt } from '../../analyze/json-fields.ts';
import { parseExternalRef } from '../../gate/external-ref.ts';
import { isClusterScoped } from '../cluster-scoped-kinds.ts';
import type { OpContext } from '../op.ts';
import { describeRef } from '../target.ts';
import { failed, type Taken } from './taken.ts';

/** 1 where the condition of an object is True, 0 where it is False, no value where it is neither or not there. */
export async function readExternal(
  text: string,
  atMs: number,
  clusterName: string,
  context: OpContext,
): Promise<Taken> {
  const ref = parseExternalRef(text);
  if (ref === undefined) return failed(atMs, `"${text.slice(0, 80)}" is no reference to a condition`);
  const { condition, namespace, ...object } = ref;
  const key = isClusterScoped(ref.apiVersion, ref.kind)
    ? object
    : { ...object, namespace: namespace ?? context.run.namespace };
  try {
    const found = await (await context.cluster(clusterName)).get(key);
    const conditions = found === undefined ? [] : objectsAt(found, 'status', 'conditions');
    const status = textAt(
      conditions.find((each) => textAt(each, 'type') === condition),
      'status',
    );
    const values = status === 'True' ? [1] : status === 'False' ? [0] : [];
    return { sample: { atMs, values }, isFinal: false };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const message = `read ${describeRef({ cluster: clusterName, ...key })}: ${error.message}`;
    return {
      ...failed(atMs, context.maskSecrets(message)),
      isFinal: error.kind !== 'transient' && error.kind !== 'environment',
    };
  }
}
