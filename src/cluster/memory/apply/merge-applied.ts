import type { Json, JsonObject } from '../../../api/json.ts';
import { itemKey, shapeAt, type FieldPath } from './field-shape.ts';

/** `live` with everything that `applied` says; nothing is removed. */
export function mergeApplied(apiVersion: string, live: JsonObject, applied: JsonObject): JsonObject {
  return mergeMaps(apiVersion, [], live, applied);
}

function mergeMaps(apiVersion: string, path: FieldPath, live: JsonObject, applied: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...live };
  for (const [key, value] of Object.entries(applied))
    merged[key] = mergeValues(apiVersion, [...path, key], live[key], value);
  return merged;
}

function mergeValues(apiVersion: string, path: FieldPath, live: Json | undefined, applied: Json): Json {
  const shape = shapeAt(apiVersion, path, applied);
  if (live === undefined || shape.kind === 'atomic' || shapeAt(apiVersion, path, live).kind !== shape.kind)
    return applied;
  if (shape.kind === 'map') return mergeMaps(apiVersion, path, live as JsonObject, applied as JsonObject);
  if (shape.kind === 'set') {
    const values = applied as readonly Json[];
    return [...(live as readonly Json[]).filter((item) => !values.includes(item)), ...values];
  }
  const former = new Map((live as readonly JsonObject[]).map((item) => [itemKey(item, shape.keys), item]));
  const items = (applied as readonly JsonObject[]).map((item) => {
    const key = itemKey(item, shape.keys);
    const old = former.get(key);
    former.delete(key);
    return old === undefined ? item : mergeMaps(apiVersion, path, old, item);
  });
  return [...items, ...former.values()];
}
