import type { CheckResult } from '../verdict.ts';
import type { Outcome } from '../outcome.ts';
import type { Criterion, CriteriaRules } from './criteria.ts';
import { isQuoted } from './find-quote.ts';
import type { Answer } from './read-answer.ts';

/** What all votes say about one criterion. */
export interface Counted {
  readonly result: CheckResult;
  readonly outcome: Outcome;
  /** Percent of all votes that gave the most frequent answer. */
  readonly agreement: number;
  readonly isSplit: boolean;
  /** The answer that decided, for its quote: a wrong one before a right one. */
  readonly shown: Answer | undefined;
  readonly message: string;
}

/** Evidence by its reference, folded: all of it, and the parts between what tries to steer. */
export type FoldedEvidence = ReadonlyMap<string, { readonly all: string; readonly free: readonly string[] }>;

/**
 * Counts the answers to one criterion. An answer without a quote that stands in the evidence it names is unknown, and under a
 * key so is every answer to evidence that was cut; a right answer whose quote tries to steer is unknown, a wrong one stays. Right answers must be as many as are needed and agree; else one sure wrong
 * answer fails it, and without one it is unknown.
 */
export function countVotes(
  criterion: Criterion,
  answers: readonly Answer[],
  rules: CriteriaRules,
  evidence: FoldedEvidence,
  isCut: boolean,
): Counted {
  const { n, need } = rules.votes;
  const sure = answers.filter((each) => isSure(criterion, each, evidence, isCut));
  const right = sure.filter(({ answer }) => answer === criterion.pass);
  const wrong = sure.filter(({ answer }) => answer !== criterion.pass);
  const unknown = answers.length - sure.length;
  const agreement = Math.floor((100 * Math.max(right.length, wrong.length, unknown)) / n);
  const facts = {
    agreement,
    isSplit: [right.length, wrong.length, unknown].filter((count) => count > 0).length > 1,
    shown: wrong[0] ?? right[0] ?? answers[0],
  };
  const least = criterion.key ? rules.minAgreement.key : rules.minAgreement.others;
  const early = answers.length < n ? `; ${n - answers.length} not needed any more` : '';
  const tally = `${right.length} of ${n} votes right, ${wrong.length} wrong, ${unknown} unknown${early}`;
  // Votes that are still to come could be right; after all of them none is.
  const best = right.length + Math.max(0, n - answers.length);
  if (best < need && wrong.length > 0) return { ...facts, result: 'fail', outcome: 'fail', message: tally };
  if (right.length < need) return { ...facts, result: 'unknown', outcome: 'inconclusive', message: tally };
  if (100 * right.length < least * n)
    return {
      ...facts,
      result: 'unknown',
      outcome: 'inconclusive',
      message: `${tally}; ${least}% must agree`,
    };
  return { ...facts, result: 'pass', outcome: 'pass', message: tally };
}

function isSure(criterion: Criterion, answer: Answer, evidence: FoldedEvidence, isCut: boolean): boolean {
  if (answer.answer === 'unknown' || (criterion.key && isCut)) return false;
  if (!criterion.quote) return true;
  const text = evidence.get(answer.evidence);
  if (text === undefined) return false;
  // Steering may not help to open; what it shows against the change still counts.
  if (answer.answer !== criterion.pass) return isQuoted(answer.quote, text.all);
  return text.free.some((part) => isQuoted(answer.quote, part));
}
