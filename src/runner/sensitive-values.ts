import { isObject, stringifyJson, type Json, type JsonObject } from '../api/json.ts';

/** Values of the parameters that a schema marks `sensitive: true`, as text. A placeholder such as `<your token>` is none. */
export function sensitiveValues(schema: Json | undefined, value: Json | undefined): readonly string[] {
  if (!isObject(schema) || value === undefined || value === null) return [];
  if (schema['sensitive'] === true) return texts(value);
  const found: string[] = [];
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const branches = schema[key];
    if (Array.isArray(branches))
      found.push(...branches.flatMap((branch: Json) => sensitiveValues(branch, value)));
  }
  if (isObject(value)) found.push(...ofFields(schema, value));
  if (Array.isArray(value))
    found.push(...value.flatMap((item: Json) => sensitiveValues(schema['items'], item)));
  return found;
}

/** Every string in a value, and the text of every number: what a secret output holds. */
export function texts(value: Json): readonly string[] {
  if (typeof value === 'string') return /^<[^<>]*>$/.test(value.trim()) ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => texts(item));
  if (isObject(value)) return Object.values(value).flatMap(texts);
  return typeof value === 'number' || typeof value === 'bigint' ? [stringifyJson(value)] : [];
}

function ofFields(schema: JsonObject, value: JsonObject): readonly string[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(value).flatMap(([key, item]) =>
    sensitiveValues(Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'], item),
  );
}
