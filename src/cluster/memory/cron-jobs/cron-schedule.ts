import { Cron } from 'croner';

/** Times of a schedule, in ms since 1970. */
export interface CronSchedule {
  /** The first time after this one; Infinity: none. */
  after(ms: number): number;
  /** The last time in (from, to]; undefined: there is none. */
  lastIn(fromMs: number, toMs: number): number | undefined;
}

const macros = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
/** What Kubernetes reads in one of the five fields; the library reads more. */
const part = String.raw`(?:[*?]|\d{1,2}|[A-Za-z]{3})(?:-(?:\d{1,2}|[A-Za-z]{3}))?(?:\/\d{1,2})?`;
const field = new RegExp(`^${part}(?:,${part})*$`);

/** Reads `spec.schedule` and `spec.timeZone` of a CronJob; UTC without a zone. A text says what is wrong. */
export function readSchedule(schedule: string, timeZone: string): CronSchedule | string {
  const text = schedule.trim();
  if (/^(?:CRON_)?TZ=/.test(text)) return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  if (text.startsWith('@every')) return 'an in-memory cluster reads no @every; write the five fields';
  const fields = text.split(/\s+/);
  const isRead = macros.includes(text) || (fields.length === 5 && fields.every((each) => field.test(each)));
  if (!isRead) return `expected exactly 5 fields or one of ${macros.join(', ')}`;
  try {
    // An offset is quicker to reckon with than a zone.
    const zone = timeZone === '' ? { utcOffset: 0 } : { timezone: timeZone };
    return timesOf(new Cron(text.replaceAll('?', '*'), { ...zone, sloppyRanges: true, mode: '5-part' }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function timesOf(cron: Cron): CronSchedule {
  const after = (ms: number): number => cron.nextRun(new Date(ms))?.getTime() ?? Infinity;
  return {
    after,
    lastIn(fromMs, toMs) {
      const first = after(fromMs);
      if (first > toMs) return undefined;
      // What is asked for is what comes before the next full second.
      const [last] = cron.previousRuns(1, new Date(Math.floor(toMs / 1000) * 1000 + 1000));
      return last === undefined || last.getTime() < first ? first : last.getTime();
    },
  };
}
