import type { ValueRule } from './value-rules.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const clock = '(?: at (\\d{1,2})(?::(\\d\\d))? ?(am|pm)?)';

/** Times that have one meaning. `every 7 minutes` has none in cron, and `nightly` none at all, so they are asked about. */
export const scheduleRules: readonly ValueRule[] = [
  {
    pattern: /["'`](@[a-z]+|(?:[-\d*/,]+ ){2}[-\w*/,]+ [-\w*/,]+ [-\w*/,]+)["'`]/i,
    read: ([, schedule = '']) => ({ schedule }),
  },
  {
    pattern: /\bevery (\d+) ?min(?:ute)?s?\b/i,
    read: ([, count]) => every(Number(count), 60, (step) => `*/${step} * * * *`),
  },
  {
    pattern: /\bevery (\d+) ?h(?:ou)?rs?\b/i,
    read: ([, count]) => every(Number(count), 24, (step) => `0 */${step} * * *`),
  },
  { pattern: /\bevery minute\b/i, read: () => ({ schedule: '* * * * *' }) },
  { pattern: /\b(?:hourly|every hour)\b/i, read: () => ({ schedule: '@hourly' }) },
  {
    pattern: new RegExp(`\\b(?:daily|every (?:day|night|morning))${clock}(?![\\d:])`, 'i'),
    read: (match) => at(match.slice(1), '*'),
  },
  { pattern: /\bdaily\b(?! at)/i, read: () => ({ schedule: '@daily' }) },
  {
    pattern: new RegExp(`\\b(?:every|on) (${weekdays.join('|')})s?${clock}(?![\\d:])`, 'i'),
    read: ([, day = '', ...time]) => at(time, String(weekdays.indexOf(day.toLowerCase()))),
  },
  { pattern: /\bweekly\b(?! at| on)/i, read: () => ({ schedule: '@weekly' }) },
];

function every(count: number, whole: number, text: (step: number) => string): ReturnType<ValueRule['read']> {
  return count > 0 && count < whole && whole % count === 0 ? { schedule: text(count) } : {};
}

function at(
  [hours = '', minutes = '0', half]: readonly (string | undefined)[],
  day: string,
): ReturnType<ValueRule['read']> {
  const written = Number(hours);
  if (half !== undefined && (written < 1 || written > 12)) return {};
  const hour = half === undefined ? written : (written % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return hour < 24 && Number(minutes) < 60 ? { schedule: `${Number(minutes)} ${hour} * * ${day}` } : {};
}
