import type { Verdict } from '../../src/gate/verdict.ts';
import type { VerdictRules } from '../../src/gate/evaluate/make-verdict.ts';
import {
  defaultAgreement,
  defaultVotes,
  type CriteriaRules,
  type Criterion,
} from '../../src/gate/judge/criteria.ts';
import { evaluateCriteria, type CriteriaInput, type Vote } from '../../src/gate/judge/evaluate-criteria.ts';
import type { Answer } from '../../src/gate/judge/read-answer.ts';
import { context, nowMs } from './fixtures.ts';

export const quote = 'readinessProbe is set';

export function criterion(id: string, rest: Partial<Criterion> = {}): Criterion {
  return {
    id,
    question: 'Is a readiness probe set?',
    pass: 'yes',
    weight: 1,
    key: false,
    quote: true,
    ...rest,
  };
}

export function criteriaRules(rest: Partial<CriteriaRules> = {}): CriteriaRules {
  return {
    criteria: [criterion('a'), criterion('b')],
    threshold: 100,
    votes: defaultVotes,
    minAgreement: defaultAgreement,
    ...rest,
  };
}

export const policy: VerdictRules = {
  onWarn: 'block',
  onInconclusive: 'suspend',
  mode: 'enforce',
  validForMs: 3_600_000,
  text: { threshold: 100 },
};

/** One vote: a letter for each criterion a, b, …; `y`, `n`, `u`, and `q` for a yes whose quote is invented. */
export function vote(
  n: number,
  letters: string,
  anchors: readonly ['yes' | 'no', 'yes' | 'no'] = ['yes', 'no'],
): Vote {
  const answers = letters.split('').map((letter, index): Answer => ({
    id: String.fromCodePoint(97 + index),
    answer: letter === 'n' ? 'no' : letter === 'u' ? 'unknown' : 'yes',
    quote: letter === 'q' ? 'readinessProbe is perfect' : quote,
    evidence: 'object/web',
  }));
  const shown = anchors.map((answer, index): Answer => ({
    id: `anchor-${index}`,
    answer,
    quote: '',
    evidence: '',
  }));
  return {
    kind: 'answers',
    n,
    seed: n,
    answers: [...answers, ...shown],
    answerDigest: `sha256:${n}`,
    tokens: 10,
    ms: 5,
  };
}

export function votes(...letters: readonly string[]): readonly Vote[] {
  return letters.map((each, index) => vote(index + 1, each));
}

export function ask(
  given: Partial<CriteriaInput>,
  rules: CriteriaRules = criteriaRules(),
  how: VerdictRules = policy,
): Verdict {
  const input: CriteriaInput = {
    context,
    ruleChecks: [],
    evidence: [{ ref: 'object/web', text: `spec:\n  ${quote.replace(' ', '\n    ')}`, truncated: false }],
    votes: votes('yy', 'yy', 'yy'),
    anchors: [
      { id: 'anchor-0', expects: 'yes' },
      { id: 'anchor-1', expects: 'no' },
    ],
    judge: {
      provider: 'openai',
      modelAsked: 'm-1',
      modelAnswered: 'm-1',
      params: {},
      promptDigest: 'sha256:p',
      calibration: 'uncalibrated',
    },
    ...given,
  };
  return evaluateCriteria(rules, how, input, nowMs);
}
