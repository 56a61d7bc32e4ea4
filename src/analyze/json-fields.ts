import type { Json, JsonObject } from '../api/json.ts';
import { isObject } from '../api/json.ts';

type Path = readonly (string | number)[];

/**
 * Reads of objects that nobody has validated: a field of the wrong type counts as absent, so no rule can be made to
 * throw by a strange manifest.
 */
export function fieldAt(value: unknown, ...path: Path): Json | undefined {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current as Json | undefined;
}

/** The string there, '' when there is none. */
export function textAt(value: unknown, ...path: Path): string {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...path: Path): number | undefined {
  const found = fieldAt(value, ...path);
  if (typeof found === 'bigint') return Number(found);
  return typeof found === 'number' ? found : undefined;
}

export function flagAt(value: unknown, ...path: Path): boolean | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === 'boolean' ? found : undefined;
}

/** The object there, `{}` when there is none. */
export function objectAt(value: unknown, ...path: Path): JsonObject {
  const found = fieldAt(value, ...path);
  return isObject(found) ? found : {};
}

/** The objects of the list there; items that are no objects are left out. */
export function objectsAt(value: unknown, ...path: Path): readonly JsonObject[] {
  return listAt(value, ...path).filter(isObject);
}

function listAt(value: unknown, ...path: Path): readonly Json[] {
  const found = fieldAt(value, ...path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

/** The strings of the list there. */
export function textsAt(value: unknown, ...path: Path): readonly string[] {
  return listAt(value, ...path).filter((item): item is string => typeof item === 'string');
}
