import type { Json, JsonObject } from '../../json.ts';
import { durationPattern, objectNamePattern } from '../schema-parts.ts';

const preserveUnknown = 'x-kubernetes-preserve-unknown-fields';

/**
 * A JSON Schema of ours as the structural schema of a CRD. It refuses what no engine could carry out as it was meant:
 * wrong types, missing fields, durations, modes, too many steps. What KubeVela would run stays accepted, for its
 * controller may live on the same cluster; the rest is refused by the plan, which says where and why. Fields that are not
 * listed are pruned, as always with a CRD; objects that list none keep whatever they hold.
 */
export function toStructural(schema: JsonObject, isRequired = false): JsonObject {
  const { type, description = '' } = schema;
  if (type === 'object') return { description, ...objectSchema(schema) };
  if (type === 'array')
    return { description, type, ...copied(schema, ['maxItems']), items: toStructural(itemsOf(schema)) };
  if (type === 'string') return { description, type, ...textRules(schema, isRequired) };
  if (type === 'integer' || type === 'boolean')
    return { description, type, ...copied(schema, ['minimum', 'maximum']) };
  // What may have several types can only be kept as it is.
  return { description, [preserveUnknown]: true };
}

/** An object that keeps every field. */
export function openObject(description: string): JsonObject {
  return { description, type: 'object', [preserveUnknown]: true };
}

function objectSchema(schema: JsonObject): JsonObject {
  const { properties, additionalProperties: values, required = [] } = schema;
  if (properties === undefined)
    return isSchema(values)
      ? { type: 'object', additionalProperties: toStructural(values) }
      : { type: 'object', [preserveUnknown]: true };
  const names = required as readonly Json[];
  const fields = Object.entries(properties as JsonObject).map(([name, field]) => [
    name,
    toStructural(field as JsonObject, names.includes(name)),
  ]);
  return { type: 'object', ...copied(schema, ['required']), properties: Object.fromEntries(fields) };
}

function textRules(schema: JsonObject, isRequired: boolean): JsonObject {
  return {
    // Programs in Go write empty text for an optional field that has no value.
    ...(schema['enum'] === undefined ? {} : { enum: [...(schema['enum'] as readonly Json[]), ''] }),
    ...(isRequired ? copied(schema, ['minLength']) : {}),
    ...(keptPatterns.includes(schema['pattern']) ? copied(schema, ['pattern', 'maxLength']) : {}),
  };
}

const keptPatterns: readonly (Json | undefined)[] = [durationPattern, objectNamePattern];

function copied(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => keys.includes(key)));
}

function itemsOf(schema: JsonObject): JsonObject {
  return schema['items'] as JsonObject;
}

function isSchema(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
