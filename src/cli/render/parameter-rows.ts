import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { cleanLine } from '../terminal/clean-text.ts';

export interface ParameterRow {
  /** Dotted; `[]` marks the items of a list, `<key>` the values of a map. */
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly defaultText: string;
}

const deepest = 6;

/** One row a parameter, those of nested objects dotted below their parent. */
export function parameterRows(schema: JsonObject): readonly ParameterRow[] {
  return rowsBelow(schema, '', 0);
}

function rowsBelow(schema: JsonObject, prefix: string, depth: number): readonly ParameterRow[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required: readonly Json[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).flatMap(([key, value]) => {
    const property = isObject(value) ? value : {};
    // `+ignore` of a CUE template: for machines.
    if (property['ignore'] === true) return [];
    const name = `${prefix}${key}`;
    const row = parameterRow(name, property, required.includes(key));
    return depth < deepest ? [row, ...nestedRows(property, name, depth + 1)] : [row];
  });
}

function nestedRows(schema: JsonObject, name: string, depth: number): readonly ParameterRow[] {
  const rows = [...rowsBelow(schema, `${name}.`, depth)];
  if (isObject(schema['items'])) rows.push(...rowsBelow(schema['items'], `${name}[].`, depth));
  if (isObject(schema['additionalProperties']))
    rows.push(...rowsBelow(schema['additionalProperties'], `${name}.<key>.`, depth));
  for (const choice of choices(schema)) rows.push(...rowsBelow(choice, `${name}.`, depth));
  // Alternatives may name the same field: it is shown once.
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.name) && seen.add(row.name));
}

function parameterRow(name: string, schema: JsonObject, isRequired: boolean): ParameterRow {
  const { description, default: value } = schema;
  return {
    name,
    description: typeof description === 'string' ? cleanLine(description) : '',
    type: typeText(schema),
    isRequired,
    defaultText: value === undefined ? '' : stringifyJson(value),
  };
}

/** `string`, `[]int`, `map[string]string`, `"a" | "b"`. */
export function typeText(schema: JsonObject): string {
  const { type, enum: values, const: only, items, additionalProperties } = schema;
  const suffix = schema['sensitive'] === true ? ' (sensitive)' : '';
  if (only !== undefined) return stringifyJson(only) + suffix;
  if (Array.isArray(values)) return values.map((value: Json) => stringifyJson(value)).join(' | ') + suffix;
  const alternatives = choices(schema).map((choice) => typeText(choice));
  if (type === undefined && alternatives.length > 0) return [...new Set(alternatives)].join(' | ') + suffix;
  if (Array.isArray(type)) return type.join(' | ') + suffix;
  if (type === 'array') return `[]${isObject(items) ? typeText(items) : 'any'}`;
  const isMap = type === 'object' && isObject(additionalProperties) && !isObject(schema['properties']);
  if (isMap) return `map[string]${typeText(additionalProperties)}`;
  return `${typeof type === 'string' ? type : 'any'}${suffix}`;
}

function choices(schema: JsonObject): readonly JsonObject[] {
  const { oneOf, anyOf } = schema;
  return [oneOf, anyOf].flatMap((list) => (Array.isArray(list) ? list.filter((item) => isObject(item)) : []));
}
