import type { Verdict } from './verdict.ts';

export type Admission =
  | { readonly isOpen: true }
  | { readonly isOpen: false; readonly code: string; readonly message: string };

/**
 * Whether a verdict lets a step act on a subject now: it must be open, about the same content, and neither expired nor of the
 * future. No verdict at all (a gate that was skipped, terminated or never reached) opens nothing.
 */
export function admit(verdict: Verdict | undefined, subjectDigest: string, nowMs: number): Admission {
  if (verdict === undefined) return refuse('NoVerdict', 'the gate has given no verdict');
  const name = `the verdict of gate "${verdict.gate}"`;
  if (verdict.mode === 'observe') return refuse('GateObserves', `${name} was only an observation`);
  if (!verdict.open) return refuse('GateNotOpen', `${name} is ${verdict.outcome}`);
  if (verdict.subject.digest !== subjectDigest)
    return refuse(
      'OtherSubject',
      `${name} is about ${verdict.subject.digest}, not about ${subjectDigest.slice(0, 80)}`,
    );
  // An override has times of its own: the verdict may have none, or have ended before someone decided.
  const times = verdict.override ?? verdict;
  const [at, expires] = [Date.parse(times.at ?? ''), Date.parse(times.expires ?? '')];
  if (!Number.isFinite(nowMs) || !Number.isFinite(at) || !Number.isFinite(expires))
    return refuse('NoClock', `${name} has no time that it can be compared with`);
  if (nowMs < at) return refuse('VerdictOfTheFuture', `${name} is of ${times.at}, which is yet to come`);
  if (nowMs >= expires) return refuse('VerdictExpired', `${name} ended at ${times.expires}`);
  return { isOpen: true };
}

function refuse(code: string, message: string): Admission {
  return { isOpen: false, code, message };
}
