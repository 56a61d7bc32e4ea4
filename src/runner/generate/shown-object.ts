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
const mask = '***';

/** What a person decides on: no status, and nothing that servers set by themselves. May hold secrets. */
export function essentialObject(object: KubeObject): JsonObject {
  const { status: _status, metadata, ...rest } = object as unknown as JsonObject;
  return Object.fromEntries(
    Object.entries({ ...rest, metadata: essentialMetadata(isObject(metadata) ? metadata : {}) }).toSorted(
      ([a], [b]) => rankOf(a) - rankOf(b),
    ),
  );
}

/**
 * The same without values of a Secret, and of variables and settings that hold one. One that differs from its value in `former`
 * says so, since what is masked looks the same.
 */
export function shownObject(object: KubeObject, former?: KubeObject): JsonObject {
  const isSecret = object.kind === 'Secret';
  const hides = isSecret || object.kind === 'ConfigMap';
  const shown = (name: string, value: Json): Json => {
    const before = former?.[name] as Json | undefined;
    const isData = hides && ['data', 'stringData', 'binaryData'].includes(name);
    return isData && isObject(value) ? maskedData(value, before, isSecret) : withoutSecrets(value, before);
  };
  return Object.fromEntries(
    Object.entries(essentialObject(object)).map(([name, value]) => [name, shown(name, value)]),
  );
}

function rankOf(field: string): number {
  const first = ['apiVersion', 'kind', 'metadata'].indexOf(field);
  return first < 0 ? 3 : first;
}

function essentialMetadata(metadata: JsonObject): JsonObject {
  const entries = Object.entries(metadata).filter(([name]) => !setByServers.has(name));
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, Json][] => {
      if (name !== 'annotations' || !isObject(value)) return [[name, value]];
      const annotations = Object.entries(value).filter(([key]) => key !== copy);
      return annotations.length === 0 ? [] : [[name, Object.fromEntries(annotations)]];
    }),
  );
}

function maskedData(data: JsonObject, former: Json | undefined, isSecret: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const isHidden = isSecret || (typeof value === 'string' && isPlainSecret(key, value));
      return [key, isHidden ? masked(value, fieldOf(former, key)) : value];
    }),
  );
}

function masked(value: Json, former: Json | undefined): string {
  return former === undefined || former === value ? mask : `${mask} (another value)`;
}

/** Environment variables are lists of names and values, wherever a kind has them. */
function withoutSecrets(value: Json, former: Json | undefined): Json {
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) => withoutSecrets(item, itemOf(former, item, index)));
  if (!isObject(value)) return value;
  const { name, value: held } = value;
  const isSecret = typeof name === 'string' && typeof held === 'string' && isPlainSecret(name, held);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      isSecret && key === 'value'
        ? masked(each, fieldOf(former, key))
        : withoutSecrets(each, fieldOf(former, key)),
    ]),
  );
}

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Of lists whose items have names, the one of the same name. */
function itemOf(list: Json | undefined, item: Json, index: number): Json | undefined {
  if (!Array.isArray(list)) return undefined;
  const items = list as readonly Json[];
  const name = fieldOf(item, 'name');
  return name === undefined ? items[index] : items.find((each) => fieldOf(each, 'name') === name);
}
