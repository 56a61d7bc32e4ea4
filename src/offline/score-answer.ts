import type { Judgement } from './judgement.ts';
import type { PromptParts } from './prompt-objects.ts';
import type { Question } from './question.ts';
import { describeObject } from '../analyze/object-name.ts';
import { score } from '../analyze/score.ts';
import { scoredFindings } from './judgement.ts';

export interface ScoreAnswer {
  readonly content: string;
  /** How the number came about, a line each; or why there is none. */
  readonly explanation: readonly string[];
}

/**
 * The score as digits and nothing else. A refusal holds no digit at all, so that no reader, however lenient, can take one
 * for a score: the gate behind it stays closed.
 */
export function scoreAnswer(
  question: Question,
  judgements: readonly Judgement[],
  data: PromptParts['data'],
): ScoreAnswer {
  const refusal = refusalOf(question, judgements, data);
  if (refusal !== undefined)
    return { content: `cannot score: ${refusal}`, explanation: [refusal, ...details(judgements)] };
  const scored = judgements.map((judgement) => ({ judgement, result: score(scoredFindings(judgement)) }));
  const lowest = Math.min(...scored.map(({ result }) => result.score));
  return {
    content: String(lowest),
    explanation: scored.flatMap(({ judgement, result }) => [
      `${describeObject(judgement.state.object)}: ${result.score} of 100${judgement.lookup === 'live' ? '' : ', judged by its text alone'}`,
      ...result.explanation.map(
        (line) => `${line.points > 0 ? '-' : '+'}${Math.abs(line.points)} ${line.item}: ${line.because}`,
      ),
      ...judgement.notes,
      ...judgement.state.notChecked.map((text) => `not checked: ${text}`),
    ]),
  };
}

function refusalOf(
  question: Question,
  judgements: readonly Judgement[],
  data: PromptParts['data'],
): string | undefined {
  if (question.kind === 'otherScale') return 'the offline engine only scores out of one hundred';
  if (data === 'broken') return 'a part of the data in the prompt cannot be read';
  if (data === 'cut') return 'too many objects in the prompt';
  if (judgements.length === 0) return 'no object in the prompt';
  if (judgements.some((each) => each.audit.kind === 'notCovered'))
    return 'no rule covers an object of this kind';
  if (judgements.some((each) => each.lookup === 'unreadable'))
    return 'the live state of the object could not be read';
  return undefined;
}

function details(judgements: readonly Judgement[]): readonly string[] {
  return judgements.flatMap((each) =>
    each.state.notChecked.map((text) => `${describeObject(each.state.object)}: ${text}`),
  );
}
