import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { parseDuration } from '../../api/duration.ts';

// Rules run beside the schema, over what may still have any shape: what is of the wrong type reads as not there, because the
// schema has already said so.

const nothing: JsonObject = {};

export function objectAt(value: Json | undefined, key: string): JsonObject {
  const found = own(value, key);
  return isObject(found) ? found : nothing;
}

export function listAt(value: Json | undefined, key: string): readonly Json[] {
  const found = own(value, key);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

export function textAt(value: Json | undefined, key: string): string | undefined {
  const found = own(value, key);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: Json | undefined, key: string): number | undefined {
  const found = own(value, key);
  // A whole number beyond 2^53 is read exactly, and compared as the nearest double.
  return typeof found === 'number' || typeof found === 'bigint' ? Number(found) : undefined;
}

export function isTrueAt(value: Json | undefined, key: string): boolean {
  return own(value, key) === true;
}

export function durationAt(value: Json | undefined, key: string): number | undefined {
  const found = textAt(value, key);
  return found === undefined ? undefined : parseDuration(found);
}

export function has(value: Json | undefined, key: string): boolean {
  return own(value, key) !== undefined;
}

function own(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
