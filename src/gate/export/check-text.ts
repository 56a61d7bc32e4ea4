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

/** What the check says, after why and how long it is muted; its condition, which stands beside it, is not said again. */
export function saysText({ muted, message, condition }: Check): string {
  const says = condition === null ? message : message.replaceAll(`${condition} `, '');
  return muted === null ? says : `muted until ${muted.until}: ${muted.why}; ${says}`;
}
