import type { Json, JsonObject } from '../../api/json.ts';
import { text } from '../../api/schema/schema-parts.ts';

// Schemas here keep to the keywords that parameters of step types may have: no patterns.

/** A Go duration. */
export function duration(description: string): JsonObject {
  return text(description, { format: 'go-duration' });
}

export function oneOf(description: string, values: readonly string[], standard?: string): JsonObject {
  const schema = { type: 'string', enum: [...values], description };
  return standard === undefined ? schema : { ...schema, default: standard };
}

/** A whole number from `minimum` to `maximum`. */
export function integer(
  description: string,
  minimum: number,
  maximum: number,
  standard?: number,
): JsonObject {
  const schema = { type: 'integer', minimum, maximum, description };
  return standard === undefined ? schema : { ...schema, default: standard };
}

export function flag(description: string): JsonObject {
  return { type: 'boolean', default: false, description };
}

export function withDefault(schema: JsonObject, value: Json): JsonObject {
  return { ...schema, default: value };
}

/** An object whose keys are names that the author chooses. */
export function byName(description: string, schema: JsonObject): JsonObject {
  return { type: 'object', description, additionalProperties: schema };
}
