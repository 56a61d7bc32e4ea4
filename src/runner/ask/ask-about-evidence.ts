import { createHash } from 'node:crypto';
import { isSluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import { noUse } from '../../api/model-use.ts';
import { restorePlaceholders } from '../../api/placeholders.ts';
import { fenceEvidence, fenceNotice } from '../../evidence/fence.ts';
import { compareItems, uniqueRefs, type EvidenceItem } from '../../evidence/item.ts';
import { promptNonce } from '../../evidence/nonce.ts';
import { prepareEvidence, type PreparedEvidence } from '../../evidence/prepare/prepare-evidence.ts';
import { StandIns } from '../../evidence/stand-ins.ts';
import type { ModelPayer, ModelQuestion, ModelService } from '../../llm/model-service.ts';
import { useOfError } from '../../llm/use-of-error.ts';
import { mapTexts } from '../../ops/map-texts.ts';
import type { AskingOptions, EvidenceAnswer, EvidenceQuestion, Replaced } from './asker.ts';

export interface AskParts {
  readonly models: ModelService;
  /** What pseudonyms and nonces are derived from. */
  readonly key: string;
  readonly anonymize: boolean;
  /** Whoever pays, but for the namespace. */
  readonly payer: Omit<ModelPayer, 'namespace'>;
}

const defaults = { maxBytes: 65_536, maxTokens: 16_000, timeoutMs: 120_000 };

/** What is sent is what the answer is kept under: the same evidence but for what passes has the same answer. */
export async function askAboutEvidence(
  question: EvidenceQuestion,
  asking: AskingOptions,
  parts: AskParts,
): Promise<EvidenceAnswer> {
  const { signal } = asking;
  signal.throwIfAborted();
  const standIns = standInsFor(question);
  const prepared = prepare(question, standIns, parts);
  const restore = (text: string): string =>
    standIns.restore(restorePlaceholders(text, (name) => prepared.restore[name]));
  const replaced = mapTexts(prepared.restore, (text) => standIns.restore(text)) as Replaced;
  try {
    const reply = await parts.models.ask(
      modelQuestion(question, prepared, { ...parts, notice: standIns.notice }),
      asking,
    );
    return {
      kind: 'answered',
      text: restore(reply.text),
      ...(reply.value === undefined ? {} : { value: mapTexts(reply.value, restore) as JsonObject }),
      server: reply.server,
      model: reply.modelAnswered,
      isCached: reply.source !== 'asked',
      use: reply.use,
      suspicion: prepared.suspicion.map((each) => ({ ...each, evidenceRef: restore(each.evidenceRef) })),
      isCut: prepared.leftOut.length > 0 || prepared.items.some(({ truncated }) => truncated),
      replaced,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!isSluiceError(error) || error.kind === 'bug') throw error;
    const { code, message, hint } = error;
    return {
      kind: 'unavailable',
      reason: code,
      text: message,
      ...(hint === undefined ? {} : { hint }),
      use: useOfError(error) ?? noUse,
      replaced,
    };
  }
}

function standInsFor({ evidence, question, shortLived = [] }: EvidenceQuestion): StandIns {
  const texts = evidence.flatMap(({ ref, text }) => [ref, text]);
  return new StandIns([...texts, question], shortLived);
}

function prepare(
  { evidence, unshown = [], question, secrets = [], names = [], ...rest }: EvidenceQuestion,
  standIns: StandIns,
  { key, anonymize }: AskParts,
): PreparedEvidence {
  const stood = (item: EvidenceItem): EvidenceItem => ({
    ...item,
    ref: standIns.apply(item.ref),
    text: standIns.apply(item.text),
  });
  const text = standIns.apply(question);
  const stoodNames = names.map((each) => ({ ...each, name: standIns.apply(each.name) }));
  return prepareEvidence({
    items: uniqueRefs(evidence.map(stood).toSorted(compareItems)),
    content: { text, raw: text },
    unshown,
    shown: [],
    // A stand-in may be within a secret.
    secrets: secrets.flatMap((value) => [value, standIns.apply(value)]),
    names: anonymize ? [...names, ...stoodNames] : [],
    key,
    maxBytes: rest.maxBytes ?? defaults.maxBytes,
    maxTokens: rest.maxTokens ?? defaults.maxTokens,
    keepComments: false,
  });
}

function modelQuestion(
  question: EvidenceQuestion,
  { text, content = '', notice }: PreparedEvidence,
  { key, payer, notice: standInNotice }: AskParts & { readonly notice: string },
): ModelQuestion {
  const { language = 'English', namespace = 'default', cacheForMs, form, maxOutputTokens } = question;
  const system = [question.system, `Answer in ${language}.`, notice, standInNotice]
    .filter((part) => part !== '')
    .join('\n\n');
  const version = `${question.promptVersion}:${digestOf([system, content])}`;
  const nonce = promptNonce(key, ['ask', version, digestOf([text])]);
  const data = text === '' ? '' : `\n\n${fenceNotice(nonce)}\n${fenceEvidence(text, nonce)}`;
  return {
    payer: { ...payer, namespace },
    step: question.about,
    wish: question.wish ?? {},
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: content + data },
    ],
    timeoutMs: question.timeoutMs ?? defaults.timeoutMs,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(form === undefined ? {} : { form }),
    ...(cacheForMs <= 0
      ? {}
      : { cache: { promptVersion: version, language, evidence: text, timeToLiveMs: cacheForMs } }),
  };
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);
}
