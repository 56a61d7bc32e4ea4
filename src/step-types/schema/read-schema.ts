import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { nearest } from '../nearest.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { formats } from './formats.ts';
import { allows } from './json-types.ts';

export interface SchemaFault {
  /** Inside the schema. */
  readonly path: FieldPath;
  readonly message: string;
  readonly suggestion?: string;
  /** The fault is the name of the field, not its value. */
  readonly isKey?: boolean;
}

const maxNodes = 1000;
const maxDepth = 20;
const typeNames = ['string', 'integer', 'number', 'boolean', 'object', 'array', 'null'];

/**
 * Reads a JSON Schema that a step type's author wrote, which is hostile until checked. It lists the keywords: none that
 * leads elsewhere (`$ref`), and none that can run for ever (`pattern`). An object that names its properties is closed
 * unless it says otherwise, so that a misspelt parameter is refused.
 */
export function readSchema(value: Json, report: (fault: SchemaFault) => void): JsonObject {
  return new SchemaReader(report).read(value, [], false);
}

type Check = (value: Json) => boolean;
const isCount: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isList: Check = (value) => Array.isArray(value);

/** Keywords without schemas inside, and what their values must be. */
const plainKeywords: Readonly<Record<string, readonly [Check, string]>> = {
  title: [isText, 'a string'],
  description: [isText, 'a string'],
  default: [() => true, 'a value'],
  examples: [isList, 'a list'],
  enum: [(value) => Array.isArray(value) && value.length > 0, 'a list with at least one value'],
  const: [() => true, 'a value'],
  format: [
    (value) => isText(value) && Object.hasOwn(formats, value as string),
    `one of ${Object.keys(formats).join(', ')}`,
  ],
  sensitive: [isFlag, 'a boolean'],
  minLength: [isCount, 'a whole number'],
  maxLength: [isCount, 'a whole number'],
  minimum: [isNumber, 'a number'],
  maximum: [isNumber, 'a number'],
  exclusiveMinimum: [isNumber, 'a number'],
  exclusiveMaximum: [isNumber, 'a number'],
  multipleOf: [(value) => isNumber(value) && Number(value) > 0, 'a number above 0'],
  minItems: [isCount, 'a whole number'],
  maxItems: [isCount, 'a whole number'],
  minProperties: [isCount, 'a whole number'],
  maxProperties: [isCount, 'a whole number'],
};
const nestingKeywords = ['type', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'oneOf'];
const keywords = [...Object.keys(plainKeywords), ...nestingKeywords];

const refusedKeywords: Readonly<Record<string, string>> = {
  pattern:
    'pattern is not available, because a regular expression may run for ever; use enum, format or maxLength',
  patternProperties: 'patternProperties is not available; use additionalProperties',
  $ref: '$ref is not available; write the schema in its place',
};

class SchemaReader {
  readonly #report: (fault: SchemaFault) => void;
  #nodes = 0;
  constructor(report: (fault: SchemaFault) => void) {
    this.#report = report;
  }

