import type { Ajv, Options, ValidateFunction } from 'ajv';
import { messageOf, SluiceError } from '../../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { ParameterFault } from '../step-type.ts';
import { formats } from './formats.ts';
import { parameterFaults } from './parameter-faults.ts';

export type CheckedValue =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly faults: readonly ParameterFault[] };

/** Checks a value and fills in defaults; the value itself is left as it is. */
export type ValueCheck = (value: Json) => CheckedValue;

/**
 * Compiles a schema that `readSchema` has read. ajv is loaded on first use (about 40 ms), and its own check of the schema,
 * as costly again, is left out: `readSchema` has made a stricter one.
 */
export async function compileCheck(schema: JsonObject, what: string): Promise<ValueCheck> {
  const { Ajv } = await import('ajv');
  const validate = compile(new Ajv(ajvOptions), schema, what);
  return (value) => {
    // ajv knows no bigint, and writes defaults into what it checks.
    const copy = { value: plainCopy(value) };
    const isValid = validate(copy.value);
    if (isValid) return { ok: true, value: withBigints(copy.value, value) };
    return { ok: false, faults: parameterFaults(validate.errors ?? [], schema, value) };
  };
}

const ajvOptions: Options = {
  allErrors: true,
  useDefaults: true,
  ownProperties: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allowUnionTypes: true,
  validateSchema: false,
  meta: false,
  addUsedSchema: false,
  keywords: ['sensitive'],
  formats: Object.fromEntries(
    Object.entries(formats).map(([name, format]) => [name, (text: string) => format.test(text)]),
  ),
};

function compile(ajv: Ajv, schema: JsonObject, what: string): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new SluiceError(
      'bug',
      'SchemaNotCompiled',
      `${what}: the schema cannot be used: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

function plainCopy(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(plainCopy);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item)]));
}

/** The copy, with the bigints of the original where it has the same fields. */
function withBigints(copy: Json, original: Json | undefined): Json {
  if (original === undefined) return copy;
  if (typeof original === 'bigint') return original;
  if (Array.isArray(copy) && Array.isArray(original)) {
    return (copy as readonly Json[]).map((item, index) =>
      withBigints(item, original[index] as Json | undefined),
    );
  }
  if (!isObject(copy) || !isObject(original)) return copy;
  const own = (key: string): Json | undefined => (Object.hasOwn(original, key) ? original[key] : undefined);
  return Object.fromEntries(Object.entries(copy).map(([key, item]) => [key, withBigints(item, own(key))]));
}
