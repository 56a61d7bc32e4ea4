const dayMs = 24 * 3_600_000;

export interface LocalDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Whether a name is an IANA time zone that this machine knows. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

/** The wall clocks of one zone. */
export interface Zone {
  dayOf(ms: number): LocalDay;
  /** The moment at which clocks show a time: the earlier of two, and where they leap over it, as much later as they leap. */
  momentOf(day: LocalDay, hour: number, minute: number): number;
}

export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const wall = (ms: number): number => {
    const parts = Object.fromEntries(
      format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const offsetAt = (ms: number): number => wall(ms) - Math.floor(ms / 1000) * 1000;
  return {
    dayOf(ms) {
      const local = new Date(wall(ms));
      return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
    },
    momentOf({ year, month, day }, hour, minute) {
      const shown = Date.UTC(year, month - 1, day, hour, minute);
      const [early, late] = [shown - offsetAt(shown - dayMs), shown - offsetAt(shown + dayMs)];
      const valid = [early, late].filter((each) => each + offsetAt(each) === shown);
      return valid.length > 0 ? Math.min(...valid) : early;
    },
  };
}
