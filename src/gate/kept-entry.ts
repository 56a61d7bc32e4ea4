import type { PastRun } from './evaluate/gate-input.ts';
import { pastRunOf } from './past-run.ts';
import type { StoredVerdict } from './verdict-store.ts';
import type { Override } from './verdict.ts';

/** A verdict as a store holds it, with what was said of it afterwards. */
export interface KeptEntry {
  readonly entry: StoredVerdict;
  readonly invalid?: { readonly by: string; readonly why: string };
}

/** Of each gate so many passed verdicts are kept, and so many others. */
export const keptPerGate = 200;
const dayMs = 24 * 3_600_000;
/** What was refused is asked about longest. */
const passedForMs = 90 * dayMs;
const othersForMs = 365 * dayMs;

export function isPassed({ verdict }: StoredVerdict): boolean {
  return verdict.outcome === 'pass';
}

/** The time up to which verdicts are too old to be kept. */
export function keptSince(passed: boolean, nowMs: number): number {
  return nowMs - (passed ? passedForMs : othersForMs);
}

/** The verdicts of one gate that stay, in the order given. Failed ones are not pushed out by passed ones. */
export function stillKept<Kept extends KeptEntry>(entries: readonly Kept[], nowMs: number): readonly Kept[] {
  const groups = [true, false].map((passed) =>
    entries
      .filter(({ entry }) => isPassed(entry) === passed && entry.storedAtMs > keptSince(passed, nowMs))
      .toSorted((a, b) => b.entry.storedAtMs - a.entry.storedAtMs)
      .slice(0, keptPerGate),
  );
  const kept = new Set(groups.flat());
  return entries.filter((each) => kept.has(each));
}

/** Whether a verdict may stand for an identical judgement now. */
export function isReusable({ entry, invalid }: KeptEntry, cacheKey: string, nowMs: number): boolean {
  const { verdict } = entry;
  return (
    entry.cacheKey === cacheKey &&
    invalid === undefined &&
    verdict.override === null &&
    Date.parse(verdict.at ?? '') <= nowMs &&
    nowMs < Date.parse(verdict.expires ?? '')
  );
}

export function pastRunOfEntry({ entry, invalid }: KeptEntry): PastRun {
  return { ...pastRunOf(entry.id, entry.verdict), ...(invalid === undefined ? {} : { invalid }) };
}

/** The entry opened in a person's name; one that has been opened before stays as it is. */
export function overridden<Kept extends KeptEntry>(kept: Kept, override: Override): Kept {
  const { entry } = kept;
  if (entry.verdict.override !== null) return kept;
  const opened = { open: true, pass: true, next: 'open', decidedBy: 'human', override } as const;
  return { ...kept, entry: { ...entry, verdict: { ...entry.verdict, ...opened } } };
}
