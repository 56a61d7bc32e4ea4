import { combine, isCounted } from '../evaluate/combine.ts';
import type { GateContext } from '../evaluate/gate-input.ts';
import { makeVerdict, type Decision, type VerdictRules } from '../evaluate/make-verdict.ts';
import { worstOf } from '../outcome.ts';
import type { Check, DecidedBy, JudgeFacts, Suspicion, Verdict, VerdictVote } from '../verdict.ts';
import { countVotes, type Counted } from './count-votes.ts';
import { checkCriteria, type Anchor, type Criterion, type CriteriaRules } from './criteria.ts';
import { fold, type EvidenceText } from './find-quote.ts';
import type { Answer } from './read-answer.ts';

/** One call to the judge: answers that were read, to criteria and anchors alike, or what came instead. */
export type Vote =
  | {
      readonly kind: 'answers';
      readonly n: number;
      readonly seed: number;
      readonly answers: readonly Answer[];
      readonly answerDigest: string;
      readonly tokens: number | null;
      readonly ms: number | null;
    }
  | {
      readonly kind: 'error';
      readonly n: number;
      readonly message: string;
      /** What ended it, where that is no fault of the model's. */
      readonly by?: 'budget' | 'deadline';
    };

/** Who judged; votes, agreement and anchors are computed here. */
export type Judge = Omit<JudgeFacts, 'votes' | 'agreement' | 'anchors'>;

export interface CriteriaInput {
  readonly context: GateContext;
  /** Checks of the gate's rules, evaluated before any call. */
  readonly ruleChecks: readonly Check[];
  readonly evidence: readonly EvidenceText[];
  readonly votes: readonly Vote[];
  readonly anchors: readonly Anchor[];
  /** Undefined where no model was asked. */
  readonly judge: Judge | undefined;
  /** Model ids that answer under the name that was asked. */
  readonly aliases?: readonly string[];
  /** Why nobody was asked, such as evidence that is too thin, or no model to ask. */
  readonly unasked?: string;
  /** Why the judge may not decide, such as a calibration that is required and missing or old. */
  readonly unfit?: string;
  readonly suspicion?: readonly Suspicion[];
  readonly cost?: string | null;
}

interface Stop {
  readonly outcome: 'inconclusive' | 'error' | 'fail';
  readonly decidedBy: DecidedBy;
  readonly reason: string;
}

/**
 * The verdict of an ai-gate, from answers that are already read. Pure, and the same verdict as a deterministic gate's. The
 * judge can close what rules would open; it opens nothing that they closed.
 */
export function evaluateCriteria(
  rules: CriteriaRules,
  policy: VerdictRules,
  input: CriteriaInput,
  nowMs: number,
): Verdict {
  const faults = checkCriteria(rules);
  const byRules = worstOf(input.ruleChecks.filter(isCounted).map(({ outcome }) => outcome));
  const folded = new Map(input.evidence.map((each) => [each.ref, foldedEvidence(each)]));
  const isCut = input.evidence.some(({ truncated }) => truncated);
  const given = input.votes.filter((vote) => vote.kind === 'answers');
  const counted = rules.criteria.map((criterion) => {
    const answers = given.flatMap((vote) => vote.answers.filter(({ id }) => id === criterion.id));
    return { criterion, votes: countVotes(criterion, answers, rules, folded, isCut) };
  });
  const checks = counted.map(({ criterion, votes }) => checkOf(criterion, votes));
  const combined = combine(checks, { pass: rules.threshold, minCoverage: 0 });
  const anchors = anchorsOf(input.anchors, given);
  const agreement = Math.min(100, ...counted.map(({ votes }) => votes.agreement));
  const isSplit = counted.some(({ votes }) => votes.isSplit);
  const base: Decision = {
    outcome: combined.outcome,
    decidedBy: isSplit || combined.decidedBy === 'coverage' ? 'votes' : combined.decidedBy,
    points: combined.points,
    threshold: rules.threshold,
    checks: [...input.ruleChecks, ...checks],
    evidence: input.context.evidence ?? [],
    confidence: anchors.right < anchors.shown ? 0 : agreement / 100,
    suspicion: input.suspicion ?? [],
    tokens: given.reduce((sum, vote) => sum + (vote.tokens ?? 0), 0),
    cost: input.cost ?? null,
    ...(input.judge === undefined
      ? {}
      : {
          judge: { ...input.judge, votes: given.map((vote) => voteFacts(vote, rules)), agreement, anchors },
        }),
  };
  const verdict = (decision: Decision): Verdict => makeVerdict(decision, policy, input.context, nowMs);
  if (byRules !== 'pass') {
    // Every rule is a key here: one that only warns has not passed, and `onWarn` must not open what no judge has seen.
    const outcome = byRules === 'warn' ? 'inconclusive' : byRules;
    return verdict({ ...base, outcome, decidedBy: 'rule', checks: input.ruleChecks, confidence: 1 });
  }
  const stop =
    faults.length > 0
      ? error('rule', faults.map(({ path, message }) => `${path}: ${message}`).join('; '))
      : stopOf(rules, policy, input, anchors, combined.outcome === 'fail');
  if (stop === undefined) return verdict(base);
  const outcome = stop.outcome === 'inconclusive' ? worstOf([stop.outcome, base.outcome]) : stop.outcome;
  return verdict({ ...base, outcome, decidedBy: stop.decidedBy, first: [stop.reason] });
}

