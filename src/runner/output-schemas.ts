import type { Json, JsonObject } from '../api/json.ts';
import type { Evaluated } from '../expr/expression.ts';

/** Checks a value against the JSON Schema that an output declares. */
export interface OutputSchemas {
  check(schema: JsonObject, value: Json): Promise<Evaluated>;
}

/** Compiles each schema once. ajv is loaded on first use: most runs declare no schema. */
export function openOutputSchemas(): OutputSchemas {
  const compiled = new Map<JsonObject, ReturnType<typeof compile>>();
  return {
    async check(schema, value) {
      const known = compiled.get(schema);
      const validator = known ?? compile(schema);
      if (known === undefined) compiled.set(schema, validator);
      const problem = (await validator)(value);
      if (problem === undefined) return { ok: true, value };
      return {
        ok: false,
        faults: [{ kind: 'evaluation', message: `the value does not meet its schema: ${problem}` }],
      };
    },
  };
}

async function compile(schema: JsonObject): Promise<(value: Json) => string | undefined> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true, strict: false });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'value' }));
}
