import type { Incident } from '../../../analyze/incident/incident.ts';
import { addUse, noUse, type ModelUse } from '../../../api/model-use.ts';
import type { ObjectName } from '../../../evidence/masking/object-names.ts';
import type { EvidenceAnswer, EvidenceAsker, EvidenceQuestion } from '../../../runner/ask/asker.ts';
import { explanationByRules, explanationOf, type Explanation, type Explanations } from './explanation.ts';
import { incidentQuestion, namesOfIncident } from './incident-question.ts';

export interface ExplainOptions extends Pick<EvidenceQuestion, 'language' | 'cacheForMs' | 'wish'> {
  /** What to anonymize beside the names in the findings. */
  readonly names: readonly ObjectName[];
  /** Once it fires, what is not explained yet is left to the rules. */
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, all: number) => void;
}

export interface Explained {
  readonly explanations: Explanations;
  /** By a model. */
  readonly byModel: number;
  readonly use: ModelUse;
}

/** Models answer slowly, and servers refuse crowds. */
const atATime = 3;
/** Of one attempt. */
const timeoutMs = 60_000;

/** Explains each incident by one question. None is without an explanation in the end: where no model has one, rules do. */
export async function explainIncidents(
  incidents: readonly Incident[],
  asker: EvidenceAsker,
  { signal, onProgress, names, ...asked }: ExplainOptions,
): Promise<Explained> {
  const explanations = new Map<Incident, Explanation>();
  let use = noUse;
  let isFailing = false;
  const left = incidents.values();
  // One incident may mention what is known of by another.
  const allNames = [...names, ...incidents.flatMap(namesOfIncident)];
  const work = async (): Promise<void> => {
    for (const incident of left) {
      // oxlint-disable-next-line no-await-in-loop -- each worker asks one question at a time
      const answer = await asking(incident);
      isFailing = answer?.kind === 'unavailable';
      use = answer === undefined ? use : addUse(use, answer.use);
      const byRules = explanationByRules(incident);
      const explanation =
        answer === undefined
          ? { text: byRules, whyNot: interrupted, replaced: {} }
          : explanationOf(answer, byRules);
      explanations.set(incident, explanation);
      onProgress(explanations.size, incidents.length);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  const byModel = [...explanations.values()].filter(({ model }) => model !== undefined).length;
  return { explanations, byModel, use };

  async function asking(incident: Incident): Promise<EvidenceAnswer | undefined> {
    if (signal.aborted) return undefined;
    const question = { ...incidentQuestion(incident), ...asked, names: allNames, timeoutMs };
    try {
      // A server that was waited for in vain is not waited for once more for each incident.
      return await asker.ask(question, { signal, ...(isFailing ? { maxAttempts: 1 } : {}) });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}

const interrupted: NonNullable<Explanation['whyNot']> = { reason: 'Interrupted', text: 'it was interrupted' };