/** What stands before any count of answers, in the order in which it is looked at. */
function stopOf(
  rules: CriteriaRules,
  policy: VerdictRules,
  input: CriteriaInput,
  anchors: JudgeFacts['anchors'],
  isFailed: boolean,
): Stop | undefined {
  const { n } = rules.votes;
  const broken = input.votes.find((vote) => vote.kind === 'error');
  if (broken?.by === 'deadline') return { outcome: 'fail', decidedBy: 'deadline', reason: broken.message };
  if (input.unasked !== undefined) return error('rule', input.unasked);
  if (input.evidence.every(({ text }) => !/[\p{L}\p{N}]/u.test(text)))
    return error('rule', 'there is no evidence to judge');
  if (input.judge === undefined) return error('votes', 'no model is configured, or none was asked');
  // It was known before anything was asked.
  if (input.unfit !== undefined && input.votes.length === 0) return unfit(input.unfit);
  if (broken !== undefined) return error(broken.by ?? 'votes', broken.message);
  if (new Set(input.votes.map((vote) => vote.n)).size < input.votes.length || input.votes.length > n)
    return error('votes', 'a vote was counted twice');
  // A sure no may end the voting early; nothing else may.
  if (input.votes.length < n && !(isFailed && input.votes.length > 0))
    return error('votes', `there are ${input.votes.length} of ${n} votes`);
  if (
    policy.mode === 'enforce' &&
    !['yes', 'no'].every((each) => input.anchors.some(({ expects }) => expects === each))
  )
    return error('anchor', 'a judge is shown one anchor to pass and one to refuse in each call');
  if (anchors.right < anchors.shown)
    return error('anchor', `the judge missed ${anchors.shown - anchors.right} of ${anchors.shown} anchors`);
  const { modelAsked, modelAnswered } = input.judge;
  if (modelAnswered !== modelAsked && !(input.aliases ?? []).includes(modelAnswered))
    return {
      outcome: 'inconclusive',
      decidedBy: 'rule',
      reason: `${modelAsked} was asked, ${modelAnswered} answered`,
    };
  return input.unfit === undefined ? undefined : unfit(input.unfit);
}

function unfit(reason: string): Stop {
  return { outcome: 'inconclusive', decidedBy: 'rule', reason };
}

function foldedEvidence({ text, steering = [] }: EvidenceText): {
  readonly all: string;
  readonly free: readonly string[];
} {
  const all = fold(text);
  const parts = steering.map(fold).filter((part) => part !== '');
  return { all, free: parts.reduce((free, part) => free.flatMap((each) => each.split(part)), [all]) };
}

/** Anchors over all votes; one that was not answered was missed. */
function anchorsOf(
  anchors: readonly Anchor[],
  votes: readonly Extract<Vote, { kind: 'answers' }>[],
): JudgeFacts['anchors'] {
  const right = votes.reduce(
    (sum, { answers }) =>
      sum +
      anchors.filter(({ id, expects }) => answers.some((each) => each.id === id && each.answer === expects))
        .length,
    0,
  );
  return { shown: anchors.length * votes.length, right };
}

function checkOf(criterion: Criterion, votes: Counted): Check {
  const { shown } = votes;
  return {
    id: criterion.id,
    kind: 'criterion',
    result: votes.result,
    outcome: votes.outcome,
    weight: criterion.weight,
    key: criterion.key,
    value: shown?.answer ?? null,
    unit: null,
    condition: `${criterion.question} ${criterion.pass}`,
    baseline: null,
    quote: shown === undefined || shown.quote === '' ? null : shown.quote.slice(0, 500),
    evidenceRef: shown === undefined || shown.evidence === '' ? null : shown.evidence.slice(0, 200),
    message: votes.message,
    muted: null,
  };
}

function voteFacts(vote: Extract<Vote, { kind: 'answers' }>, rules: CriteriaRules): VerdictVote {
  const ids = new Set(rules.criteria.map(({ id }) => id));
  const answers = vote.answers.filter(({ id }) => ids.has(id)).map(({ id, answer }) => [id, answer] as const);
  const { n, seed, answerDigest, tokens, ms } = vote;
  return { n, seed, answers: Object.fromEntries(answers), answerDigest, tokens, ms };
}

function error(decidedBy: DecidedBy, reason: string): Stop {
  return { outcome: 'error', decidedBy, reason };
}
