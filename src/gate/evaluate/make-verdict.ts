import { stringifyJson, type JsonObject } from '../../api/json.ts';
import { digestOf } from '../digest.ts';
import type { Outcome } from '../outcome.ts';
import type { Points } from './score.ts';
import { shownScore } from './score.ts';
import { countsOf } from './counts.ts';
import type { GateContext } from './gate-input.ts';
import { reasonsOf } from './reasons.ts';
import {
  verdictVersion,
  type Check,
  type DecidedBy,
  type JudgeFacts,
  type Reason,
  type Suspicion,
  type Verdict,
  type VerdictEvidence,
} from '../verdict.ts';

const embeddedBytes = 16 * 1024;
const nothingCounted: Reason = { ruleOrQuote: 'no check counts, so nothing decides', evidenceRef: null };

/** What either kind of gate has come to. */
export interface Decision {
  readonly outcome: Outcome;
  readonly decidedBy: DecidedBy;
  readonly points: Points;
  readonly threshold: number;
  readonly checks: readonly Check[];
  readonly evidence: readonly VerdictEvidence[];
  readonly confidence: number;
  /** Reasons that stand before those of the checks. */
  readonly first?: readonly string[];
  readonly judge?: JudgeFacts;
  readonly suspicion?: readonly Suspicion[];
  readonly tokens?: number;
  readonly cost?: string | null;
}

/** The part of a policy that both kinds of gate have. */
export interface VerdictRules {
  readonly onWarn: 'block' | 'suspend' | 'pass';
  readonly onInconclusive: 'block' | 'suspend';
  /** For an ai-gate; an error of a deterministic gate blocks. */
  readonly onError?: 'block' | 'suspend';
  readonly mode: 'enforce' | 'observe';
  readonly validForMs: number;
  readonly text: JsonObject | null;
}

/** The one function that says whether a gate is open. */
export function makeVerdict(
  decision: Decision,
  rules: VerdictRules,
  context: GateContext,
  nowMs: number,
): Verdict {
  const counts = countsOf(decision.checks);
  const isTimed = Number.isFinite(nowMs) && Number.isFinite(timeOf(nowMs + rules.validForMs));
  // A verdict over nothing, or at no time, is never open, whatever was decided about it.
  const isVoid = counts.evaluated === 0 || !isTimed;
  const outcome =
    isVoid && (decision.outcome === 'pass' || decision.outcome === 'warn') ? 'error' : decision.outcome;
  const next = nextOf(outcome, rules, context.isInteractive ?? false);
  const open = next === 'open';
  const reasons = reasonsOf(decision.checks, decision.first);
  const score = outcome === 'error' ? null : shownScore(decision.points);
  return {
    version: verdictVersion,
    gate: context.gate,
    outcome,
    open,
    pass: open,
    next,
    mode: rules.mode,
    confidence: decision.confidence,
    score,
    threshold: decision.threshold,
    margin: score === null ? null : Math.round((score - decision.threshold) * 100) / 100,
    decidedBy: decision.decidedBy,
    checks: decision.checks,
    counts,
    subject: context.subject,
    policy: policyFacts(rules.text, context),
    evidence: decision.evidence,
    window:
      context.window === undefined
        ? null
        : { from: stamp(context.window.fromMs) ?? '', to: stamp(context.window.toMs) ?? '' },
    judge: decision.judge ?? null,
    suspicion: decision.suspicion ?? [],
    tokens: decision.tokens ?? 0,
    cost: decision.cost ?? (decision.judge === undefined ? '0' : null),
    override: null,
    attempt: context.attempt ?? 1,
    previous: context.previous ?? [],
    at: stamp(nowMs),
    expires: isTimed ? stamp(nowMs + rules.validForMs) : null,
    engine: context.engine,
    reasons: reasons.length === 0 && isVoid ? [nothingCounted] : reasons,
  };
}

function nextOf(outcome: Outcome, rules: VerdictRules, isInteractive: boolean): Verdict['next'] {
  if (rules.mode === 'observe') return 'none';
  const answer = {
    pass: 'open',
    warn: rules.onWarn,
    inconclusive: rules.onInconclusive,
    error: rules.onError ?? 'block',
    fail: 'block',
  }[outcome];
  if (answer === 'open' || answer === 'pass') return 'open';
  return answer === 'suspend' && isInteractive ? 'suspend' : 'block';
}

function policyFacts(text: JsonObject | null, context: GateContext): Verdict['policy'] {
  const isSmall = text !== null && new TextEncoder().encode(stringifyJson(text)).length <= embeddedBytes;
  return {
    digest: digestOf(text),
    source: context.source ?? null,
    revision: context.revision ?? null,
    text: isSmall ? text : null,
  };
}

/** RFC 3339 in UTC; null for what is no time. */
export function stamp(ms: number): string | null {
  const time = new Date(ms);
  return Number.isFinite(time.getTime()) ? time.toISOString() : null;
}

function timeOf(ms: number): number {
  return new Date(ms).getTime();
}
