import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { nearest } from '../../step-types/nearest.ts';
import { parseQuantity } from '../memory/admission/quantity.ts';
import { resolveSchema, type KindSchema, type OpenApiSchema } from './schema.ts';

/** One thing that an API server would refuse, or silently drop. Values are never part of it. */
export interface SchemaFault {
  /** Such as `spec.template.spec.containers[0].ports[0].containerPort`. */
  readonly path: string;
  readonly code: 'UnknownField' | 'WrongType' | 'MissingField' | 'NotOneOf' | 'BadFormat';
  readonly message: string;
  /** Of an unknown field: the one that was likely meant. */
  readonly suggestion?: string;
}

/** All faults of an object, field by field. A field that is null counts as left out, as it does for an API server. */
export function validateObject(object: JsonObject, kind: KindSchema): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  check(object, kind.schema, '', { kind, faults });
  return faults;
}

interface Checking {
  readonly kind: KindSchema;
  readonly faults: SchemaFault[];
}

const quantityName = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

function check(value: Json, given: OpenApiSchema, path: string, checking: Checking): void {
  const schema = resolveSchema(given, checking.kind);
  if (isQuantity(given)) return checkQuantity(value, path, checking);
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) {
    if (!isWholeNumber(value) && typeof value !== 'string')
      checking.faults.push(wrongType(path, 'a whole number or a text', value));
    return;
  }
  if (schema.oneOf !== undefined) return;
  const wanted = typeWords[schema.type ?? ''];
  if (wanted !== undefined && !wanted.fits(value)) {
    checking.faults.push(wrongType(path, wanted.words, value));
    return;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    checkEnum(schema.enum, value, path, checking);
  checkFormat(value, schema, path, checking);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined)
      (value as readonly Json[]).forEach((item, index) => check(item, items, `${path}[${index}]`, checking));
  } else if (isObject(value)) checkFields(value, schema, path, checking);
}

function checkFields(value: JsonObject, schema: OpenApiSchema, path: string, checking: Checking): void {
  const { properties = {}, required = [], additionalProperties } = schema;
  for (const name of required) {
    if ((value[name] ?? null) === null)
      checking.faults.push({
        path: join(path, name),
        code: 'MissingField',
        message: 'is required and not there',
      });
  }
  for (const [name, item] of Object.entries(value)) {
    if (item === null) continue;
    const field = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (field !== undefined) check(item, field, join(path, name), checking);
    else if (typeof additionalProperties === 'object')
      check(item, additionalProperties, join(path, name), checking);
    else if (!isOpen(schema)) checking.faults.push(unknownField(name, path, Object.keys(properties)));
  }
}

/** Schemas without fields, such as that of a raw extension, and those that say so, take any. */
function isOpen(schema: OpenApiSchema): boolean {
  return (
    schema.properties === undefined ||
    schema.additionalProperties === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['x-kubernetes-embedded-resource'] === true
  );
}

function unknownField(name: string, path: string, known: readonly string[]): SchemaFault {
  const suggestion = nearest(name, known);
  return {
    path: join(path, name),
    code: 'UnknownField',
    message: 'is no field that the API knows',
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

const typeWords: Readonly<
  Record<string, { readonly words: string; readonly fits: (value: Json) => boolean }>
> = {
  string: { words: 'a text', fits: (value) => typeof value === 'string' },
  integer: { words: 'a whole number', fits: isWholeNumber },
  number: { words: 'a number', fits: (value) => typeof value === 'number' || typeof value === 'bigint' },
  boolean: { words: 'true or false', fits: (value) => typeof value === 'boolean' },
  array: { words: 'a list', fits: (value) => Array.isArray(value) },
  object: { words: 'an object', fits: isObject },
};

function isWholeNumber(value: Json): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function wrongType(path: string, words: string, value: Json): SchemaFault {
  const found = Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : `a ${typeof value}`;
  return { path, code: 'WrongType', message: `must be ${words}, and is ${found}` };
}

function checkEnum(allowed: readonly Json[], value: Json, path: string, { faults }: Checking): void {
  const texts = allowed.filter((each) => typeof each === 'string' && each !== '') as readonly string[];
  const suggestion = typeof value === 'string' ? nearest(value, texts) : undefined;
  faults.push({
    path,
    code: 'NotOneOf',
    message: `must be one of ${texts.slice(0, 20).join(', ')}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function isQuantity({ $ref, allOf }: OpenApiSchema): boolean {
  return ($ref ?? allOf?.[0]?.$ref)?.endsWith(quantityName) === true;
}

function checkQuantity(value: Json, path: string, { faults }: Checking): void {
  if (typeof value === 'number' || typeof value === 'bigint') return;
  if (typeof value !== 'string') faults.push(wrongType(path, 'a quantity such as 500m or 1Gi', value));
  else if (parseQuantity(value) === undefined)
    faults.push({ path, code: 'BadFormat', message: 'must be a quantity such as 500m or 1Gi' });
}

const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function checkFormat(value: Json, { format }: OpenApiSchema, path: string, { faults }: Checking): void {
  const fault = (message: string): void => void faults.push({ path, code: 'BadFormat', message });
  if (typeof value === 'string') {
    if (format === 'date-time' && !dateTime.test(value)) fault('must be a time such as 2026-01-02T03:04:05Z');
    // An API server ignores line feeds within.
    if (format === 'byte' && !base64.test(value.replaceAll(/[\r\n]/g, ''))) fault('must be base64');
  } else if (format === 'int32' && (value as number) !== Number(value) >> 0 && isWholeNumber(value))
    fault('is too large a number');
}

function join(path: string, name: string): string {
  const field = /^[A-Za-z_$][\w$-]*$/.test(name) ? name : `[${JSON.stringify(name.slice(0, 100))}]`;
  if (path === '') return field;
  return field.startsWith('[') ? `${path}${field}` : `${path}.${field}`;
}
