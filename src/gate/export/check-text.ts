import type { Check } from '../verdict.ts';

const worstFirst: readonly Check['result'][] = [
  'fail',
  'error',
  'missing',
  'unknown',
  'warn',
  'pass',
  'info',
];

export function bySeverity(a: Check, b: Check): number {
  return worstFirst.indexOf(a.result) - worstFirst.indexOf(b.result);
}

/** The value with its unit; '' where there is none. */
export function valueText({ value, unit }: Check): string {
  return value === null ? '' : `${value}${unit === null ? '' : ` ${unit}`}`;
}

/** What the check says, after why and how long it is muted. */
export function saysText({ muted, message }: Check): string {
  return muted === null ? message : `muted until ${muted.until}: ${muted.why}; ${message}`;
}
