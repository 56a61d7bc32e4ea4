import { createHash } from 'node:crypto';
import { parseDuration } from '../api/duration.ts';
import { SluiceError } from '../api/errors.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { restorePlaceholders } from '../api/placeholders.ts';
import { SecretMask } from '../api/secret-mask.ts';
import { fenceEvidence, fenceNotice } from '../evidence/fence.ts';
import { Masker, maskingNotice } from '../evidence/masking/masker.ts';
import { holdsPlaceholder } from '../evidence/masking/pseudonym.ts';
import { promptNonce } from '../evidence/nonce.ts';
import type { ModelMessage } from '../llm/model-client.ts';
import type { ModelQuestion, ModelReply } from '../llm/model-service.ts';
import { readDollars, showDollars } from '../api/dollars.ts';
import { llmParams, llmResult } from './llm-schema.ts';
import { mapTexts } from './map-texts.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { numberParam, objectParam, textParam } from './param-values.ts';

export const llm: Op = {
  name: 'llm',
  cue: [],
  description:
    'Asks a model, by the settings for models and within the budgets. Everything that is sent is masked; addresses are put back into the answer.',
  params: llmParams,
  result: llmResult,
  needs: 'network',
  callsModel: true,
  // It changes nothing but the bill, and the same question may be asked again.
  onUnknown: () => 'retry',
  pure: false,
  async perform(params, context) {
    try {
      return await ask(params, context);
    } catch (error) {
      return repeatable(outcomeOfError(error));
    }
  },
};

/** Nothing happened that a second question would do twice. */
function repeatable(outcome: ReturnType<typeof outcomeOfError>): OpOutcome {
  return outcome.class === 'indeterminate' ? { ...outcome, class: 'transient', isRepeat: true } : outcome;
}

async function ask(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const key = textParam(params, 'key', '').trim();
  if (key !== '') context.addSecret(key);
  const masker = maskerOf(context);
  const question = questionOf(params, key, masker, context);
  const reply = await context.models.ask(question, {
    signal: context.signal,
    // The step repeats what passes by itself, visibly and across restarts; both would multiply.
    maxAttempts: 1,
    ...(context.beforeSend === undefined ? {} : { beforeSend: context.beforeSend }),
    ...(context.onAnswer === undefined
      ? {}
      : { onDelta: shownTo(context.onAnswer, objectParam(params, 'shownAs'), masker) }),
  });
  const restore = (text: string): string => masker.unmask(text);
  return {
    kind: 'ok',
    result: resultOf(reply, restore),
    use: reply.use,
    notice: `model: ${reply.server}`,
  };
}

/** More of an answer is on no screen. */
const shownChars = 2000;

