import type { ReadOnlyCluster } from '../cluster/port.ts';
import type { Headings } from './headings.ts';
import type { Judgement } from './judgement.ts';
import type { PromptParts } from './prompt-objects.ts';
import type { Question } from './question.ts';
import { readJudgePrompt } from '../gate/judge/read-prompt.ts';
import { auditText } from './audit-text.ts';
import { diagnoseClusters } from './cluster-diagnosis.ts';
import { diagnosisText } from './diagnosis-text.ts';
import { withLiveUid } from './fenced-evidence.ts';
import { headingsOf } from './headings.ts';
import { answerJudge } from './judge-answer.ts';
import { judge } from './judgement.ts';
import { splitPrompt } from './prompt-objects.ts';
import { languageOf, questionOf } from './question.ts';
import { scoreAnswer } from './score-answer.ts';

export interface Prompt {
  /** What says how to answer: system messages. */
  readonly system: string;
  readonly user: string;
  /** The answer is to be a `ClusterDiagnosis`. */
  readonly form?: 'diagnosis';
}

export interface Answer {
  readonly content: string;
  readonly question: Question['kind'] | 'criteria' | 'form';
  /** For a score, the sum; for criteria, why each has its answer; a line each. */
  readonly explanation: readonly string[];
}

/** Answers a prompt from rules. The same prompt over the same state at the same time gives the same answer. */
export async function answerPrompt(
  prompt: Prompt,
  clusters: readonly ReadOnlyCluster[],
  nowMs: number,
): Promise<Answer> {
  if (prompt.form === 'diagnosis') {
    const content = JSON.stringify(await diagnoseClusters(clusters, nowMs));
    return { content, question: 'form', explanation: [] };
  }
  const criteria = readJudgePrompt(prompt.user);
  if (criteria !== undefined) return { ...answerJudge(criteria), question: 'criteria' };
  const parts = await splitPrompt(prompt.user);
  const { instructions, objects, data } = parts;
  const words = `${prompt.system}\n${instructions}`;
  const question = questionOf(words);
  const judgements: Judgement[] = [];
  for (const object of objects) {
    // One after the other: fifty objects at once would be two hundred lists at once.
    // oxlint-disable-next-line no-await-in-loop
    const asked = parts.isEvidence ? await withLiveUid(object, clusters) : object;
    // oxlint-disable-next-line no-await-in-loop
    judgements.push(await judge(asked, clusters, nowMs));
  }
  if (question.kind === 'score' || question.kind === 'otherScale') {
    return { ...scoreAnswer(question, judgements, data), question: question.kind };
  }
  const { language, asked } = languageOf(words);
  const content = inWords(question, judgements, parts, headingsOf(language, asked));
  return { content, question: question.kind, explanation: [] };
}

function inWords(
  question: Question,
  judgements: readonly Judgement[],
  { data, findings }: PromptParts,
  headings: Headings,
): string {
  const parts = judgements.map((judgement) => {
    if (question.kind === 'audit') return auditText(judgement, headings);
    if (question.kind === 'diagnose') return diagnosisText(judgement, headings);
    return `${diagnosisText(judgement, headings)}\n\n${auditText(judgement, headings)}`;
  });
  return [
    ...(headings.languageNote === '' ? [] : [headings.languageNote]),
    ...(parts.length === 0 ? [headings.noObject] : [parts.join('\n\n----\n\n')]),
    ...(judgements.some(({ lookup }) => lookup !== 'live')
      ? findings.map((text) => `${headings.evidence}\n${text}`)
      : []),
    ...(data === 'cut'
      ? [`There are more objects in the prompt; only the first ${judgements.length} were looked at.`]
      : []),
    ...(data === 'broken'
      ? ['A part of the data in the prompt is neither JSON nor YAML, and was not looked at.']
      : []),
    headings.signature,
  ].join('\n\n');
}
