import type OpenAI from 'openai';
import { SluiceError, isSluiceError } from '../api/errors.ts';
import type { HttpClient } from '../net/http-client.ts';
import type { CheckedEndpoint } from './endpoint.ts';
import { streamFault, unreadable, type CallPlace } from './model-fault.ts';
import { openModelFetch, type ExchangeNote } from './model-fetch.ts';
import { openCompletionReader, type Completion, type CompletionReader } from './read-completion.ts';

export interface ChatCall {
  readonly http: HttpClient;
  readonly endpoint: CheckedEndpoint;
  readonly place: CallPlace;
  readonly body: Record<string, unknown>;
  readonly timeoutMs: number;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
  /** Is told of the text as it comes; of an answer that is no stream at its end. */
  readonly onText?: (text: string) => void;
}

/** The body of a chat completion and what came of it. */
export type ChatResult =
  | { readonly kind: 'completion'; readonly completion: Completion }
  /** A status that is not 2xx. */
  | { readonly kind: 'refusal'; readonly response: NonNullable<ExchangeNote['response']> };

/**
 * Sends one request, once. The package writes the URL and reads the stream; sending, limits, deadline and credential are
 * ours, as are retries, because its own would neither know the budget nor stop at what was already shown. Throws SluiceError.
 */
export async function callChat(call: ChatCall): Promise<ChatResult> {
  const ended = new AbortController();
  const note: ExchangeNote = { response: undefined, thrown: undefined, exchange: undefined };
  const isStreamed = call.body['stream'] === true;
  const signal = AbortSignal.any([call.signal, ended.signal]);
  const { http, endpoint, timeoutMs, limitBytes } = call;
  try {
    const client = await openClient(
      endpoint,
      openModelFetch({ http, endpoint, timeoutMs, limitBytes, signal, isStreamed }, note),
    );
    const reader = openCompletionReader((text) => call.onText?.(text));
    await read(client, call, reader, note);
    return { kind: 'completion', completion: reader.result() };
  } catch (error) {
    const { response } = note;
    if (response !== undefined && (response.statusCode < 200 || response.statusCode > 299)) {
      return { kind: 'refusal', response };
    }
    throw faultOf(error, call, note);
  } finally {
    // A stream is over when its answer is, whether the server closes it or not.
    ended.abort();
    await note.exchange?.catch(() => undefined);
  }
}

/** A client for one call: its `fetch` belongs to the call. Every setting is given, or it would be read from the environment. */
async function openClient(endpoint: CheckedEndpoint, fetch: typeof globalThis.fetch): Promise<OpenAI> {
  // Loaded when a model is first asked: it takes longer than a whole `vet`.
  const { OpenAI, AzureOpenAI } = await import('openai');
  const { kind, baseUrl, apiVersion } = endpoint;
  const address = baseUrl.href.replace(/\/+$/, '');
  const options = {
    // A stand-in: what proves who asks is added by `fetch`, for the right host alone.
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off' as const,
    maxRetries: 0,
    // The deadline of the HTTP client counts.
    timeout: 2 ** 31 - 1,
    fetch,
  };
  if (kind === 'openai') return new OpenAI({ ...options, baseURL: address });
  const resource = /\/openai(?:\/v1)?$/.test(address) ? address.replace(/\/openai(?:\/v1)?$/, '') : address;
  return apiVersion === undefined
    ? new OpenAI({ ...options, baseURL: `${resource}/openai/v1` })
    : new AzureOpenAI({ ...options, baseURL: `${resource}/openai`, apiVersion });
}

async function read(
  client: OpenAI,
  call: ChatCall,
  reader: CompletionReader,
  note: ExchangeNote,
): Promise<void> {
  // The body was built by us; its type in the package names every model that was known when it was published.
  const sent: unknown = await client.chat.completions.create(
    call.body as unknown as OpenAI.ChatCompletionCreateParams,
    { signal: call.signal },
  );
  if (call.body['stream'] !== true) {
    if (!reader.whole(typeof sent === 'string' ? JSON.parse(sent) : sent)) throw unreadable(call.place);
    return;
  }
  let chunks = 0;
  for await (const chunk of sent as AsyncIterable<unknown>) {
    chunks += 1;
    if (!reader.chunk(chunk)) throw unreadable(call.place);
  }
  // The package ends a stream quietly when it is told to stop.
  call.signal.throwIfAborted();
  // Some servers do not stream, and answer whole.
  if (chunks > 0) return;
  const whole: unknown = JSON.parse(note.response?.body ?? '');
  if (!reader.whole(whole)) throw unreadable(call.place);
}

function faultOf(error: unknown, { signal, place }: ChatCall, note: ExchangeNote): SluiceError {
  if (signal.aborted)
    return new SluiceError('indeterminate', 'Aborted', `the call to ${place.host} was abandoned`);
  if (isSluiceError(error)) return error;
  if (isSluiceError(note.thrown)) return note.thrown;
  if (error instanceof SyntaxError) return unreadable(place);
  // What is left is a report of the server inside a stream. Of what the package itself says nothing is for users.
  const reported = (error as { error?: unknown } | null)?.error;
  const said =
    typeof reported === 'object' && reported !== null
      ? (reported as { message?: unknown }).message
      : reported;
  if (reported !== undefined) return streamFault(typeof said === 'string' ? said : '', place);
  return new SluiceError('bug', 'ModelCallFailed', `the call to ${place.host} failed in an unknown way`, {
    cause: error,
  });
}
