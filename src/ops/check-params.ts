import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonObject } from '../api/json.ts';
import type { OpSpec } from '../api/op-spec.ts';

/** Faults of an op's params, as `request.timeout must be string`; empty when there are none. Values are never part of it. */
export type ParamsCheck = (spec: OpSpec, params: JsonObject) => readonly string[];

/** Makes a check that compiles the schema of each op when it is first used. */
export function createParamsCheck(): ParamsCheck {
  const compiled = new Map<OpSpec, ValidateFunction>();
  let ajv: Ajv | undefined;
  return (spec, params) => {
    ajv ??= new Ajv({
      allErrors: true,
      strict: true,
      strictTypes: false,
      keywords: ['sensitive'],
      // Our own schemas: `strict` finds what is wrong with them, and compiling the schema of schemas takes a tenth of a second.
      meta: false,
      validateSchema: false,
    });
    const validate = compiled.get(spec) ?? ajv.compile(spec.params);
    compiled.set(spec, validate);
    return validate(params) ? [] : [...new Set((validate.errors ?? []).map(faultText))].slice(0, 5);
  };
}

function faultText(error: ErrorObject): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'additionalProperties') {
    const { additionalProperty } = error.params as { additionalProperty: string };
    return `${path === '' ? '' : `${path}.`}${additionalProperty} is not a parameter`;
  }
  if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return `${path === '' ? '' : `${path}.`}${missingProperty} is missing`;
  }
  const allowed =
    error.keyword === 'enum'
      ? ` (${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')})`
      : '';
  return `${path === '' ? 'the parameters' : path} ${error.message ?? 'are wrong'}${allowed}`;
}
