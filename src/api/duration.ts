const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration such as `1h30m` or `500ms`; undefined when it is none (`1d`, `5`, ``). */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let total = 0;
  let index = text.startsWith('+') ? 1 : 0;
  if (index === text.length) return undefined;
  while (index < text.length) {
    part.lastIndex = index;
    const match = part.exec(text);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN);
    index = part.lastIndex;
  }
  return total;
}

/** A duration as a person reads it: `850ms`, `3.2s`, `1m30s`, `2h5m`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return ms % 1000 >= 100 ? `${(Math.floor(ms / 100) / 10).toFixed(1)}s` : `${seconds}s`;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}h${m > 0 ? `${m}m` : ''}` : `${m}m${s > 0 ? `${s}s` : ''}`;
}
