import { isReusable, overridden, pastRunOfEntry, stillKept, type KeptEntry } from '../../gate/kept-entry.ts';
import type { VerdictStore } from '../../gate/verdict-store.ts';

/** Verdicts that live as long as the process. Past `maxEntries` the oldest are forgotten. */
export function openMemoryVerdictStore(maxEntries: number): VerdictStore {
  const entries = new Map<string, KeptEntry>();
  const keyOf = (namespace: string, id: string): string => `${namespace}/${id}`;
  const newestFirst = (namespace: string): readonly KeptEntry[] =>
    [...entries.values()]
      .filter(({ entry }) => entry.namespace === namespace)
      .toSorted((a, b) => b.entry.storedAtMs - a.entry.storedAtMs);
  return {
    async put(entry) {
      const key = keyOf(entry.namespace, entry.id);
      if (entries.has(key)) return;
      entries.set(key, { entry });
      const ofGate = newestFirst(entry.namespace).filter(
        (each) => each.entry.verdict.gate === entry.verdict.gate,
      );
      const kept = new Set(stillKept(ofGate, entry.storedAtMs));
      for (const each of ofGate)
        if (!kept.has(each)) entries.delete(keyOf(each.entry.namespace, each.entry.id));
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    async get(namespace, id) {
      return entries.get(keyOf(namespace, id))?.entry;
    },
    async list({ namespace, gate, run, limit }) {
      return newestFirst(namespace)
        .map(({ entry }) => entry)
        .filter((entry) => gate === undefined || entry.verdict.gate === gate)
        .filter((entry) => run === undefined || entry.run === run)
        .slice(0, limit);
    },
    async history(namespace, gate, policyDigest, limit) {
      return newestFirst(namespace)
        .filter(({ entry }) => entry.verdict.gate === gate && entry.verdict.policy.digest === policyDigest)
        .slice(0, limit)
        .map(pastRunOfEntry);
    },
    async reuse(namespace, cacheKey, nowMs) {
      return newestFirst(namespace).find((each) => isReusable(each, cacheKey, nowMs))?.entry;
    },
    async override(namespace, id, override) {
      const key = keyOf(namespace, id);
      const kept = entries.get(key);
      if (kept === undefined) return undefined;
      const opened = overridden(kept, override);
      entries.set(key, opened);
      return opened.entry;
    },
    async invalidate(namespace, id, why) {
      const key = keyOf(namespace, id);
      const kept = entries.get(key);
      if (kept !== undefined) entries.set(key, { ...kept, invalid: why });
      return kept !== undefined;
    },
  };
}
