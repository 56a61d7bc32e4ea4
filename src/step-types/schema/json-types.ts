import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { kindOf, type JsonKind } from '../expression/json-kind.ts';

const kindOfType: Readonly<Record<string, JsonKind>> = {
  null: 'null',
  boolean: 'boolean',
  number: 'number',
  integer: 'number',
  string: 'string',
  array: 'list',
  object: 'object',
};

/** The kinds of values that a schema allows; undefined when it does not say. */
export function kindsOf(schema: JsonObject): ReadonlySet<JsonKind> | undefined {
  const type = schema['type'];
  const types =
    typeof type === 'string' ? [type] : Array.isArray(type) ? (type as readonly Json[]) : undefined;
  if (types !== undefined)
    return new Set(types.flatMap((name) => (typeof name === 'string' ? (kindOfType[name] ?? []) : [])));
  const values = valuesOf(schema);
  if (values !== undefined) return new Set(values.map(kindOf));
  const branches = branchesOf(schema);
  if (branches === undefined) return undefined;
  const kinds = branches.map(kindsOf);
  if (kinds.includes(undefined)) return undefined;
  return new Set(kinds.flatMap((each) => [...(each ?? [])]));
}

/** The only values that a schema allows; undefined when it names none. */
export function valuesOf(schema: JsonObject): readonly Json[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? (schema['enum'] as readonly Json[]) : undefined;
}

/** The schemas of which one applies. */
export function branchesOf(schema: JsonObject): readonly JsonObject[] | undefined {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(branches) ? (branches as readonly Json[]).filter(isObject) : undefined;
}

/** Whether no value can meet both; false where it cannot be known. */
export function areApart(a: JsonObject, b: JsonObject): boolean {
  const [left, right] = [kindsOf(a), kindsOf(b)];
  return left !== undefined && right !== undefined && [...left].every((kind) => !right.has(kind));
}

/** Whether the value is of a kind, and one of the values, that the schema allows. */
export function allows(schema: JsonObject, value: Json): boolean {
  const values = valuesOf(schema);
  if (values !== undefined && !values.includes(value)) return false;
  const kinds = kindsOf(schema);
  if (kinds !== undefined && !kinds.has(kindOf(value))) return false;
  return schema['type'] !== 'integer' || typeof value === 'bigint' || Number.isInteger(value);
}
