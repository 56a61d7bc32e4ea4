/** What a place in a text holds. Only the first group is ever restored. */
export type MaskKind = 'ip' | 'email' | 'host' | 'ns' | 'workload' | 'node' | SecretKind;

export type SecretKind = 'secret' | 'token' | 'private-key' | 'credentials' | 'encoded';

/** A place that must not go out, from `start` to before `end` in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: MaskKind;
}

const secretKinds: ReadonlySet<MaskKind> = new Set<SecretKind>([
  'secret',
  'token',
  'private-key',
  'credentials',
  'encoded',
]);

export function isSecretKind(kind: MaskKind): boolean {
  return secretKinds.has(kind);
}

/** Places that overlap become one. `whole` is false for a union that no single find covers: it has no pseudonym of its own. */
export interface Place extends Span {
  readonly whole: boolean;
}

/**
 * In order, none overlapping. Where a secret takes part, the place is a secret: it is never restored, so an address that
 * overlaps a password cannot carry the password back into an answer.
 */
export function mergeSpans(spans: readonly Span[]): readonly Place[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const places: Place[] = [];
  let open: Span[] = [];
  let end = -1;
  for (const span of sorted) {
    if (open.length > 0 && span.start >= end) {
      places.push(placeOf(open, end));
      open = [];
    }
    open.push(span);
    end = open.length === 1 ? span.end : Math.max(end, span.end);
  }
  if (open.length > 0) places.push(placeOf(open, end));
  return places;
}

function placeOf(spans: readonly Span[], end: number): Place {
  const start = spans[0]?.start ?? 0;
  const secrets = spans.filter((span) => isSecretKind(span.kind));
  const candidates = secrets.length > 0 ? secrets : spans;
  const covers = candidates.find((span) => span.start === start && span.end === end);
  if (covers !== undefined) return { ...covers, whole: true };
  return { start, end, kind: secrets.length > 0 ? 'secret' : 'host', whole: secrets.length === 0 };
}

/** The spans without the parts that lie in `regions`, which are in order and apart. */
export function outside(
  spans: readonly Span[],
  regions: readonly (readonly [start: number, end: number])[],
): readonly Span[] {
  if (regions.length === 0) return spans;
  return spans.flatMap((span) => {
    const parts: Span[] = [];
    let start = span.start;
    for (let at = firstAfter(regions, span.start); at < regions.length; at += 1) {
      const [from, to] = regions[at] ?? [span.end, span.end];
      if (from >= span.end) break;
      if (from > start) parts.push({ ...span, start, end: from });
      start = Math.max(start, to);
    }
    if (start === span.start) return [span];
    return start < span.end ? [...parts, { ...span, start }] : parts;
  });
}

/** Index of the first region that ends after `index`. */
function firstAfter(regions: readonly (readonly [number, number])[], index: number): number {
  let [low, high] = [0, regions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((regions[middle]?.[1] ?? 0) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}
