import type { PolicyFault } from '../policy/policy-fault.ts';

/** A closed question about the evidence, answered yes, no or unknown. */
export interface Criterion {
  readonly id: string;
  readonly question: string;
  /** The right answer. */
  readonly pass: 'yes' | 'no';
  readonly weight: number;
  readonly key: boolean;
  /** Whether an answer counts only with a quote that is found in the evidence. */
  readonly quote: boolean;
}

/** A question put among the criteria whose answer is known: a judge that misses one is not awake. */
export interface Anchor {
  readonly id: string;
  readonly expects: 'yes' | 'no';
}

export interface VoteRules {
  /** Calls to the judge. */
  readonly n: number;
  /** Right answers of them that a criterion needs; more than half. */
  readonly need: number;
}

/** What decides over the answers of a judge. */
export interface CriteriaRules {
  readonly criteria: readonly Criterion[];
  /** Percent of the weights whose answer must be right. */
  readonly threshold: number;
  readonly votes: VoteRules;
  /** Percent of the votes that must agree on a right answer. */
  readonly minAgreement: { readonly key: number; readonly others: number };
}

export const defaultVotes: VoteRules = { n: 3, need: 3 };
export const defaultAgreement: CriteriaRules['minAgreement'] = { key: 100, others: 67 };

/** What is wrong with these rules; all of it. */
export function checkCriteria(rules: CriteriaRules): readonly PolicyFault[] {
  const { criteria, threshold, votes, minAgreement } = rules;
  const faults: PolicyFault[] = [];
  const add = (path: string, code: string, message: string): number => faults.push({ path, code, message });
  if (criteria.length === 0)
    add('criteria', 'NoCriteria', 'there is no criterion, so nothing would be judged');
  else if (criteria.every(({ weight }) => weight === 0))
    add('criteria', 'NothingCounted', 'no criterion counts, so nothing decides');
  const seen = new Set<string>();
  criteria.forEach((each, index) => {
    const at = `criteria[${index}]`;
    if (seen.has(each.id))
      add(`${at}.id`, 'DuplicateId', `"${each.id}" is the id of an earlier criterion, too`);
    seen.add(each.id);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(each.id))
      add(
        `${at}.id`,
        'BadId',
        'an id is letters, digits, `.`, `_` and `-`, and begins with a letter or digit',
      );
    if (!isWeight(each.weight)) add(`${at}.weight`, 'BadWeight', 'a weight is a whole number of at least 0');
    if (each.key && each.weight === 0)
      add(`${at}.key`, 'KeyWithoutWeight', 'a key criterion must count: it cannot have weight 0');
    if (each.question.trim() === '') add(`${at}.question`, 'NoQuestion', 'the question is empty');
  });
  if (!isPercent(threshold) || threshold === 0)
    add('threshold', 'BadThreshold', 'a threshold is a whole number of percent from 1 to 100');
  const { n, need } = votes;
  if (!isWeight(n) || n < 1 || n > 15) add('votes.count', 'BadVotes', 'there are 1 to 15 votes');
  else if (!isWeight(need) || need > n || 2 * need <= n)
    add('votes.need', 'BadVotes', `of ${n} votes more than half must be needed, and no more than there are`);
  if (!isPercent(minAgreement.key) || !isPercent(minAgreement.others))
    add('minAgreement', 'BadAgreement', 'an agreement is a whole number of percent from 0 to 100');
  return faults;
}

/** Questions that ask more than one thing: a yes to half of one is a wrong yes. For `vet`, as warnings. */
export function lintQuestions(criteria: readonly Criterion[]): readonly PolicyFault[] {
  return criteria.flatMap(({ question }, index) =>
    /\b(?:and|or)\b/i.test(question)
      ? [
          {
            path: `criteria[${index}].question`,
            code: 'SeveralClaims',
            message: 'ask one thing: split this question where it says "and" or "or"',
          },
        ]
      : [],
  );
}

function isWeight(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= 1_000_000;
}

function isPercent(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= 100;
}
