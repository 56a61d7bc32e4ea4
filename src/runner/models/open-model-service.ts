import { SluiceError, isSluiceError } from '../../api/errors.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { noUse } from '../../api/model-use.ts';
import { accountsOf, type Budgets } from '../../llm/budget/accounts.ts';
import { defaultMaxOutputTokens, withBudget } from '../../llm/budget/budgeted-client.ts';
import { openMemorySpendStore } from '../../llm/budget/memory-spend-store.ts';
import type { Price } from '../../llm/budget/prices.ts';
import type { SpendLimits } from '../../llm/budget/spend-store.ts';
import { cacheKey } from '../../llm/cache/cache-key.ts';
import type { ModelClient } from '../../llm/model-client.ts';
import type { ModelPayer, ModelQuestion, ModelReply, ModelService } from '../../llm/model-service.ts';
import { openStructuredAsker } from '../../llm/structured/ask-structured.ts';
import { withUse } from '../../llm/use-of-error.ts';
import { loweredBudgets } from './lowered-budgets.ts';
import { meterCall } from './meter-call.ts';
import { ModelAskers, type ModelAsker } from './model-askers.ts';
import type { ModelCommons } from './model-commons.ts';
import { modelAt, type ModelPlace, type ModelPlaces } from './model-places.ts';
import { capturing, type ModelTraffic } from './model-traffic.ts';
import { SpendingTally } from './spending-tally.ts';

export interface ModelServiceOptions {
  readonly commons: ModelCommons;
  readonly places: ModelPlaces;
  readonly traffic: ModelTraffic;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

type AskOptions = Parameters<ModelService['ask']>[1];

/** A question on its way: everything but the answer is decided. */
interface Asking {
  readonly question: ModelQuestion;
  readonly place: ModelPlace;
  readonly model: string;
  readonly price: Price | undefined;
  readonly budgets: Budgets & { readonly call?: SpendLimits };
  readonly tally: SpendingTally;
}

/** The models of one run. */
export function openModelService(options: ModelServiceOptions): ModelService {
  const { commons, places, traffic, now, newId } = options;
  const askers = new ModelAskers(commons);
  return {
    async ask(question, asked) {
      const place = await places.at(question.wish);
      const model = modelAt(place);
      const price = await places.priceAt(place.label, model);
      const budgets = await budgetsOf(question.payer);
      const tally = new SpendingTally(price);
      try {
        const asking = { question, place, model, price, budgets, tally };
        const { answer, source } = await throughCache(asking, asked);
        const use = source === 'asked' ? tally.use : { ...noUse, cached: 1 };
        const { text, value, model: modelAnswered } = answer;
        return { text, value, server: place.label, modelAsked: model, modelAnswered, source, use };
      } catch (error) {
        throw withUse(asked.signal.aborted ? abandoned(error, place) : error, tally.use);
      }
    },

    async describe(wish) {
      const place = await places.at(wish);
      return { server: place.label, model: modelAt(place) };
    },

    async metered(call, send) {
      const budgets = await budgetsOf(call.payer);
      return await meterCall(call, send, { commons, places, traffic, budgets, now, newId });
    },
  };

  async function budgetsOf({ annotations }: ModelPayer): Promise<Asking['budgets']> {
    const { budgets } = await commons.settings();
    return loweredBudgets(budgets, annotations);
  }

  async function throughCache(
    asking: Asking,
    asked: AskOptions,
  ): Promise<{ readonly answer: Answer; readonly source: ModelReply['source'] }> {
    const { question, place, model } = asking;
    if (question.cache === undefined || traffic.kind === 'dry-run')
      return { answer: await askModel(asking, asked), source: 'asked' };
    const { timeToLiveMs } = question.cache;
    let isOurs = false;
    const request = {
      key: keyOf(asking, question.cache),
      label: `${model} at ${place.label}`,
      timeToLiveMs,
      signal: asked.signal,
      ask: async (signal: AbortSignal): Promise<Json> => {
        isOurs = true;
        return kept(await askModel(asking, { ...asked, signal }));
      },
    };
    for (;;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- asked again because of somebody else
        const { value, source } = await commons.answers.through(request);
        return { answer: answerOfKept(value), source };
      } catch (error) {
        // Whoever asked first may have had a smaller budget, or have lost its run: that is not this question's end.
        if (isOurs || asked.signal.aborted || !isOfTheirs(error)) throw error;
      }
    }
  }

