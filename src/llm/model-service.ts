import type { Json, JsonObject } from '../api/json.ts';
import type { ModelUse } from '../api/model-use.ts';
import type { SpendLimits } from './budget/spend-store.ts';
import type { AskOptions, ModelMessage } from './model-client.ts';
import type { StructuredRequest } from './structured/ask-structured.ts';

/** Whose budgets a call is charged to. */
export interface ModelPayer {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** `sluice.dev/…` annotations of the run may lower its budget. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Which model is meant. Whatever is absent comes from the operator's settings. */
export interface ModelWish {
  readonly model?: string;
  /** Name of a server that the operator has set up (`sluice auth add`). */
  readonly server?: string;
  /** Address that the step itself names; a key of the operator goes there only if it is bound to that host. */
  readonly baseUrl?: string;
  /** The step's own key. */
  readonly key?: string;
}

export interface ModelQuestion {
  readonly payer: ModelPayer;
  /** Path of the step that asks, for people. */
  readonly step: string;
  readonly wish: ModelWish;
  /** Already masked: nothing is masked after this. */
  readonly messages: readonly ModelMessage[];
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxOutputTokens?: number;
  /** Wall time of one attempt. */
  readonly timeoutMs?: number;
  /** Ask for one JSON object; absent, for text. */
  readonly form?: Pick<StructuredRequest, 'name' | 'schema' | 'check' | 'tolerate'>;
  /** What this one question may cost at most, repairs included. */
  readonly limits?: SpendLimits;
  /** Absent: the answer is neither looked up nor kept. Server, model and parameters are part of the key anyhow. */
  readonly cache?: {
    readonly promptVersion: string;
    readonly language: string;
    readonly evidence: Json;
    readonly timeToLiveMs: number;
  };
}

export interface ModelReply {
  readonly text: string;
  /** Where a form was asked for. */
  readonly value: JsonObject | undefined;
  /** For people: `offline engine` or the host. */
  readonly server: string;
  readonly modelAsked: string;
  /** As the server names it. */
  readonly modelAnswered: string;
  readonly source: 'asked' | 'cache' | 'shared';
  readonly use: ModelUse;
}

/** A call to a model that a step type makes by HTTP itself: its body was written by others. */
export interface MeteredCall {
  readonly payer: ModelPayer;
  readonly step: string;
  /** The label of its route: the host, or `offline engine`. Prices are of a host. */
  readonly server: string;
  /** The body as it is sent, a chat completion; what cannot be read in it is counted at its worst. */
  readonly body: string;
}

/**
 * The models as ops see them: settings, keys, budgets, cache, breakers and recordings are behind it. Throws SluiceError as
 * ModelClient does, and `denied` BudgetUsedUp, `invalid` PriceUnknown, NoModel, NoSuchServer, BadModelBudget, `terminal` DryRun.
 * `details.use` of an error is what the failed call cost, where anything is known of it: `useOfError`.
 */
export interface ModelService {
  /** `onDelta` is told of the answer's text as it comes, where no form is asked for; an answer of the cache comes without it. */
  ask(
    question: ModelQuestion,
    options: Pick<AskOptions, 'signal' | 'beforeSend' | 'onDelta' | 'maxAttempts'>,
  ): Promise<ModelReply>;
  /** Which server and model would answer, without asking: part of cache keys and verdicts. */
  describe(wish: ModelWish): Promise<{ readonly server: string; readonly model: string }>;
  /** Reserves before `send` is called and settles by the `usage` of the answer's body after it. */
  metered<Answer extends { readonly statusCode: number; readonly body: string }>(
    call: MeteredCall,
    send: () => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly use: ModelUse }>;
}
