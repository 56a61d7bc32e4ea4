import type { CacheEntry, CacheStore } from './answer-cache.ts';

/** A cache that lives as long as the process. Past `maxEntries` the one not used for longest is forgotten. */
export function openMemoryCacheStore(maxEntries: number): CacheStore {
  const entries = new Map<string, CacheEntry>();
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // Deleted first, so that the map stays in the order of use.
      entries.delete(key);
      entries.set(key, entry);
      return entry;
    },
    async put(key, entry) {
      entries.delete(key);
      entries.set(key, entry);
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    async delete(key) {
      entries.delete(key);
    },
  };
}