  async function askModel(asking: Asking, asked: AskOptions): Promise<Answer> {
    const { question, model, tally } = asking;
    const { client: bare, memory } = askerOf(asking);
    const client = traffic.kind === 'dry-run' ? bare : charged(bare, asking);
    const { messages, temperature, seed, maxOutputTokens = defaultMaxOutputTokens, form } = question;
    const request = {
      model,
      messages,
      ...(temperature === undefined ? {} : { temperature }),
      ...(seed === undefined ? {} : { seed }),
      maxOutputTokens,
    };
    const { signal, maxAttempts } = asked;
    const beforeSend = (): void => {
      asked.beforeSend?.();
      tally.sent();
    };
    const sending = { signal, beforeSend, ...(maxAttempts === undefined ? {} : { maxAttempts }) };
    if (form !== undefined) {
      const asker = openStructuredAsker(client, memory);
      const given = await asker.ask({ ...request, ...form }, sending);
      const last = given.answers.at(-1);
      return { text: last?.text ?? '', value: given.value, model: last?.model ?? model };
    }
    // A recording is of requests, and one that is streamed is another: they must not depend on who watches.
    const onDelta = traffic.kind === 'live' ? asked.onDelta : undefined;
    const given = await client.ask(request, {
      ...sending,
      ...(onDelta === undefined ? {} : { onDelta }),
    });
    return { text: given.text, value: undefined, model: given.model };
  }

  function askerOf({ question, place, price }: Asking): ModelAsker {
    const { timeoutMs, step } = question;
    if (traffic.onPreview === undefined) return askers.at(place, timeoutMs);
    const http = capturing(place.http, traffic.onPreview, { step, server: place.label, price });
    return new ModelAskers(commons).at({ ...place, http }, timeoutMs);
  }

  /** The inner budget is the one that is kept; the outer one is of this question alone, its repairs included. */
  function charged(client: ModelClient, { question, price, budgets, tally }: Asking): ModelClient {
    const { payer, limits } = question;
    const priced = { priceOf: () => price, newId };
    const inner = withBudget(client, {
      ...priced,
      store: commons.spending,
      accounts: () => accountsOf(payer, budgets, now()),
      ...(budgets.call === undefined ? {} : { perCall: budgets.call }),
      onCharged: (usage) => tally.charged(usage),
    });
    if (limits === undefined) return inner;
    const accounts = [{ key: `step ${question.step}`, limits }];
    return withBudget(inner, { ...priced, store: openMemorySpendStore(), accounts: () => accounts });
  }
}

interface Answer {
  readonly text: string;
  readonly value: JsonObject | undefined;
  /** As the server names it. */
  readonly model: string;
}

function keyOf(
  { question, place, model }: Asking,
  { promptVersion, language, evidence }: NonNullable<ModelQuestion['cache']>,
): string {
  const { temperature = null, seed = null, maxOutputTokens = null, form } = question;
  const parameters: Json = {
    temperature,
    seed,
    maxOutputTokens,
    form:
      form === undefined
        ? null
        : {
            name: form.name,
            schema: stringifyJson(form.schema),
            tolerate: form.tolerate === undefined ? null : [...form.tolerate].toSorted(),
          },
  };
  return cacheKey({ endpoint: place.address, model, parameters, promptVersion, language, evidence });
}

function kept({ text, value, model }: Answer): Json {
  return { text, value: value ?? null, model };
}

function answerOfKept(value: Json): Answer {
  if (isObject(value)) {
    const { text, model, value: inner } = value;
    const isValue = inner === null || isObject(inner);
    if (typeof text === 'string' && typeof model === 'string' && isValue)
      return { text, model, value: isObject(inner) ? inner : undefined };
  }
  throw new SluiceError('environment', 'CacheDamaged', 'a kept answer of a model cannot be read', {
    hint: 'empty the cache: sluice cache purge',
  });
}

/** Faults that say something of whoever asked, and nothing of the model. */
function isOfTheirs(error: unknown): boolean {
  const codes = ['BudgetUsedUp', 'PriceUnknown', 'Aborted', 'NotOwned'];
  return isSluiceError(error) ? codes.includes(error.code) : (error as Error | null)?.name === 'AbortError';
}

function abandoned(error: unknown, { label }: ModelPlace): unknown {
  if (isSluiceError(error)) return error;
  return new SluiceError('indeterminate', 'Aborted', `the call to ${label} was abandoned`, { cause: error });
}
