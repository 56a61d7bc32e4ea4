import type { Json, JsonObject } from '../json.ts';

/** A Go duration, as `parseDuration` reads it. */
export const durationPattern = '^(0|\\+?(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$';

/** Name of a Kubernetes object. */
export const objectNamePattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

export function text(description: string, rest: JsonObject = {}): JsonObject {
  return { type: 'string', description, ...rest };
}

export function duration(description: string): JsonObject {
  return text(description, { pattern: durationPattern, examples: ['30s', '5m', '1h30m'] });
}

export function list(description: string, items: JsonObject, rest: JsonObject = {}): JsonObject {
  return { type: 'array', description, items, ...rest };
}

/** An object whose fields are all listed. */
export function fields(
  description: string,
  properties: JsonObject,
  required: readonly string[] = [],
  rest: JsonObject = {},
): JsonObject {
  return {
    type: 'object',
    description,
    properties,
    ...(required.length > 0 ? { required: [...required] } : {}),
    additionalProperties: false,
    ...rest,
  };
}

/** An object with any fields. */
export function anyObject(description: string, rest: JsonObject = {}): JsonObject {
  return { type: 'object', description, ...rest };
}

export function stringMap(description: string): JsonObject {
  return { type: 'object', description, additionalProperties: { type: 'string' } };
}

export function constant(value: Json, description: string): JsonObject {
  return { const: value, description };
}

/** The names of an object schema's fields. */
export function fieldNames(schema: JsonObject): readonly string[] {
  return Object.keys((schema['properties'] ?? {}) as JsonObject);
}