/** Shows the end of an answer while it comes, with what was replaced put back. */
function shownTo(show: (text: string) => void, values: JsonObject, masker: Masker): (delta: string) => void {
  const valueOf = (placeholder: string): string | undefined => {
    const value = Object.hasOwn(values, placeholder) ? values[placeholder] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  let text = '';
  return (delta) => {
    text = (text + delta).slice(-shownChars);
    show(restorePlaceholders(masker.unmask(text), valueOf));
  };
}

/** A second net: step types that pass `evidence` first have nothing left to mask. */
function maskerOf(context: OpContext): Masker {
  const secrets = new SecretMask();
  for (const value of context.secretValues()) secrets.add(value);
  return new Masker({ key: context.evidence.key, secrets: [secrets] });
}

function questionOf(params: JsonObject, key: string, masker: Masker, context: OpContext): ModelQuestion {
  const [plainSystem, plainPrompt] = [textParam(params, 'system', ''), textParam(params, 'prompt', '')];
  const plainEvidence = evidenceText(params['evidence']);
  for (const text of [plainSystem, plainPrompt, plainEvidence]) masker.learn(text);
  const system = masker.mask(plainSystem);
  const prompt = masker.mask(plainPrompt);
  const evidence = masker.mask(plainEvidence);
  const version = `${textParam(params, 'promptVersion', '')}:${digestOf([system, prompt])}`;
  const timeoutMs = durationParam(params, 'timeout');
  const cacheMs = durationParam(params, 'cacheFor');
  const temperature = numberParam(params, 'temperature');
  const maxOutputTokens = numberParam(params, 'maxTokens');
  const schema = params['schema'];
  const limits = limitsOf(objectParam(params, 'limits'));
  return {
    payer: context.run,
    step: context.step.path,
    wish: wishOf(params, key),
    messages: messagesOf(system, prompt, evidence, version, context),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(isObject(schema) ? { form: { name: textParam(params, 'name', 'answer'), schema } } : {}),
    ...(limits === undefined ? {} : { limits }),
    // The nonce of the fence differs where anything else does, so the messages need not be part of the key.
    ...(cacheMs === undefined || cacheMs === 0
      ? {}
      : {
          cache: {
            promptVersion: version,
            language: textParam(params, 'language', 'English'),
            evidence,
            timeToLiveMs: cacheMs,
          },
        }),
  };
}

function messagesOf(
  system: string,
  prompt: string,
  evidence: string,
  version: string,
  context: OpContext,
): readonly ModelMessage[] {
  const isMasked = [system, prompt, evidence].some(holdsPlaceholder);
  const how = [system, ...(isMasked ? [maskingNotice] : [])].filter((part) => part !== '').join('\n\n');
  const nonce = promptNonce(context.evidence.key, ['llm', version, digestOf([evidence])]);
  const data = evidence === '' ? '' : `\n\n${fenceNotice(nonce)}\n${fenceEvidence(evidence, nonce)}`;
  return [
    ...(how === '' ? [] : [{ role: 'system' as const, content: how }]),
    { role: 'user', content: prompt + data },
  ];
}

function wishOf(params: JsonObject, key: string): ModelQuestion['wish'] {
  const [model, server, baseUrl] = ['model', 'server', 'baseUrl'].map((name) => textParam(params, name, ''));
  return {
    ...(model === '' || model === undefined ? {} : { model }),
    ...(server === '' || server === undefined ? {} : { server }),
    ...(baseUrl === '' || baseUrl === undefined ? {} : { baseUrl }),
    ...(key === '' ? {} : { key }),
  };
}

function resultOf(reply: ModelReply, restore: (text: string) => string): JsonObject {
  const { inputTokens, outputTokens, microDollars } = reply.use;
  return {
    text: restore(reply.text),
    ...(reply.value === undefined ? {} : { value: mapTexts(reply.value, restore) }),
    model: reply.modelAnswered,
    server: reply.server,
    source: reply.source,
    tokens: { input: inputTokens, output: outputTokens },
    cost: microDollars === null ? null : showDollars(microDollars),
  };
}

function evidenceText(evidence: Json | undefined): string {
  if (evidence === undefined || evidence === null) return '';
  return typeof evidence === 'string' ? evidence : stringifyJson(evidence);
}

function limitsOf(limits: JsonObject): ModelQuestion['limits'] {
  if (Object.keys(limits).length === 0) return undefined;
  const [tokens, calls] = [numberParam(limits, 'tokens'), numberParam(limits, 'calls')];
  const cost = textParam(limits, 'cost', '');
  const microDollars = cost === '' ? undefined : readDollars(cost);
  if (cost !== '' && microDollars === undefined)
    throw invalid(`limits.cost must be dollars with at most six decimals, not "${cost.slice(0, 30)}"`);
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(calls === undefined ? {} : { calls }),
    ...(microDollars === undefined ? {} : { microDollars }),
  };
}

function durationParam(params: JsonObject, name: string): number | undefined {
  const text = textParam(params, name, '');
  if (text === '') return undefined;
  const ms = parseDuration(text);
  if (ms === undefined || ms < 0) throw invalid(`${name} must be a duration such as 30s or 2m`);
  return ms;
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);
}

function invalid(message: string): SluiceError {
  return new SluiceError('invalid', 'InvalidParameter', `llm: ${message}`);
}
