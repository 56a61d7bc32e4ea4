import type { KeptVerdict } from '../api/kept-verdict.ts';

export type Admission =
  | { readonly isOpen: true }
  | { readonly isOpen: false; readonly code: string; readonly message: string };

/**
 * Whether a verdict lets a step begin now: it must be open and neither expired nor of the future. No verdict at all (a gate that
 * was skipped, terminated or never reached) opens nothing. For which objects it opens, `admitObjects` says.
 */
export function admit(gate: string, verdict: KeptVerdict | undefined, nowMs: number): Admission {
  if (verdict === undefined) return refuse('NoVerdict', `gate "${gate}" has given no verdict`);
  const name = `the verdict of gate "${gate}"`;
  if (verdict.mode === 'observe') return refuse('GateObserves', `${name} was only an observation`);
  if (!verdict.open) return refuse('GateNotOpen', `${name} is ${verdict.outcome}`);
  // An override has times of its own: the verdict may have none, or have ended before someone decided.
  const times = verdict.override ?? verdict;
  const [at, expires] = [Date.parse(times.at ?? ''), Date.parse(times.expires ?? '')];
  if (!Number.isFinite(nowMs) || !Number.isFinite(at) || !Number.isFinite(expires))
    return refuse('NoClock', `${name} has no time that it can be compared with`);
  if (nowMs < at) return refuse('VerdictOfTheFuture', `${name} is of ${times.at}, which is yet to come`);
  if (nowMs >= expires) return refuse('VerdictExpired', `${name} ended at ${times.expires}`);
  return { isOpen: true };
}

/** Whether a verdict is about these objects, by digest, each of them. */
export function admitObjects(
  gate: string,
  verdict: KeptVerdict,
  objects: readonly { readonly what: string; readonly digest: string }[],
): Admission {
  const judged = new Set(verdict.subject.objects.map(({ digest }) => digest));
  const other = objects.find(({ digest }) => !judged.has(digest));
  if (other === undefined) return { isOpen: true };
  const known = verdict.subject.objects
    .slice(0, 5)
    .map(({ kind, name, digest }) => `${kind} ${name} ${digest.slice(0, 19)}`);
  return refuse(
    'OtherSubject',
    `gate "${gate}" has judged ${known.join(', ') || 'no object'}, not ${other.what} ${other.digest.slice(0, 19)}`,
  );
}

function refuse(code: string, message: string): Admission {
  return { isOpen: false, code, message };
}
