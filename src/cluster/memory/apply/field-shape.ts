import { isObject, stringifyJson, type Json, type JsonObject } from '../../../api/json.ts';
import { groupOf, isOwnGroup } from '../../known-kinds.ts';

/** How server-side apply treats what stands at a place of an object. */
export type FieldShape =
  /** One value: whoever sets it, sets all of it. */
  | { readonly kind: 'atomic' }
  /** A map whose fields have owners of their own. */
  | { readonly kind: 'map' }
  /** A list of maps that are told apart by these fields. */
  | { readonly kind: 'keyed'; readonly keys: readonly string[] }
  /** A list of values, each there or not. */
  | { readonly kind: 'set' };

/** Names of the maps on the way to a place, from the root; list items do not count. */
export type FieldPath = readonly string[];

const keyedLists: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  resourceClaims: ['name'],
  schedulingGates: ['name'],
  claims: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  ownerReferences: ['uid'],
  webhooks: ['name'],
  conditions: ['type'],
};

const atomicMaps: ReadonlySet<string> = new Set([
  'selector',
  'labelSelector',
  'namespaceSelector',
  'podSelector',
  'nodeSelector',
  'secretKeyRef',
  'configMapKeyRef',
  'fieldRef',
  'resourceFieldRef',
  'roleRef',
  'scaleTargetRef',
  'involvedObject',
]);

/** The shape at `path` of an object of that API version. Kinds that are not Kubernetes' own have plain lists, as without a schema. */
export function shapeAt(apiVersion: string, path: FieldPath, value: Json | undefined): FieldShape {
  const name = path.at(-1) ?? '';
  if (Array.isArray(value)) {
    if (name === 'finalizers' && path[0] === 'metadata') return { kind: 'set' };
    const keys = isBuiltIn(apiVersion) || path[0] === 'metadata' ? keysOf(path) : undefined;
    return keys !== undefined && value.every((item) => isObject(item))
      ? { kind: 'keyed', keys }
      : { kind: 'atomic' };
  }
  if (!isObject(value)) return { kind: 'atomic' };
  return isBuiltIn(apiVersion) && path[0] !== 'metadata' && atomicMaps.has(name)
    ? { kind: 'atomic' }
    : { kind: 'map' };
}

/** `k:{"name":"web"}`, as managed fields name an item of a keyed list. */
export function itemKey(item: JsonObject, keys: readonly string[]): string {
  const fields = keys.map((key): [string, Json] => [key, item[key] ?? (key === 'protocol' ? 'TCP' : null)]);
  return `k:${stringifyJson(Object.fromEntries(fields))}`;
}

function keysOf(path: FieldPath): readonly string[] | undefined {
  const name = path.at(-1) ?? '';
  if (name !== 'ports') return Object.hasOwn(keyedLists, name) ? keyedLists[name] : undefined;
  const parent = path.at(-2) ?? '';
  return parent === 'spec' ? ['port', 'protocol'] : ['containerPort', 'protocol'];
}

export function isBuiltIn(apiVersion: string): boolean {
  return isOwnGroup(groupOf(apiVersion));
}
