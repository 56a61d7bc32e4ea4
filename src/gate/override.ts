import { stamp } from './evaluate/make-verdict.ts';
import { parseTime } from '../api/rfc3339.ts';
import type { Verdict } from './verdict.ts';

export interface OverrideRequest {
  readonly by: string;
  /** Groups in which this person may decide; what decides that is the caller's. */
  readonly groups: readonly string[];
  readonly reason: string;
  /** RFC 3339. */
  readonly expires: string;
}

export type Overridden =
  | { readonly ok: true; readonly verdict: Verdict }
  | { readonly ok: false; readonly message: string };

/** Opens a verdict in a person's name. Outcome, score and checks stay as they were; only `open` changes. */
export function overrideVerdict(verdict: Verdict, request: OverrideRequest, nowMs: number): Overridden {
  const expiresMs = parseTime(request.expires);
  const at = stamp(nowMs);
  const missing = [
    ...(request.by.trim() === '' ? ['who overrides'] : []),
    ...(request.groups.length === 0 ? ['the role in which'] : []),
    ...(request.reason.trim() === '' ? ['a reason'] : []),
    ...(expiresMs === undefined || !(expiresMs > nowMs) ? ['an end that is still to come'] : []),
  ];
  if (missing.length > 0 || at === null)
    return { ok: false, message: `an override needs ${missing.join(', ') || 'a clock'}` };
  if (verdict.mode === 'observe') return { ok: false, message: 'a gate that only observes opens nothing' };
  const override = { ...request, at, previousOutcome: verdict.outcome };
  return {
    ok: true,
    verdict: { ...verdict, open: true, pass: true, next: 'open', decidedBy: 'human', override },
  };
}
