import { isObject, type Json, type JsonObject } from '../api/json.ts';

/** The object under `key`, or an empty one. Params were checked against the op's schema before. */
export function objectParam(params: JsonObject, key: string): JsonObject {
  const value = params[key];
  return isObject(value) ? value : {};
}

/** The text under `key`, or `fallback` when it is absent or empty. */
export function textParam(params: JsonObject, key: string, fallback: string): string {
  const value = params[key];
  return typeof value === 'string' && value !== '' ? value : fallback;
}

/** The number under `key`; undefined when it is absent. */
export function numberParam(params: JsonObject, key: string): number | undefined {
  const value = params[key];
  return typeof value === 'number' ? value : undefined;
}

export function listParam(params: JsonObject, key: string): readonly Json[] {
  const value = params[key];
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** An object whose values are text, such as labels; other values are left out. */
export function textsParam(params: JsonObject, key: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectParam(params, key));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
