import { isPlainSecret } from '../../analyze/secret-name.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';

const setByServers: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'selfLink',
  'ownerReferences',
]);
/** A copy of the whole object, with what a Secret held. */
const copy = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What a person decides on: no status, nothing that servers set by themselves, no value of a Secret or of a variable that
 * holds one. A value that differs from that of `other` says so.
 */
export function shownObject(object: KubeObject, other: KubeObject | undefined): JsonObject {
  const hides = object.kind === 'Secret' || object.kind === 'ConfigMap';
  const shown = (name: string, value: Json): Json => {
    if (!isObject(value)) return value;
    if (name === 'metadata') return shownMetadata(value);
    const isData = hides && ['data', 'stringData', 'binaryData'].includes(name);
    return isData ? maskedData(value, other?.[name], object.kind === 'Secret') : withoutSecrets(value);
  };
  const { status: _status, ...rest } = object as unknown as JsonObject;
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, shown(name, value)]));
}

function shownMetadata(metadata: JsonObject): JsonObject {
  const entries = Object.entries(metadata).filter(([name]) => !setByServers.has(name));
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, Json][] => {
      if (name !== 'annotations' || !isObject(value)) return [[name, value]];
      const annotations = Object.entries(value).filter(([key]) => key !== copy);
      return annotations.length === 0 ? [] : [[name, Object.fromEntries(annotations)]];
    }),
  );
}

function maskedData(data: JsonObject, other: unknown, isSecret: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (!isSecret && !(typeof value === 'string' && isPlainSecret(key, value))) return [key, value];
      const isSame = isObject(other) && Object.hasOwn(other, key) && other[key] === value;
      return [key, isSame || other === undefined ? '***' : '*** (another value)'];
    }),
  );
}

/** Environment variables are lists of names and values, wherever a kind has them. */
function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutSecrets);
  if (!isObject(value)) return value;
  const { name, value: held } = value;
  const isSecret = typeof name === 'string' && typeof held === 'string' && isPlainSecret(name, held);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      isSecret && key === 'value' ? '***' : withoutSecrets(each),
    ]),
  );
}
