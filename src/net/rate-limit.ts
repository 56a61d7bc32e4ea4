export interface RateLimiter {
  /** Takes a token of the bucket; 0 when there was one, else the ms until there is. */
  take(key: string, rate: { readonly limit: number; readonly periodMs: number }): number;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Token buckets by key, full at first. Past `maxBuckets` the one not used for longest is forgotten. */
export function createRateLimiter(nowMs: () => number, maxBuckets = 1000): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, { limit, periodMs }) {
      const now = nowMs();
      const perMs = limit / periodMs;
      const bucket = buckets.get(key) ?? { tokens: limit, atMs: now };
      const tokens = Math.min(limit, bucket.tokens + Math.max(0, now - bucket.atMs) * perMs);
      const rest = tokens >= 1 ? tokens - 1 : tokens;
      // Deleted first, so that the map stays in the order of use.
      buckets.delete(key);
      buckets.set(key, { tokens: rest, atMs: now });
      const [oldest] = buckets.keys();
      if (buckets.size > maxBuckets && oldest !== undefined) buckets.delete(oldest);
      return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs);
    },
  };
}
