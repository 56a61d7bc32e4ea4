import type { FreezeWindow } from '../policy/policy.ts';
import { isDayOf, parseRecurrence } from './recurrence.ts';
import { zoneOf, type LocalDay } from './zone.ts';

const dayMs = 24 * 3_600_000;

export type Freeze =
  | { readonly kind: 'open'; readonly message: string }
  | { readonly kind: 'shut'; readonly message: string }
  /** A window that cannot be computed: no clock, or a rule or zone this machine does not know. */
  | { readonly kind: 'unknown'; readonly message: string };

/** Whether the windows let a gate open at a moment. `deny` wins; with any `allow`, one of them must hold. */
export function freezeAt(windows: readonly FreezeWindow[], nowMs: number): Freeze {
  if (!Number.isFinite(nowMs))
    return { kind: 'unknown', message: 'there is no clock to tell the windows by' };
  let isAllowed = !windows.some(({ kind }) => kind === 'allow');
  let denied: FreezeWindow | undefined;
  for (const window of windows) {
    const isIn = isInWindow(window, nowMs);
    if (typeof isIn === 'string') return { kind: 'unknown', message: isIn };
    if (isIn && window.kind === 'deny') denied ??= window;
    if (isIn && window.kind === 'allow') isAllowed = true;
  }
  if (denied !== undefined)
    return { kind: 'shut', message: `frozen: ${denied.why ?? `${denied.rrule} ${denied.tz}`}` };
  if (!isAllowed) return { kind: 'shut', message: 'outside every window in which deploying is allowed' };
  return { kind: 'open', message: 'no freeze' };
}

function isInWindow(window: FreezeWindow, nowMs: number): boolean | string {
  const rule = parseRecurrence(window.rrule);
  if (typeof rule === 'string') return `window ${window.rrule}: ${rule}`;
  try {
    const zone = zoneOf(window.tz);
    let last: LocalDay | undefined;
    // A day more on either side: a local day begins up to 14 hours before or after that of UTC.
    for (let at = nowMs - window.durationMs - dayMs; at <= nowMs + dayMs; at += dayMs / 2) {
      const day = zone.dayOf(at);
      const isSeen = day.day === last?.day && day.month === last.month;
      last = day;
      if (isSeen || !isDayOf(rule, day.year, day.month, day.day)) continue;
      for (const hour of rule.hours)
        for (const minute of rule.minutes) {
          const start = zone.momentOf(day, hour, minute);
          if (rule.untilMs !== undefined && start > rule.untilMs) continue;
          if (start <= nowMs && nowMs < start + window.durationMs) return true;
        }
    }
    return false;
  } catch {
    return `window ${window.rrule}: the time zone ${window.tz} is not known here`;
  }
}
