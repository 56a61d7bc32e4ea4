import type { Json } from '../../api/json.ts';
import { durationAt, textAt } from '../policy/loose-reading.ts';
import type { AddFault, Path } from '../policy/policy-fault.ts';
import { isZone } from './zone.ts';

/** The part of RFC 5545 that needs no start date: which local days, and at which times of day. */
export interface Recurrence {
  readonly months: readonly number[] | undefined;
  readonly monthDays: readonly number[] | undefined;
  readonly days: readonly WeekDay[] | undefined;
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly untilMs: number | undefined;
}

interface WeekDay {
  /** 0 is Sunday. */
  readonly day: number;
  /** 2 is the second of the month, -1 the last; 0 every one. */
  readonly nth: number;
}

const dayNames = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const known = ['FREQ', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYHOUR', 'BYMINUTE', 'UNTIL', 'WKST'];
const mostStarts = 48;
const longestMs = 31 * 24 * 3_600_000;

/** A message where the rule cannot be used: a rule that is half understood would leave the gate open. */
export function parseRecurrence(rule: string): Recurrence | string {
  const parts = new Map<string, string>();
  for (const each of rule.replace(/^RRULE:/i, '').split(';')) {
    const [name = '', value] = each.toUpperCase().split('=', 2);
    if (value === undefined || value === '') return `"${each.slice(0, 40)}" is no NAME=VALUE`;
    if (!known.includes(name)) return `${name.slice(0, 40)} is not supported`;
    if (parts.has(name)) return `${name} is given twice`;
    parts.set(name, value);
  }
  const numbers = (name: string, low: number, high: number): readonly number[] | undefined | string => {
    const text = parts.get(name);
    if (text === undefined) return undefined;
    const list = text.split(',').map((each) => (/^[+-]?\d{1,3}$/.test(each) ? Number(each) : Number.NaN));
    return list.every((each) => each >= low && each <= high && !(name === 'BYMONTHDAY' && each === 0))
      ? list
      : `${name}=${text.slice(0, 40)} is out of range`;
  };
  const [months, monthDays, hours, minutes] = [
    numbers('BYMONTH', 1, 12),
    numbers('BYMONTHDAY', -31, 31),
    numbers('BYHOUR', 0, 23),
    numbers('BYMINUTE', 0, 59),
  ];
  for (const each of [months, monthDays, hours, minutes]) if (typeof each === 'string') return each;
  const days = readDays(parts.get('BYDAY'));
  if (typeof days === 'string') return days;
  const untilMs = readUntil(parts.get('UNTIL'));
  if (typeof untilMs === 'string') return untilMs;
  const read: Recurrence = {
    months: months as readonly number[] | undefined,
    monthDays: monthDays as readonly number[] | undefined,
    days,
    hours: (hours as readonly number[] | undefined) ?? [0],
    minutes: (minutes as readonly number[] | undefined) ?? [0],
    untilMs,
  };
  if (read.hours.length * read.minutes.length > mostStarts)
    return `it starts more than ${mostStarts} times a day`;
  return frequencyFault(parts.get('FREQ'), read) ?? read;
}

/** Whether the rule names this local day. */
export function isDayOf(rule: Recurrence, year: number, month: number, day: number): boolean {
  const weekDay = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const nth = Math.ceil(day / 7);
  const fromEnd = -Math.ceil((length - day + 1) / 7);
  return (
    (rule.months?.includes(month) ?? true) &&
    (rule.monthDays?.some((each) => each === day || each === day - length - 1) ?? true) &&
    (rule.days?.some(
      (each) => each.day === weekDay && (each.nth === 0 || each.nth === nth || each.nth === fromEnd),
    ) ??
      true)
  );
}

/** What is wrong with one window of `freeze`. */
export function checkFreezeWindow(window: Json, path: Path, add: AddFault): void {
  const rule = textAt(window, 'rrule');
  const parsed = rule === undefined ? undefined : parseRecurrence(rule);
  if (typeof parsed === 'string') add([...path, 'rrule'], 'BadRecurrence', parsed);
  const zone = textAt(window, 'tz');
  if (zone !== undefined && !isZone(zone))
    add([...path, 'tz'], 'UnknownTimeZone', `"${zone.slice(0, 60)}" is no time zone`);
  const durationMs = durationAt(window, 'duration');
  if (durationMs !== undefined && (durationMs <= 0 || durationMs > longestMs))
    add([...path, 'duration'], 'BadDuration', 'a window lasts longer than nothing and at most 31 days');
}

function readDays(text: string | undefined): readonly WeekDay[] | undefined | string {
  if (text === undefined) return undefined;
  const days: WeekDay[] = [];
  for (const each of text.split(',')) {
    const match = /^([+-]?[1-5])?(SU|MO|TU|WE|TH|FR|SA)$/.exec(each);
    if (match === null) return `BYDAY=${text.slice(0, 40)} names no days`;
    days.push({ day: dayNames.indexOf(match[2] ?? ''), nth: Number(match[1] ?? 0) });
  }
  return days;
}

function readUntil(text: string | undefined): number | undefined | string {
  if (text === undefined) return undefined;
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return 'UNTIL must be a time in UTC such as 20270131T000000Z';
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/** Without a start date, a rule must itself say the days that its frequency leaves open. */
function frequencyFault(frequency: string | undefined, rule: Recurrence): string | undefined {
  const { months, monthDays, days } = rule;
  const hasOrdinal = days?.some(({ nth }) => nth !== 0) ?? false;
  switch (frequency ?? '') {
    case 'DAILY':
      return hasOrdinal ? 'FREQ=DAILY takes no counted days in BYDAY' : undefined;
    case 'WEEKLY':
      if (hasOrdinal || monthDays !== undefined)
        return 'FREQ=WEEKLY takes neither counted days nor BYMONTHDAY';
      return days === undefined ? 'FREQ=WEEKLY needs BYDAY' : undefined;
    case 'MONTHLY':
      return days === undefined && monthDays === undefined
        ? 'FREQ=MONTHLY needs BYMONTHDAY or BYDAY'
        : undefined;
    case 'YEARLY':
      return months === undefined || (days === undefined && monthDays === undefined)
        ? 'FREQ=YEARLY needs BYMONTH, and BYMONTHDAY or BYDAY'
        : undefined;
    default:
      return frequency === undefined ? 'FREQ is missing' : 'FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY';
  }
}
