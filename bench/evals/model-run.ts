import { addUse, noUse, type ModelUse } from '../../src/api/model-use.ts';
import { messageOf } from '../../src/api/errors.ts';
import { useOfError } from '../../src/llm/use-of-error.ts';
import { prepareEvidence } from '../../src/evidence/prepare/prepare-evidence.ts';
import { fenceEvidence, fenceNotice } from '../../src/evidence/fence.ts';
import { promptNonce } from '../../src/evidence/nonce.ts';
import type { ModelQuestion } from '../../src/llm/model-service.ts';
import { diagnosisForm, type ClusterDiagnosis } from '../../src/offline/cluster-diagnosis.ts';
import { evidenceOf } from './evidence-of.ts';
import { answerFaults } from './judge-answer.ts';
import { openWorld, type OpenWorld } from './open-world.ts';
import { openModel, type ModelSource, type OpenModel } from './open-model.ts';
import type { Scenario } from './scenario.ts';

/** How a model did. */
export interface ModelRun {
  /** As people call it: `offline engine`, or model and host. */
  readonly model: string;
  /** By scenario, what was wrong with the answer of each try; none: it was right. */
  readonly tries: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly use: ModelUse;
  readonly seconds: number;
}

/** Asks a model about each scenario, `times` times, through the layer that steps ask through. */
export async function runModel(
  source: ModelSource,
  scenarios: readonly Scenario[],
  times: number,
): Promise<ModelRun> {
  const begun = performance.now();
  const tries: Record<string, (readonly string[])[]> = {};
  let use = noUse;
  let model = '';
  for (const scenario of scenarios) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: servers limit how much is asked at a time
    const world = await openWorld(scenario.world);
    // oxlint-disable-next-line no-await-in-loop
    const asked = await openModel(source, world);
    // oxlint-disable-next-line no-await-in-loop
    const question = await questionAbout(scenario, world);
    model = asked.label;
    const answers: (readonly string[])[] = [];
    for (let index = 0; index < times; index += 1) {
      // oxlint-disable-next-line no-await-in-loop
      const given = await tryOnce(asked, question, scenario);
      answers.push(given.faults);
      use = addUse(use, given.use);
    }
    tries[scenario.id] = answers;
    // oxlint-disable-next-line no-await-in-loop
    await asked.close();
  }
  return { model, tries, use, seconds: (performance.now() - begun) / 1000 };
}

async function tryOnce(
  { models }: OpenModel,
  question: ModelQuestion,
  { expect }: Scenario,
): Promise<{ readonly faults: readonly string[]; readonly use: ModelUse }> {
  try {
    const { value, use } = await models.ask(question, { signal: AbortSignal.timeout(300_000) });
    return { faults: answerFaults(value as unknown as ClusterDiagnosis, expect), use };
  } catch (error) {
    // A model that cannot answer in the form has not answered.
    return { faults: [messageOf(error)], use: useOfError(error) ?? noUse };
  }
}

const how = `You are on call for a Kubernetes cluster and are shown what it holds.
verdict: "broken" if something does not work, or keeps from working what is about to be done; "unknown" if nothing is seen to be broken but a note says that something which could be could not be read; "healthy" otherwise. A rollout within its deadline, a suspended job and a policy that denies are not broken.
If it is broken, name the one object of the evidence at the root: the one whose own fault makes the others fail. Leave the names empty otherwise.`;

async function questionAbout(scenario: Scenario, world: OpenWorld): Promise<ModelQuestion> {
  const { text, notice } = prepareEvidence({
    items: await evidenceOf(scenario.world, world),
    unshown: [],
    shown: [],
    secrets: [],
    names: [],
    key: 'evals',
    maxBytes: 65_536,
    maxTokens: 16_000,
    keepComments: false,
  });
  const nonce = promptNonce('evals', [scenario.id, text]);
  return {
    payer: { uid: scenario.id, name: 'evals', namespace: 'evals', annotations: {} },
    step: scenario.id,
    wish: {},
    messages: [
      { role: 'system', content: [how, notice].filter((part) => part !== '').join('\n\n') },
      {
        role: 'user',
        content: `What is wrong with this cluster?\n\n${fenceNotice(nonce)}\n${fenceEvidence(text, nonce)}`,
      },
    ],
    form: diagnosisForm,
  };
}
