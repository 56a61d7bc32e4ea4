import { Ajv, type ErrorObject } from 'ajv';
import type { JsonObject } from '../../api/json.ts';
import { parseImage } from '../../analyze/image-reference.ts';
import type { Variables } from './procedure.ts';

export type CheckedVariables =
  | { readonly ok: true; readonly variables: Variables }
  /** Such as `port must be <= 65535`; values are never part of it. */
  | { readonly ok: false; readonly faults: readonly string[] };

/** Checks values, wherever they are from, and fills in defaults. */
export function checkVariables(
  schema: JsonObject,
  given: JsonObject,
  { useDefaults = true }: { readonly useDefaults?: boolean } = {},
): CheckedVariables {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    useDefaults,
    meta: false,
    validateSchema: false,
  });
  const variables = structuredClone(given);
  const validate = ajv.compile(schema);
  const faults = validate(variables) ? [] : (validate.errors ?? []).map(faultText);
  const { image } = variables;
  const parsed = typeof image === 'string' ? parseImage(image) : undefined;
  if (parsed?.kind === 'malformed') faults.push(`image is no image name: ${parsed.reason}`);
  return faults.length === 0
    ? { ok: true, variables }
    : { ok: false, faults: [...new Set(faults)].slice(0, 10) };
}

function faultText({ instancePath, keyword, params, message = 'is wrong' }: ErrorObject): string {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const details = params as {
    additionalProperty?: string;
    missingProperty?: string;
    allowedValues?: unknown[];
  };
  if (keyword === 'additionalProperties') return `${details.additionalProperty ?? ''} is no variable of it`;
  if (keyword === 'required') return `${details.missingProperty ?? ''} is missing`;
  const allowed = keyword === 'enum' ? ` (${(details.allowedValues ?? []).join(', ')})` : '';
  return `${path === '' ? 'the variables' : path} ${message}${allowed}`;
}
