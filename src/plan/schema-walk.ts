import { isObject, type Json, type JsonObject } from '../api/json.ts';
import { branchesOf } from '../step-types/schema/json-types.ts';

/** `any`: the schema says nothing about it. `none`: it cannot be there. */
export type SchemaAt =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly schema: JsonObject };

const any: SchemaAt = { kind: 'any' };
const none: SchemaAt = { kind: 'none' };

/**
 * What a JSON Schema says about the value at a path. `closed` takes an object schema that lists properties and says
 * nothing about others as having no others.
 */
export function schemaAt(schema: JsonObject, path: readonly (string | number)[], closed: boolean): SchemaAt {
  let at: SchemaAt = { kind: 'some', schema };
  for (const segment of path) {
    if (at.kind !== 'some') return at;
    at = stepInto(at.schema, segment, closed);
  }
  return at;
}

/** The paths that the segments of a reference may spell: a number among them is a position in a list, or a name. */
export function pathsOf(segments: readonly string[]): readonly (readonly (string | number)[])[] {
  const positions = segments.map((segment) => (/^[0-9]{1,6}$/.test(segment) ? Number(segment) : segment));
  return [segments, positions];
}

/** Names of the properties that a schema lists, in all of its branches. */
export function propertyNames(schema: JsonObject): readonly string[] {
  const { properties } = schema;
  const own = isObject(properties) ? Object.keys(properties) : [];
  return [...own, ...(branchesOf(schema) ?? []).flatMap(propertyNames)];
}

function stepInto(schema: JsonObject, segment: string | number, closed: boolean): SchemaAt {
  if ('$ref' in schema || 'allOf' in schema || 'patternProperties' in schema) return any;
  const branches = branchesOf(schema);
  if (branches === undefined || isObject(schema['properties'])) return ownStep(schema, segment, closed);
  const found = branches.map((branch) => stepInto(branch, segment, closed));
  if (found.some(({ kind }) => kind === 'any')) return any;
  const schemas = found.flatMap((each) => (each.kind === 'some' ? [each.schema] : []));
  const [only] = schemas;
  if (only === undefined) return none;
  return { kind: 'some', schema: schemas.length === 1 ? only : { anyOf: schemas } };
}

function ownStep(schema: JsonObject, segment: string | number, closed: boolean): SchemaAt {
  const { type, properties, additionalProperties, items } = schema;
  if (!mayBe(type, typeof segment === 'number' ? 'array' : 'object')) return none;
  if (typeof segment === 'number') return isObject(items) ? { kind: 'some', schema: items } : any;
  const own = isObject(properties) && Object.hasOwn(properties, segment) ? properties[segment] : undefined;
  const found = own ?? additionalProperties;
  if (isObject(found)) return { kind: 'some', schema: found };
  const isClosed = found === false || (closed && found === undefined && isObject(properties));
  return isClosed ? none : any;
}

function mayBe(type: Json | undefined, wanted: 'array' | 'object'): boolean {
  if (type === undefined) return true;
  return Array.isArray(type) ? type.includes(wanted) : type === wanted;
}
