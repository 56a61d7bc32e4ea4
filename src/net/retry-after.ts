/**
 * What a `Retry-After` header asks for, in ms: seconds, or a date counted from the answer's own `Date` header, so that
 * two clocks need not agree. Undefined when there is none, or it is neither.
 */
export function retryAfterMs(headers: Readonly<Record<string, readonly string[]>>): number | undefined {
  const value = headers['retry-after']?.[0]?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Without a letter it is no HTTP date, though Date.parse would make one of `1.5` or `-3`.
  const until = /[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN;
  const from = Date.parse(headers['date']?.[0] ?? '');
  return Number.isNaN(until) || Number.isNaN(from) ? undefined : Math.max(0, until - from);
}
