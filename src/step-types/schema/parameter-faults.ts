import type { ErrorObject } from 'ajv';
import { formatFieldPath, lookUp } from '../../api/field-path.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { kindOf, withArticle } from '../expression/json-kind.ts';
import { nearest } from '../nearest.ts';
import type { ParameterFault } from '../step-type.ts';
import { formats } from './formats.ts';

type Path = readonly (string | number)[];
const kept = 50;

/** What ajv found, in words for the author of a run: the parameter, what was expected, what it is. */
export function parameterFaults(
  errors: readonly ErrorObject[],
  schema: JsonObject,
  value: Json,
): readonly ParameterFault[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  // What is wrong with each of the forms that a value may have says less than that it has none of them.
  const own = errors.filter(
    (error) =>
      !choices.some((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`)),
  );
  const faults = new Map<string, ParameterFault>();
  for (const error of own.slice(0, kept)) {
    const fault = faultOf(error, schema, value);
    faults.set(`${formatFieldPath(fault.path)} ${fault.message}`, fault);
  }
  return [...faults.values()];
}

function faultOf(error: ErrorObject, schema: JsonObject, root: Json): ParameterFault {
  const path = pathOf(error.instancePath, root);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required': {
      const missing = [...path, String(params['missingProperty'])];
      return {
        path: missing,
        code: 'MissingParameter',
        message: `parameter ${formatFieldPath(missing)} is missing`,
      };
    }
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const unknown = [...path, name];
      const near = nearest(name, propertiesAt(schema, error.schemaPath));
      const message = `parameter ${formatFieldPath(unknown).slice(0, 200)} does not exist`;
      return {
        path: unknown,
        code: 'UnknownParameter',
        message,
        ...(near === undefined ? {} : { suggestion: near }),
      };
    }
    default:
      return { path, code: 'InvalidParameter', ...invalid(error, params, path, schema, root) };
  }
}

function invalid(
  error: ErrorObject,
  params: Readonly<Record<string, unknown>>,
  path: Path,
  schema: JsonObject,
  root: Json,
): Pick<ParameterFault, 'message' | 'suggestion'> {
  const value = lookUp(root, path) ?? null;
  const name = path.length === 0 ? 'the properties' : `parameter ${formatFieldPath(path)}`;
  const got = isSensitive(schema, error.schemaPath) ? withArticle(kindOf(value)) : shown(value);
  const must = (expected: string): { message: string } => ({
    message: `${name} must be ${expected}, got ${got}`,
  });
  switch (error.keyword) {
    case 'type':
      return must(typeWords(params['type']));
    case 'enum': {
      const allowed = params['allowedValues'] as readonly Json[];
      const near =
        typeof value === 'string'
          ? nearest(
              value,
              allowed.filter((item) => typeof item === 'string'),
            )
          : undefined;
      return {
        ...must(`one of ${allowed.map(plain).join(', ')}`),
        ...(near === undefined ? {} : { suggestion: near }),
      };
    }
    case 'const':
      return must(plain(params['allowedValue'] as Json));
    case 'format':
      return must(formats[String(params['format'])]?.words ?? 'well formed');
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return must(`${comparisons[String(params['comparison'])] ?? ''} ${String(params['limit'])}`);
    case 'minLength':
    case 'maxLength':
      if (params['limit'] === 1 && value === '') return { message: `${name} must not be empty` };
      return must(`${count(error.keyword)} ${String(params['limit'])} characters long`);
    case 'minItems':
    case 'maxItems':
      if (params['limit'] === 1 && error.keyword === 'minItems')
        return { message: `${name} must not be empty` };
      return { message: `${name} must have ${count(error.keyword)} ${String(params['limit'])} items` };
    case 'minProperties':
    case 'maxProperties':
      return { message: `${name} ${fieldCount(error, params, schema)}` };
    case 'anyOf':
    case 'oneOf':
      return { message: `${name} has none of the forms that are allowed` };
    default:
      return { message: `${name} ${error.message ?? 'is wrong'}` };
  }
}

const comparisons: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '>': 'above',
  '<=': 'at most',
  '<': 'below',
};

function count(keyword: string): string {
  return keyword.startsWith('min') ? 'at least' : 'at most';
}

/** An object with exactly one field of several is how a choice is written. */
function fieldCount(
  error: ErrorObject,
  params: Readonly<Record<string, unknown>>,
  schema: JsonObject,
): string {
  const parent = schemaAt(schema, error.schemaPath);
  const names = propertiesAt(schema, error.schemaPath);
  if (parent['minProperties'] === 1 && parent['maxProperties'] === 1 && names.length > 1) {
    return `needs exactly one of ${names.join(', ')}`;
  }
  return `must have ${count(error.keyword)} ${String(params['limit'])} fields`;
}

function typeWords(type: unknown): string {
  const names = Array.isArray(type) ? type.map(String) : String(type).split(',');
  const words = names.map((name) => typeNames[name] ?? name);
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function shown(value: Json): string {
  if (typeof value === 'object') return withArticle(kindOf(value));
  return typeof value === 'string' ? `the string ${plain(value)}` : plain(value);
}

function plain(value: Json): string {
  const text = stringifyJson(typeof value === 'string' ? value.slice(0, 80) : value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** ajv joins the path with slashes; whether a number is a position is for the value to say. */
function pathOf(instancePath: string, root: Json): Path {
  const path: (string | number)[] = [];
  for (const part of instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(lookUp(root, path)) ? Number(key) : key);
  }
  return path;
}

/** The schema that holds the keyword of which `schemaPath` tells, such as `#/properties/prompt/properties/type/enum`. */
function schemaAt(schema: JsonObject, schemaPath: string): JsonObject {
  let found: Json | undefined = schema;
  for (const part of schemaPath.split('/').slice(1, -1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = found[Number(key)] as Json | undefined;
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isObject(found) ? found : {};
}

function propertiesAt(schema: JsonObject, schemaPath: string): readonly string[] {
  const { properties } = schemaAt(schema, schemaPath);
  return isObject(properties) ? Object.keys(properties) : [];
}

function isSensitive(schema: JsonObject, schemaPath: string): boolean {
  const parts = schemaPath.split('/');
  return parts.some(
    (_, index) => schemaAt(schema, parts.slice(0, index + 1).join('/'))['sensitive'] === true,
  );
}
