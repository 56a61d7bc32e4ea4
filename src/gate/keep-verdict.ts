import type { KeptVerdict } from '../api/kept-verdict.ts';
import type { Verdict } from './verdict.ts';

/** The part of a verdict that the state of its run keeps. */
export function keepVerdict(id: string, verdict: Verdict): KeptVerdict {
  const { gate, outcome, open, mode, score, threshold, subject, at, expires, override } = verdict;
  return {
    id,
    gate,
    outcome,
    open,
    mode,
    score,
    threshold,
    subject: { name: subject.name, digest: subject.digest, objects: subject.objects },
    at,
    expires,
    override: override === null ? null : { by: override.by, at: override.at, expires: override.expires },
    reasons: verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote),
  };
}
