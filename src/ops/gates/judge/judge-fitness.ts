import { isObject } from '../../../api/json.ts';
import { calibrationFitness } from '../../../gate/judge/calibration/calibration-fitness.ts';
import type { CriteriaInput, Judge } from '../../../gate/judge/evaluate-criteria.ts';
import { judgePromptDigest } from '../../../gate/judge/judge-prompt.ts';
import { isAliasOf, kinshipFault } from '../../../gate/judge/model-family.ts';
import type { AiGatePolicy } from '../../../gate/policy/ai-gate-policy.ts';
import type { ReadSubject } from '../../../gate/read-subject.ts';

interface AskedModel {
  readonly server: string;
  readonly model: string;
}

/** Who judged and whether they may, as the evaluator takes it. */
export type JudgeFitness = Pick<CriteriaInput, 'judge' | 'aliases' | 'unfit'>;

const authorAnnotation = 'sluice.dev/authored-by';

/** Why the model that would be asked may not decide; known before anything is spent. */
export function unfitBefore(
  policy: AiGatePolicy,
  subject: ReadSubject,
  model: string,
  nowMs: number,
): string | undefined {
  return kinshipFault(model, authorsOf(policy, subject)) ?? calibrationFitness(policy, model, nowMs).unfit;
}

export function judgeFacts(policy: AiGatePolicy, asked: AskedModel, answered: string, nowMs: number): Judge {
  const { temperature, maxOutputTokens } = policy.judge;
  return {
    provider: asked.server,
    modelAsked: asked.model,
    modelAnswered: answered,
    params: { temperature, maxOutputTokens },
    promptDigest: judgePromptDigest,
    calibration: calibrationFitness(policy, answered, nowMs).facts,
  };
}

/** The judge after the votes. One name that is not that of the model which was asked is enough to show it. */
export function judgeOf(
  policy: AiGatePolicy,
  subject: ReadSubject,
  asked: AskedModel,
  answered: readonly string[],
  nowMs: number,
): JudgeFitness {
  const other = answered.find((model) => model !== asked.model && !isAliasOf(model, asked.model));
  const model = other ?? answered[0] ?? asked.model;
  const several = answered.length > 1 ? `several models answered: ${answered.join(', ')}` : undefined;
  const unfit = several ?? unfitBefore(policy, subject, model, nowMs);
  return {
    judge: judgeFacts(policy, asked, model, nowMs),
    aliases: isAliasOf(model, asked.model) ? [model] : [],
    ...(unfit === undefined ? {} : { unfit }),
  };
}

/** Families and models that wrote what is judged, by the policy and by the objects themselves. */
function authorsOf({ notJudgedBy }: AiGatePolicy, { manifests }: ReadSubject): readonly string[] {
  const named = manifests.flatMap(({ metadata }) => {
    const annotations =
      isObject(metadata) && isObject(metadata['annotations']) ? metadata['annotations'] : {};
    const author = annotations[authorAnnotation];
    return typeof author === 'string' && author.trim() !== '' ? [author] : [];
  });
  return [...notJudgedBy, ...named];
}
