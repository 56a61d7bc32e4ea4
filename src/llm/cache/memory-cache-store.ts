import { stringifyJson } from '../../api/json.ts';
import type { CacheEntry } from './answer-cache.ts';
import type { AnswerStore } from './answer-store.ts';

/** Of all answers together, in UTF-8. */
const defaultLimitBytes = 32 * 1024 * 1024;

/**
 * A cache that lives as long as the process. Past `maxEntries` or `limitBytes` the ones not used for longest are forgotten;
 * an answer longer than all that is not kept.
 */
export function openMemoryCacheStore(
  maxEntries: number,
  limitBytes: number = defaultLimitBytes,
): AnswerStore {
  const entries = new Map<string, CacheEntry & { readonly bytes: number }>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // Deleted first, so that the map stays in the order of use.
      entries.delete(key);
      entries.set(key, entry);
      const { bytes: _bytes, ...kept } = entry;
      return kept;
    },
    async put(key, entry) {
      drop(key);
      const own = Buffer.byteLength(stringifyJson(entry.value));
      entries.set(key, { ...entry, bytes: own });
      bytes += own;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && bytes <= limitBytes) break;
        drop(oldest);
      }
    },
    async delete(key) {
      drop(key);
    },
    async list() {
      return [...entries]
        .map(([key, { label, storedAtMs, expiresAtMs, bytes: own }]) => ({
          key,
          label,
          storedAtMs,
          expiresAtMs,
          bytes: own,
        }))
        .toSorted((a, b) => b.storedAtMs - a.storedAtMs);
    },
    async purge(upToMs) {
      const old = [...entries].filter(([, { storedAtMs }]) => storedAtMs <= upToMs);
      for (const [key] of old) drop(key);
      return old.length;
    },
  };
}
