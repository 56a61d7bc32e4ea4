import { SluiceError, isSluiceError } from '../api/errors.ts';
import type { HttpClient } from '../net/http-client.ts';
import { callChat, type ChatCall, type ChatResult } from './chat-call.ts';
import { checkEndpoint, type ModelEndpoint } from './endpoint.ts';
import { HostBreaker } from './host-breaker.ts';
import { requireAnswer } from './judge-completion.ts';
import type { AskOptions, ModelAnswer, ModelClient, ModelRequest } from './model-client.ts';
import { complaintText, statusFault, type CallPlace } from './model-fault.ts';
import { bodyOf, isAboutFormat, learn, unknownTraits, type ModelTraits } from './model-traits.ts';
import { pauseBefore, type RetryPolicy } from './retry-policy.ts';
import type { Completion } from './read-completion.ts';

export interface ModelClientOptions {
  readonly endpoint: ModelEndpoint;
  /** Its egress policy decides what can be reached. */
  readonly http: HttpClient;
  /** Wall time of one attempt, body included; 2 minutes by default. */
  readonly timeoutMs?: number;
  /** An answer is refused past this; 4 MiB by default. */
  readonly limitBytes?: number;
  readonly retries?: Partial<RetryPolicy>;
  /** Shared by the clients of a process, so that all leave a failing host alone. */
  readonly breaker?: HostBreaker;
  /** Waits; rejects when the signal fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotonic ms. */
  readonly now: () => number;
  /** From 0 to 1, so that clients do not retry in step. */
  readonly random: () => number;
}

const defaults = {
  timeoutMs: 120_000,
  limitBytes: 4 * 1024 * 1024,
  retries: { maxAttempts: 4, firstPauseMs: 500, longestPauseMs: 30_000 },
} as const;

/** Opens a client for one server. Throws SluiceError `invalid` for an address or a credential that cannot be used. */
export function openModelClient(options: ModelClientOptions): ModelClient {
  const endpoint = checkEndpoint(options.endpoint);
  const breaker = options.breaker ?? new HostBreaker(options.now);
  const retries: RetryPolicy = { ...defaults.retries, ...options.retries };
  const known = new Map<string, ModelTraits>();
  const secret = options.endpoint.credential?.key.trim();
  return {
    async ask(request, asked) {
      const place: CallPlace = {
        host: endpoint.baseUrl.host,
        model: request.model.slice(0, 100),
        secrets: secret === undefined ? [] : [secret],
      };
      const shown = { any: false };
      const policy = { ...retries, maxAttempts: asked.maxAttempts ?? retries.maxAttempts };
      for (let attempt = 1; ; attempt += 1) {
        try {
          // oxlint-disable-next-line no-await-in-loop -- an attempt is made because the one before it failed
          const { completion, leftOut } = await attemptOnce(request, asked, place, shown);
          requireAnswer(completion, place);
          return answerOf(completion, request, attempt, leftOut);
        } catch (error) {
          const waitMs =
            asked.signal.aborted || shown.any
              ? undefined
              : pauseBefore(error, attempt, policy, options.random);
          if (waitMs === undefined) throw error;
          if (isSluiceError(error) && error.kind === 'indeterminate') asked.onLost?.();
          // oxlint-disable-next-line no-await-in-loop -- as above
          await options.pause(waitMs, asked.signal).catch(() => undefined);
          if (asked.signal.aborted) throw abandoned(place);
        }
      }
    },
  };

  /** One attempt; what the model refuses is left out and asked again at once, as that is no fault of the server. */
  async function attemptOnce(
    request: ModelRequest,
    { signal, onDelta, beforeSend }: AskOptions,
    place: CallPlace,
    shown: { any: boolean },
  ): Promise<{ readonly completion: Completion; readonly leftOut: readonly string[] }> {
    let traits = known.get(request.model) ?? unknownTraits;
    for (;;) {
      const body = bodyOf(request, traits, onDelta !== undefined);
      // oxlint-disable-next-line no-await-in-loop -- each request is shaped by the refusal of the one before it
      const result = await callGuarded(breaker, {
        http: options.http,
        endpoint,
        place,
        body,
        timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
        limitBytes: options.limitBytes ?? defaults.limitBytes,
        signal,
        ...(beforeSend === undefined ? {} : { beforeSend }),
        ...(onDelta === undefined ? {} : { onText: (text: string) => show(onDelta, text, shown) }),
      });
      if (result.kind === 'completion') {
        if (traits !== unknownTraits) known.set(request.model, traits);
        return {
          completion: result.completion,
          leftOut: [...traits.refused].filter((name) => !name.startsWith('stream')),
        };
      }
      traits = retrained(traits, body, result.response, place);
    }
  }
}

function show(onDelta: (text: string) => void, text: string, shown: { any: boolean }): void {
  shown.any = true;
  onDelta(text);
}

/** The traits to ask with next; throws the fault of a refusal that teaches nothing. */
function retrained(
  traits: ModelTraits,
  body: Record<string, unknown>,
  response: Extract<ChatResult, { kind: 'refusal' }>['response'],
  place: CallPlace,
): ModelTraits {
  const fault = statusFault(response, place);
  // A server that is not sure of its own statuses says so with 500.
  if (fault.code !== 'ModelRequestRefused') throw fault;
  const said = complaintText(response);
  if (isAboutFormat(body, said)) {
    throw new SluiceError('terminal', 'ModelFormatRefused', fault.message, {
      hint: 'the model takes no such form of answer; ask for another one',
    });
  }
  const learnt = learn(traits, body, said);
  if (learnt === undefined) throw fault;
  return learnt;
}

/** Tells the breaker how a call ended: any answer of the server below 500 shows that it is there. */
async function callGuarded(breaker: HostBreaker, call: ChatCall): Promise<ChatResult> {
  const ended = breaker.enter(call.place.host);
  try {
    const result = await callChat(call);
    const isFailure = result.kind === 'refusal' && result.response.statusCode >= 500;
    if (isFailure) ended('failed', `it answered ${result.response.statusCode}`);
    else ended('answered');
    return result;
  } catch (error) {
    const isHosts = isSluiceError(error) && (error.kind === 'transient' || error.kind === 'indeterminate');
    if (isHosts && !call.signal.aborted) ended('failed', error.message);
    else ended('unknown');
    throw error;
  }
}

function abandoned({ host }: CallPlace): SluiceError {
  return new SluiceError('indeterminate', 'Aborted', `the call to ${host} was abandoned`);
}

function answerOf(
  { text, thinking, model, usage }: Completion,
  request: ModelRequest,
  attempts: number,
  leftOut: readonly string[],
): ModelAnswer {
  return { text, thinking, model: model === '' ? request.model : model, usage, attempts, leftOut };
}
