import type { ValidateFunction } from 'ajv';
import type { Json } from '../../api/json.ts';

/** What is wrong with a value by a JSON Schema: places and rules, never values. Empty when nothing is. */
export type SchemaCheck = (value: Json) => readonly string[];

const shown = 5;

/** Compiles a schema of ours. Throws Error when it is none. */
export async function compileSchema(schema: object): Promise<SchemaCheck> {
  const { Ajv } = await import('ajv');
  const validate: ValidateFunction = new Ajv({
    strict: false,
    allErrors: true,
    validateFormats: false,
  }).compile(schema);
  return (value) => {
    if (validate(value)) return [];
    const faults = (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message}`,
    );
    return [...new Set(faults)].slice(0, shown);
  };
}
