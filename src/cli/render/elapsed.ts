import { formatDuration } from '../../api/duration.ts';

/** How long something took, or has taken so far; empty when it has not begun. Tenths of a second below a minute. */
export function elapsed(startMs: number | undefined, endMs: number | undefined, nowMs: number): string {
  if (startMs === undefined) return '';
  const ms = Math.max(0, (endMs ?? nowMs) - startMs);
  return ms < 60_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)}s` : formatDuration(ms);
}

/** kubectl's AGE: `12s`, `5m`, `3h20m`, `2d4h`, `30d`. */
export function age(sinceMs: number | undefined, nowMs: number): string {
  if (sinceMs === undefined || Number.isNaN(sinceMs)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return withRest(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  return withRest(Math.floor(days / 365), 'y', days % 365, 'd');
}

function withRest(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;
}

/** An RFC 3339 time for people: to the second. */
export function timeText(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}
