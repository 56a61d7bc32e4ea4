import { parseQuantity } from '../../../cluster/memory/admission/quantity.ts';
import { fieldAt } from '../../json-fields.ts';

const gibibyte = 2 ** 30;

/** The quantity of storage at this place, if it is below 1 GiB. */
export function smallSize(value: unknown, ...path: readonly string[]): string | undefined {
  const size = fieldAt(value, ...path);
  const text = typeof size === 'number' || typeof size === 'string' ? String(size) : '';
  const bytes = parseQuantity(text);
  return bytes === undefined || bytes >= gibibyte ? undefined : text;
}
