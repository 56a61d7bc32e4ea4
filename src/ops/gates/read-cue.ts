import type { JsonObject } from '../../api/json.ts';
import type { OpContext } from '../op.ts';
import { objectParam } from '../param-values.ts';
import { failed, type MeasureInputs, type Taken } from './taken.ts';

/**
 * The value of a CUE expression over `values`, `subject` and `context`. What needs a value that is not there is no value; what
 * cannot be evaluated at all is an error.
 */
export async function readCue(
  expression: string,
  atMs: number,
  { given: { parameter, runContext } }: MeasureInputs,
  context: OpContext,
): Promise<Taken> {
  const scope: JsonObject = {
    values: objectParam(parameter, 'values'),
    subject: parameter['subject'] ?? null,
    context: runContext,
  };
  const result = await context.evaluate(scope, expression);
  if (result.ok) {
    const { value } = result;
    if (typeof value === 'object' && value !== null) {
      const what = Array.isArray(value) ? 'a list' : 'an object';
      return failed(atMs, `${about(expression)} gives ${what}, not a number, a text or a boolean`);
    }
    return { sample: { atMs, values: [value] }, isFinal: false };
  }
  if (result.faults.every(({ kind }) => kind === 'incomplete'))
    return { sample: { atMs, values: [] }, isFinal: false };
  const [fault] = result.faults;
  const why = context.maskSecrets(fault?.message ?? 'it cannot be evaluated').slice(0, 200);
  return failed(atMs, `${about(expression)}: ${why}`);
}

function about(expression: string): string {
  return `CUE ${expression.replaceAll(/\s+/g, ' ').slice(0, 80)}`;
}
