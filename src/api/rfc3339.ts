/** Milliseconds of a time in RFC 3339 with its offset; undefined for anything else, also for the 30th of February. */
export function parseTime(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day] = match.map(Number);
  const isDay = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day)).getUTCDate() === day;
  const ms = Date.parse(text.toUpperCase());
  return isDay && Number.isFinite(ms) ? ms : undefined;
}
