/** One message of a conversation. */
export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What form the server is asked to give the answer. Many servers ignore it: what comes is checked all the same. */
export type AnswerFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  /** `name` has letters, digits, `_` and `-`; `schema` is JSON Schema in the strict subset of the server. */
  | { readonly kind: 'schema'; readonly name: string; readonly schema: object };

export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly temperature?: number;
  readonly seed?: number;
  /** The most tokens the answer may have, thinking included. */
  readonly maxOutputTokens?: number;
  /** Text by default. */
  readonly format?: AnswerFormat;
}

/** Tokens as the server counted them. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ModelAnswer {
  /** Never empty. May hold think blocks, fences and whatever else the model wrote. */
  readonly text: string;
  /** What the server gave apart as thinking; empty when nothing. */
  readonly thinking: string;
  /** The model that answered, as the server names it. */
  readonly model: string;
  /** Undefined when the server counts nothing. */
  readonly usage: TokenUsage | undefined;
  /** How often the request was sent, by reason of passing faults. */
  readonly attempts: number;
  /** Parameters that the model refused and that were left out, such as `temperature`. */
  readonly leftOut: readonly string[];
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Is told of the answer's text as it comes. Once it was told something, the request is not sent again. */
  readonly onDelta?: (text: string) => void;
  /** Called when the connection of each request stands, before its first byte; what it throws ends the call. */
  readonly beforeSend?: () => void;
  /** How often the request may be sent, by reason of passing faults; the client's own limit where absent. */
  readonly maxAttempts?: number;
  /** Is told of each attempt that broke off after it was sent and is made again: it may be paid for all the same. */
  readonly onLost?: () => void;
}

/**
 * Asks a model. Throws SluiceError; its code says what happened:
 * `denied`: ModelKeyRefused, ModelForbidden, ModelQuotaUsedUp, EgressDenied;
 * `invalid`: ModelUnknown, ModelContextTooSmall;
 * `transient`: ModelBusy, ModelServerFault, ModelHostResting, and what keeps a connection from being made;
 * `terminal`: ModelRequestRefused, ModelFormatRefused, ModelAnswerUnreadable, ModelAnswerCutOff, ModelRefused,
 * ModelAnswerEmpty, ModelMoved;
 * `indeterminate`: what breaks an exchange off (Timeout, Aborted, ConnectionLost, BodyTooLarge, ModelAnswerBroken).
 * Where the server has counted, `details` has `inputTokens` and `outputTokens`: a failed call may have cost something.
 */
export interface ModelClient {
  ask(request: ModelRequest, options: AskOptions): Promise<ModelAnswer>;
}
