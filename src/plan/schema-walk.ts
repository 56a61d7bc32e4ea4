import { isObject, type Json, type JsonObject } from '../api/json.ts';

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** `any`: the schema says nothing about it. `none`: it cannot be there. */
export type SchemaAt =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly schemas: readonly JsonObject[] };

/**
 * What a JSON Schema says about the value at a path. `closed` takes an object schema that lists properties and says
 * nothing about others as having no others.
 */
export function schemaAt(schema: JsonObject, path: readonly (string | number)[], closed: boolean): SchemaAt {
  let schemas: readonly JsonObject[] = alternatives(schema);
  for (const segment of path) {
    const next = schemas.map((candidate) => step(candidate, segment, closed));
    if (next.some(({ kind }) => kind === 'any')) return { kind: 'any' };
    schemas = next.flatMap((found) => (found.kind === 'some' ? found.schemas : []));
    if (schemas.length === 0) return { kind: 'none' };
  }
  return { kind: 'some', schemas };
}

/** Names of the properties that a schema lists. */
export function propertyNames(schema: JsonObject): readonly string[] {
  return alternatives(schema).flatMap(({ properties }) =>
    isObject(properties) ? Object.keys(properties) : [],
  );
}

/** The JSON types that a value under one of the schemas may have; undefined when they do not say. */
export function typesOf(schemas: readonly JsonObject[]): ReadonlySet<JsonType> | undefined {
  const types = new Set<JsonType>();
  for (const schema of schemas) {
    const own = ownTypes(schema);
    if (own === undefined) return undefined;
    for (const type of own) types.add(type);
  }
  return types;
}

/** Whether no value can have one of the types of each side. A whole number is a number too. */
export function areDisjoint(a: ReadonlySet<JsonType>, b: ReadonlySet<JsonType>): boolean {
  const isNumber = (type: JsonType): boolean => type === 'integer' || type === 'number';
  return ![...a].some((type) => b.has(type) || (isNumber(type) && [...b].some(isNumber)));
}

/** The schema itself, or the members of its `anyOf` and `oneOf`. */
function alternatives(schema: JsonObject, depth = 0): readonly JsonObject[] {
  const members = [schema['anyOf'], schema['oneOf']].flatMap((list) =>
    Array.isArray(list) ? (list as readonly Json[]) : [],
  );
  if (members.length === 0 || depth > 8) return [schema];
  return members.flatMap((member) => {
    if (!isObject(member)) return [{}];
    const { anyOf: _any, oneOf: _one, ...rest } = schema;
    // What stands beside the alternatives holds for each of them.
    return alternatives({ ...rest, ...member }, depth + 1);
  });
}

function step(schema: JsonObject, segment: string | number, closed: boolean): SchemaAt {
  const { type, properties, additionalProperties, items } = schema;
  if ('$ref' in schema || 'allOf' in schema || 'patternProperties' in schema) return { kind: 'any' };
  if (typeof segment === 'number') {
    if (!allows(type, 'array')) return { kind: 'none' };
    return isObject(items) ? { kind: 'some', schemas: alternatives(items) } : { kind: 'any' };
  }
  if (!allows(type, 'object')) return { kind: 'none' };
  const own = isObject(properties) && Object.hasOwn(properties, segment) ? properties[segment] : undefined;
  if (own !== undefined)
    return isObject(own) ? { kind: 'some', schemas: alternatives(own) } : { kind: 'any' };
  if (isObject(additionalProperties)) return { kind: 'some', schemas: alternatives(additionalProperties) };
  const isClosed =
    additionalProperties === false || (closed && additionalProperties === undefined && isObject(properties));
  return { kind: isClosed ? 'none' : 'any' };
}

function allows(type: Json | undefined, wanted: JsonType): boolean {
  if (type === undefined) return true;
  return Array.isArray(type) ? type.includes(wanted) : type === wanted;
}

function ownTypes(schema: JsonObject): readonly JsonType[] | undefined {
  if ('const' in schema) return [typeOfValue(schema['const'] ?? null)];
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly Json[]).map(typeOfValue);
  const { type } = schema;
  if (typeof type === 'string') return [type as JsonType];
  return Array.isArray(type) ? (type as JsonType[]) : undefined;
}

function typeOfValue(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'boolean' | 'string' | 'object';
}
