import { pastRunOf } from '../../gate/past-run.ts';
import type { StoredVerdict, VerdictStore } from '../../gate/verdict-store.ts';

interface Kept {
  readonly entry: StoredVerdict;
  readonly invalid?: { readonly by: string; readonly why: string };
}

/** Verdicts that live as long as the process. Past `maxEntries` the oldest are forgotten. */
export function openMemoryVerdictStore(maxEntries: number): VerdictStore {
  const entries = new Map<string, Kept>();
  const keyOf = (namespace: string, id: string): string => `${namespace}/${id}`;
  const newestFirst = (namespace: string): readonly Kept[] =>
    [...entries.values()]
      .filter(({ entry }) => entry.namespace === namespace)
      .toSorted((a, b) => b.entry.storedAtMs - a.entry.storedAtMs);
  return {
    async put(entry) {
      const key = keyOf(entry.namespace, entry.id);
      if (!entries.has(key)) entries.set(key, { entry });
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
        .map(({ entry, invalid }) => ({
          ...pastRunOf(entry.id, entry.verdict),
          ...(invalid === undefined ? {} : { invalid }),
        }));
    },
    async reuse(namespace, cacheKey, nowMs) {
      return newestFirst(namespace)
        .map(({ entry }) => entry)
        .find(
          (entry) =>
            entry.cacheKey === cacheKey &&
            entry.verdict.override === null &&
            nowMs < Date.parse(entry.verdict.expires ?? ''),
        );
    },
    async override(namespace, id, override) {
      const key = keyOf(namespace, id);
      const kept = entries.get(key);
      if (kept === undefined) return undefined;
      const { entry } = kept;
      const verdict = { ...entry.verdict, open: true, pass: true, next: 'open', override } as const;
      const opened: StoredVerdict = { ...entry, verdict: { ...verdict, decidedBy: 'human' } };
      if (entry.verdict.override === null) entries.set(key, { ...kept, entry: opened });
      return entries.get(key)?.entry;
    },
    async invalidate(namespace, id, why) {
      const key = keyOf(namespace, id);
      const kept = entries.get(key);
      if (kept !== undefined) entries.set(key, { ...kept, invalid: why });
      return kept !== undefined;
    },
  };
}