  /** `inBranch`: inside anyOf or oneOf, where a default would have no effect. */
  read(value: Json, path: FieldPath, inBranch: boolean): JsonObject {
    if (++this.#nodes > maxNodes || path.length > maxDepth * 2) {
      if (this.#nodes <= maxNodes || this.#nodes === maxNodes + 1) {
        this.#report({
          path,
          message: `the schema is larger than ${maxNodes} parts or deeper than ${maxDepth} levels`,
        });
      }
      return {};
    }
    if (!isObject(value)) {
      this.#report({ path, message: 'a schema must be an object, such as {type: string}' });
      return {};
    }
    const schema: Record<string, Json> = {};
    for (const [keyword, item] of Object.entries(value)) {
      const at = [...path, keyword];
      if (Object.hasOwn(plainKeywords, keyword)) this.#plain(schema, keyword, item, at);
      else if (nestingKeywords.includes(keyword)) this.#nesting(schema, keyword, item, at, inBranch);
      else this.#unknown(keyword, at);
    }
    this.#finish(schema, path, inBranch);
    return schema;
  }

  #plain(schema: Record<string, Json>, keyword: string, value: Json, path: FieldPath): void {
    const [check, wanted] = plainKeywords[keyword] ?? [isFlag, ''];
    if (!check(value)) this.#report({ path, message: `${keyword} must be ${wanted}` });
    else if (holdsBigint(value))
      this.#report({ path, message: 'a number beyond 2^53 cannot stand in a schema' });
    else schema[keyword] = value;
  }

  #nesting(
    schema: Record<string, Json>,
    keyword: string,
    value: Json,
    path: FieldPath,
    inBranch: boolean,
  ): void {
    switch (keyword) {
      case 'type':
        if (this.#isType(value, path)) schema['type'] = value;
        return;
      case 'required':
        if (Array.isArray(value) && value.every(isText)) schema['required'] = value;
        else this.#report({ path, message: 'required must be a list of names' });
        return;
      case 'properties':
        schema['properties'] = this.#properties(value, path, inBranch);
        return;
      case 'additionalProperties':
        schema[keyword] = typeof value === 'boolean' ? value : this.read(value, path, inBranch);
        return;
      case 'items':
        schema['items'] = this.read(value, path, inBranch);
        return;
      default:
        if (!Array.isArray(value) || value.length === 0) {
          this.#report({ path, message: `${keyword} must be a list of schemas` });
        } else {
          const branches = value as readonly Json[];
          schema[keyword] = branches.map((branch, index) => this.read(branch, [...path, index], true));
        }
    }
  }

  #isType(value: Json, path: FieldPath): boolean {
    const names = Array.isArray(value) ? (value as readonly Json[]) : [value];
    const wrong = names.find((name) => typeof name !== 'string' || !typeNames.includes(name));
    if (names.length > 0 && wrong === undefined && new Set(names).size === names.length) return true;
    const near = typeof wrong === 'string' ? nearest(wrong, typeNames) : undefined;
    const message = `type must be one of ${typeNames.join(', ')}, or a list of them`;
    this.#report({ path, message, ...(near === undefined ? {} : { suggestion: near }) });
    return false;
  }

  #properties(value: Json, path: FieldPath, inBranch: boolean): JsonObject {
    if (!isObject(value)) {
      this.#report({ path, message: 'properties must be an object of schemas by name' });
      return {};
    }
    const read = Object.entries(value).flatMap(([name, schema]): [string, JsonObject][] => {
      if (name !== '__proto__' && name.isWellFormed()) {
        return [[name, this.read(schema, [...path, name], inBranch)]];
      }
      this.#report({ path: [...path, name], isKey: true, message: 'a parameter cannot have this name' });
      return [];
    });
    return Object.fromEntries(read);
  }

  #unknown(keyword: string, path: FieldPath): void {
    const why = Object.hasOwn(refusedKeywords, keyword) ? refusedKeywords[keyword] : undefined;
    const near = why === undefined ? nearest(keyword, keywords) : undefined;
    const message =
      why ?? `${keyword.slice(0, 60)} is no keyword of a schema here (there are ${keywords.join(', ')})`;
    this.#report({ path, isKey: true, message, ...(near === undefined ? {} : { suggestion: near }) });
  }

  #finish(schema: Record<string, Json>, path: FieldPath, inBranch: boolean): void {
    const { properties, required, default: fallback } = schema;
    if (isObject(properties)) {
      schema['type'] ??= 'object';
      schema['additionalProperties'] ??= false;
    }
    const names = isObject(properties) ? Object.keys(properties) : [];
    for (const [index, name] of (Array.isArray(required) ? (required as readonly string[]) : []).entries()) {
      if (names.includes(name)) continue;
      const near = nearest(name, names);
      const message = `required names "${name.slice(0, 60)}", which is none of the properties`;
      this.#report({
        path: [...path, 'required', index],
        message,
        ...(near === undefined ? {} : { suggestion: near }),
      });
    }
    if (fallback === undefined) return;
    const at = [...path, 'default'];
    if (inBranch || path.length === 0) {
      this.#report({
        path: at,
        isKey: true,
        message: 'a default has no effect here; put it beside anyOf or oneOf',
      });
      delete schema['default'];
    } else if (!allows(schema, fallback)) {
      this.#report({ path: at, message: 'the default is no value that the schema allows' });
    }
  }
}

/** ajv knows numbers alone. */
function holdsBigint(value: Json): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  return (Array.isArray(value) ? (value as readonly Json[]) : Object.values(value)).some(holdsBigint);
}
