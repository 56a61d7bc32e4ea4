import { SluiceError } from '../api/errors.ts';
import type { JsonObject } from '../api/json.ts';
import type { OpContext } from './op.ts';
import { textsParam } from './param-values.ts';
import { addSecretValues } from './secret-objects.ts';

export interface SecretValues {
  /** For messages: `Secret default/token`. */
  readonly label: string;
  /** The decoded value. Throws SluiceError `terminal` when there is no such key. */
  value(key: string): string;
  optional(key: string): string | undefined;
}

/** A Secret of the default cluster; all its values are masked from now on. Throws SluiceError, `terminal` when it is missing. */
export async function readSecret(name: string, namespace: string, context: OpContext): Promise<SecretValues> {
  const label = `Secret ${namespace}/${name}`;
  const cluster = await context.cluster('');
  const object = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  if (object === undefined) throw new SluiceError('terminal', 'SecretNotFound', `${label} not found`);
  const secret = object as unknown as JsonObject;
  addSecretValues(secret, (value) => context.addSecret(value));
  const [encoded, plain] = [textsParam(secret, 'data'), textsParam(secret, 'stringData')];
  const optional = (key: string): string | undefined => {
    if (Object.hasOwn(plain, key)) return plain[key];
    return Object.hasOwn(encoded, key)
      ? Buffer.from(encoded[key] ?? '', 'base64').toString('utf8')
      : undefined;
  };
  return {
    label,
    optional,
    value(key) {
      const found = optional(key);
      if (found !== undefined) return found;
      const keys = Object.keys({ ...encoded, ...plain }).toSorted();
      const has = keys.length === 0 ? 'it is empty' : `it has ${keys.join(', ')}`;
      throw new SluiceError('terminal', 'SecretKeyNotFound', `${label} has no key "${key}"; ${has}`);
    },
  };
}
