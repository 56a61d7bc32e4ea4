import type { PastRun } from './evaluate/gate-input.ts';
import type { Verdict } from './verdict.ts';

/** What later runs may compare themselves with. Values of checks that did not pass are left out. */
export function pastRunOf(ref: string, verdict: Verdict): PastRun {
  const { window } = verdict;
  const passed = verdict.checks.flatMap(({ id, result, value, muted }) =>
    result === 'pass' && typeof value === 'number' && muted === null ? [[id, value] as const] : [],
  );
  return {
    ref,
    gate: verdict.gate,
    policyDigest: verdict.policy.digest,
    windowMs: window === null ? null : Date.parse(window.to) - Date.parse(window.from),
    outcome: verdict.outcome,
    atMs: verdict.at === null ? Number.NaN : Date.parse(verdict.at),
    values: Object.fromEntries(passed),
  };
}
