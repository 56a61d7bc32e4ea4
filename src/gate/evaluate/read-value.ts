import { aggregate, type Aggregate } from '../aggregate.ts';
import type { Sample } from './gate-input.ts';

export type ReadValue =
  | { readonly kind: 'value'; readonly value: number | string | boolean }
  | { readonly kind: 'missing'; readonly why: string };

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The one value of a sample. Missing is: no series, more than one without an aggregate, null, NaN, an infinity, text that is no
 * number, and what was measured before the window began. `asNumber` is false where only CUE looks at it: then any text or
 * boolean is a value.
 */
export function readValue(
  sample: Sample,
  how: Aggregate | undefined,
  asNumber: boolean,
  fromMs: number | undefined,
): ReadValue {
  if (!Number.isFinite(sample.atMs)) return missing('it is not known when it was measured');
  if (fromMs !== undefined && sample.atMs < fromMs) return missing('it was measured before the window began');
  const { values } = sample;
  if (values.length === 0) return missing('there is no data');
  if (how !== undefined) return aggregated(values, how);
  if (values.length > 1)
    return missing(`there are ${values.length} series, and no aggregate says how they become one`);
  const [value] = values;
  if (!asNumber && (typeof value === 'string' || typeof value === 'boolean')) return { kind: 'value', value };
  const number = numberOf(value);
  return typeof number === 'number' ? { kind: 'value', value: number } : missing(number.why);
}

/** One series that has no number leaves the whole without one: the others may be the healthy ones. */
function aggregated(values: readonly unknown[], how: Aggregate): ReadValue {
  const numbers: number[] = [];
  for (const each of values) {
    const number = numberOf(each);
    if (typeof number !== 'number') return missing(`one of ${values.length} series: ${number.why}`);
    numbers.push(number);
  }
  const value = aggregate(numbers, how);
  return value === undefined ? missing(`${how} of the series is no number`) : { kind: 'value', value };
}

function numberOf(value: unknown): number | { readonly why: string } {
  if (value === null || value === undefined) return { why: 'the value is null' };
  if (typeof value === 'bigint') return numberOf(Number(value));
  if (typeof value === 'number') return Number.isFinite(value) ? value : { why: `the value is ${value}` };
  if (typeof value !== 'string') return { why: `the value is a ${typeof value}, not a number` };
  const number = decimal.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : { why: `"${value.slice(0, 40)}" is not a finite number` };
}

function missing(why: string): ReadValue {
  return { kind: 'missing', why };
}
