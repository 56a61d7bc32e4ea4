import type { Json } from '../../api/json.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';

/** The value at a path of field names and indices; undefined where something on the way is missing. */
export function field(
  object: KubeObject | Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let value = object as Json | undefined;
  for (const segment of path) {
    if (typeof segment === 'number')
      value = Array.isArray(value) ? (value[segment] as Json | undefined) : undefined;
    else value = isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

export function textField(
  object: KubeObject | Json | undefined,
  ...path: readonly (string | number)[]
): string {
  const value = field(object, ...path);
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

export function numberField(
  object: KubeObject | Json | undefined,
  ...path: readonly (string | number)[]
): number {
  const value = field(object, ...path);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}

export function listField(
  object: KubeObject | Json | undefined,
  ...path: readonly (string | number)[]
): readonly JsonObject[] {
  const value = field(object, ...path);
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : [];
}

/** Milliseconds since 1970 of an RFC 3339 time; undefined when there is none. */
export function timeField(
  object: KubeObject | Json | undefined,
  ...path: readonly (string | number)[]
): number | undefined {
  const ms = Date.parse(textField(object, ...path));
  return Number.isNaN(ms) ? undefined : ms;
}

/** The condition of a type, such as `Ready`. */
export function condition(object: KubeObject, type: string): JsonObject | undefined {
  return listField(object, 'status', 'conditions').find((item) => item['type'] === type);
}
