import { isObject, type Json, type JsonObject } from '../../api/json.ts';

/**
 * The schema, or one that allows anything where it is too large: a schema that shares its parts can stand for one that no
 * walk would ever finish.
 */
export function boundedSchema(schema: JsonObject, most: number = 500): JsonObject {
  let left = most;
  const isWithin = (value: Json): boolean => {
    if (--left < 0) return false;
    if (Array.isArray(value)) return (value as readonly Json[]).every(isWithin);
    return !isObject(value) || Object.values(value).every(isWithin);
  };
  return isWithin(schema) ? schema : {};
}
