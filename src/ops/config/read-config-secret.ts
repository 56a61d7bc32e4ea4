import { SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { OpContext } from '../op.ts';
import { textParam } from '../param-values.ts';
import { isConfig } from './config-secret.ts';

/** Which config the parameters of an op name; without a namespace it is the run's. */
export function configRef(
  params: JsonObject,
  context: OpContext,
): { readonly name: string; readonly namespace: string } {
  return {
    name: textParam(params, 'name', ''),
    namespace: textParam(params, 'namespace', context.run.namespace),
  };
}

/** The Secret of a config. Throws SluiceError `terminal` when there is none, or the Secret of that name is no config. */
export async function readConfigSecret(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  context: OpContext,
): Promise<KubeObject> {
  const cluster = await context.cluster('');
  const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  if (secret === undefined) {
    throw new SluiceError('terminal', 'ConfigNotFound', `config ${namespace}/${name} not found`);
  }
  if (!isConfig(secret)) {
    throw new SluiceError('terminal', 'NoConfig', `Secret ${namespace}/${name} is no config`);
  }
  return secret;
}
