import { isObject, type Json, type JsonObject } from '../../../api/json.ts';

/** `value` with `defaults` where it says nothing; null says nothing. */
export function withDefaults(value: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.entries(defaults).filter(([key]) => value[key] === undefined || value[key] === null);
  return missing.length === 0 ? value : { ...value, ...Object.fromEntries(missing) };
}

/** `value` with the map at `key` replaced; left alone when there is no map. */
export function mapField(
  value: JsonObject,
  key: string,
  change: (field: JsonObject) => JsonObject,
): JsonObject {
  const field = value[key];
  return isObject(field) ? { ...value, [key]: change(field) } : value;
}

/** `value` with every map of the list at `key` replaced; left alone when there is no list. */
export function mapItems(
  value: JsonObject,
  key: string,
  change: (item: JsonObject) => JsonObject,
): JsonObject {
  const items = value[key];
  if (!Array.isArray(items)) return value;
  return { ...value, [key]: items.map((item: Json) => (isObject(item) ? change(item) : item)) };
}

/** Without the fields that hold null, however deep: to Kubernetes' own kinds they say nothing. */
export function withoutNulls(value: JsonObject): JsonObject {
  return strip(value) as JsonObject;
}

function strip(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => strip(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, strip(item)]),
  );
}
