import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freezeAt } from '../../src/gate/freeze/frozen.ts';
import { parseRecurrence } from '../../src/gate/freeze/recurrence.ts';
import { isZone, zoneOf } from '../../src/gate/freeze/zone.ts';

const hourMs = 3_600_000;
const berlin = zoneOf('Europe/Berlin');

describe('wall clocks', () => {
  test.each<readonly [string, readonly [number, number, number], number, number, string]>([
    ['winter', [2026, 1, 15], 9, 30, '2026-01-15T08:30:00.000Z'],
    ['summer', [2026, 7, 15], 9, 30, '2026-07-15T07:30:00.000Z'],
    ['a time that clocks leap over comes an hour later', [2026, 3, 29], 2, 30, '2026-03-29T01:30:00.000Z'],
    ['of a time that comes twice, the first', [2026, 10, 25], 2, 30, '2026-10-25T00:30:00.000Z'],
  ])('%s', (_name, [year, month, day], hour, minute, expected) => {
    expect(new Date(berlin.momentOf({ year, month, day }, hour, minute)).toISOString()).toBe(expected);
  });
  test('zones are known or not', () => {
    expect(['UTC', 'Asia/Kathmandu', 'Mars/Olympus', '', '../etc'].map(isZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

test.each([
  ['', 'is no NAME=VALUE'],
  ['BYDAY=MO', 'FREQ is missing'],
  ['FREQ=HOURLY', 'FREQ must be'],
  ['FREQ=WEEKLY', 'needs BYDAY'],
  ['FREQ=WEEKLY;BYDAY=2MO', 'takes neither'],
  ['FREQ=MONTHLY', 'needs BYMONTHDAY'],
  ['FREQ=YEARLY;BYDAY=MO', 'needs BYMONTH'],
  ['FREQ=DAILY;COUNT=3', 'COUNT is not supported'],
  ['FREQ=DAILY;INTERVAL=2', 'INTERVAL is not supported'],
  ['FREQ=DAILY;FREQ=DAILY', 'FREQ is given twice'],
  ['FREQ=DAILY;BYHOUR=24', 'out of range'],
  ['FREQ=MONTHLY;BYMONTHDAY=0', 'out of range'],
  ['FREQ=WEEKLY;BYDAY=XX', 'names no days'],
  ['FREQ=DAILY;UNTIL=soon', 'UNTIL must be'],
  [
    `FREQ=DAILY;BYHOUR=1,2;BYMINUTE=${Array.from({ length: 30 }, (_, i) => i).join(',')}`,
    'more than 48 times',
  ],
])('%s is refused', (rule, message) => {
  expect(parseRecurrence(rule)).toContain(message);
});

test('deny wins over allow, and a window that cannot be computed is unknown', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  const always = { rrule: 'FREQ=DAILY', tz: 'UTC', durationMs: 24 * hourMs };
  expect(freezeAt([{ kind: 'allow', ...always }], now).kind).toBe('open');
  expect(
    freezeAt(
      [
        { kind: 'allow', ...always },
        { kind: 'deny', why: 'fair', ...always },
      ],
      now,
    ),
  ).toEqual({ kind: 'shut', message: 'frozen: fair' });
  expect(freezeAt([{ kind: 'deny', ...always, tz: 'Mars/Olympus' }], now).kind).toBe('unknown');
  expect(freezeAt([{ kind: 'deny', ...always, rrule: 'FREQ=NEVER' }], now).kind).toBe('unknown');
  expect(freezeAt([{ kind: 'deny', ...always }], Number.NaN).kind).toBe('unknown');
});

test('a window is in force from its start until just before its end, in any zone and season', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
  );
  const days = fc.record({
    year: fc.integer({ min: 2020, max: 2035 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  });
  fc.assert(
    fc.property(
      zones,
      days,
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 31 * 24 }),
      (tz, day, hour, hours) => {
        const start = zoneOf(tz).momentOf(day, hour, 0);
        const rrule = `FREQ=YEARLY;BYMONTH=${day.month};BYMONTHDAY=${day.day};BYHOUR=${hour}`;
        const kinds = [start - 1, start, start + hours * hourMs - 1, start + hours * hourMs].map(
          (at) => freezeAt([{ kind: 'deny', rrule, tz, durationMs: hours * hourMs }], at).kind,
        );
        expect(kinds).toEqual(['open', 'shut', 'shut', 'open']);
      },
    ),
    { numRuns: 60 },
  );
});
