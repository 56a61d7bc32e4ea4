import type { JsonObject } from '../api/json.ts';
import type { Outcome } from './outcome.ts';
import type { Subject } from './subject.ts';

export const verdictVersion = 'sluice.gate/v1';

export type CheckResult = 'pass' | 'warn' | 'fail' | 'missing' | 'unknown' | 'error' | 'info';

/** The first reason that fixed the outcome. */
export type DecidedBy =
  | 'rule'
  | 'key'
  | 'coverage'
  | 'score'
  | 'votes'
  | 'anchor'
  | 'human'
  | 'deadline'
  | 'budget';

export interface Muted {
  readonly by: string | null;
  readonly until: string;
  readonly why: string;
}

/** One thing that was asked, decided or not. */
export interface Check {
  readonly id: string;
  readonly kind: 'cue' | 'metric' | 'findings' | 'external' | 'freeze' | 'criterion';
  readonly result: CheckResult;
  /** What the result means for the gate; a missing value can fail it or leave it undecided. */
  readonly outcome: Outcome;
  /** 0 for information. */
  readonly weight: number;
  readonly key: boolean;
  readonly value: number | string | boolean | null;
  readonly unit: string | null;
  readonly condition: string | null;
  readonly baseline: { readonly runs: readonly string[]; readonly value: number } | null;
  readonly quote: string | null;
  readonly evidenceRef: string | null;
  readonly message: string;
  readonly muted: Muted | null;
}

export interface Counts {
  readonly total: number;
  readonly evaluated: number;
  readonly passed: number;
  readonly warned: number;
  readonly failed: number;
  readonly missing: number;
  readonly unknown: number;
  readonly errors: number;
  readonly muted: number;
}

export interface VerdictEvidence {
  readonly ref: string;
  readonly kind: string;
  readonly digest: string;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly masked: boolean;
  readonly collectedAt: string | null;
}

/** One judge's answers in one call. */
export interface VerdictVote {
  readonly n: number;
  readonly seed: number;
  readonly answers: Readonly<Record<string, 'yes' | 'no' | 'unknown'>>;
  readonly answerDigest: string;
  readonly tokens: number | null;
  readonly ms: number | null;
}

export interface JudgeFacts {
  readonly provider: string;
  readonly modelAsked: string;
  readonly modelAnswered: string;
  readonly params: JsonObject;
  readonly promptDigest: string;
  readonly votes: readonly VerdictVote[];
  /** Percent of the votes that agreed, at the criterion that agreed least. */
  readonly agreement: number;
  readonly anchors: { readonly shown: number; readonly right: number };
  readonly calibration:
    | 'uncalibrated'
    | {
        readonly digest: string;
        readonly sensitivity: number;
        readonly specificity: number;
        readonly n: number;
        readonly at: string;
      };
}

export interface Override {
  readonly by: string;
  readonly groups: readonly string[];
  readonly reason: string;
  readonly at: string;
  readonly expires: string;
  readonly previousOutcome: Outcome;
}

/** Text of the evidence that looks like instructions; only ever makes a gate stricter. */
export interface Suspicion {
  readonly evidenceRef: string;
  readonly pattern: string;
  readonly offset: number;
}

export interface Reason {
  readonly ruleOrQuote: string;
  readonly evidenceRef: string | null;
}

/** What a gate says, of either kind; the one thing that a later step may be opened by. */
export interface Verdict {
  readonly version: typeof verdictVersion;
  readonly gate: string;
  readonly outcome: Outcome;
  /** Computed here alone, from outcome, policy and override; nothing else opens. */
  readonly open: boolean;
  /** The same as `open`. */
  readonly pass: boolean;
  /** What happens where it is not open. `none` while it only observes. */
  readonly next: 'open' | 'block' | 'suspend' | 'none';
  readonly mode: 'enforce' | 'observe';
  /** 1 for rules, agreement of the votes for a judge, 0 where it missed an anchor; never the model's word. */
  readonly confidence: number;
  /** 0 to 100, cut after two digits so that it never shows more than was reached. Null for an error. */
  readonly score: number | null;
  readonly threshold: number;
  readonly margin: number | null;
  readonly decidedBy: DecidedBy;
  readonly checks: readonly Check[];
  readonly counts: Counts;
  readonly subject: Subject;
  readonly policy: {
    readonly digest: string;
    readonly source: string | null;
    readonly revision: string | null;
    /** Embedded up to 16 KiB. */
    readonly text: JsonObject | null;
  };
  readonly evidence: readonly VerdictEvidence[];
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly judge: JudgeFacts | null;
  readonly suspicion: readonly Suspicion[];
  readonly tokens: number;
  /** Decimal; null where it is not known. */
  readonly cost: string | null;
  readonly override: Override | null;
  readonly attempt: number;
  readonly previous: readonly string[];
  /** Null where there was no clock; such a verdict opens nothing. */
  readonly at: string | null;
  readonly expires: string | null;
  readonly engine: string;
  /** At most five, worst first. */
  readonly reasons: readonly Reason[];
}
