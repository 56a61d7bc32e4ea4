import type OpenAI from 'openai';
import { SluiceError, isSluiceError } from '../api/errors.ts';
import type { HttpClient } from '../net/http-client.ts';
import { azureResource, type CheckedEndpoint } from './endpoint.ts';
import { streamFault, unreadable, type CallPlace } from './model-fault.ts';
import { openModelFetch, type ExchangeNote } from './model-fetch.ts';
import { openCompletionReader, type Completion, type CompletionReader } from './read-completion.ts';
import { messageOf, refusalOf, reportedBy, ReportedError } from './reported-error.ts';

export interface ChatCall {
  readonly http: HttpClient;
  readonly endpoint: CheckedEndpoint;
  readonly place: CallPlace;
  readonly body: Record<string, unknown>;
  readonly timeoutMs: number;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
  /** Called before the first byte of the request. */
  readonly beforeSend?: () => void;
  /** Is told of the text as it comes; of an answer that is no stream at its end. */
  readonly onText?: (text: string) => void;
}

/** The body of a chat completion and what came of it. */
export type ChatResult =
  | { readonly kind: 'completion'; readonly completion: Completion }
  /** A status that is not 2xx, or that an error in the place of an answer names. */
  | { readonly kind: 'refusal'; readonly response: NonNullable<ExchangeNote['response']> };

/**
 * Sends one request, once. The package writes the URL and reads the stream; sending, limits, deadline and credential are
 * ours, as are retries, because its own would neither know the budget nor stop at what was already shown. Throws SluiceError.
 */
export async function callChat(call: ChatCall): Promise<ChatResult> {
  const ended = new AbortController();
  const note: ExchangeNote = { response: undefined, thrown: undefined, exchange: undefined };
  const progress = { chunks: 0 };
  const isStreamed = call.body['stream'] === true;
  const signal = AbortSignal.any([call.signal, ended.signal]);
  const { http, endpoint, timeoutMs, limitBytes, beforeSend } = call;
  try {
    const client = await openClient(
      endpoint,
      openModelFetch({ http, endpoint, timeoutMs, limitBytes, signal, isStreamed, beforeSend }, note),
    );
    const reader = openCompletionReader((text) => call.onText?.(text));
    await read(client, call, reader, { note, progress });
    return { kind: 'completion', completion: reader.result() };
  } catch (error) {
    const { response } = note;
    if (response !== undefined && (response.statusCode < 200 || response.statusCode > 299)) {
      return { kind: 'refusal', response };
    }
    const fault = faultOf(error, call, note);
    const refusal = progress.chunks === 0 ? refusalOf(reportedBy(error), response) : undefined;
    if (refusal === undefined || fault.code !== 'ModelAnswerBroken') throw fault;
    return { kind: 'refusal', response: refusal };
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
  const resource = azureResource(address);
  return apiVersion === undefined
    ? new OpenAI({ ...options, baseURL: `${resource}/openai/v1` })
    : new AzureOpenAI({ ...options, baseURL: `${resource}/openai`, apiVersion });
}

async function read(
  client: OpenAI,
  call: ChatCall,
  reader: CompletionReader,
  { note, progress }: { readonly note: ExchangeNote; readonly progress: { chunks: number } },
): Promise<void> {
  // The body was built by us; its type in the package names every model that was known when it was published.
  const sent: unknown = await client.chat.completions.create(
    call.body as unknown as OpenAI.ChatCompletionCreateParams,
    { signal: call.signal },
  );
  if (call.body['stream'] !== true) {
    readWhole(typeof sent === 'string' ? JSON.parse(sent) : sent, reader, call.place);
    return;
  }
  for await (const chunk of sent as AsyncIterable<unknown>) {
    progress.chunks += 1;
    if (!reader.chunk(chunk)) throw unreadable(call.place);
  }
  // The package ends a stream quietly when it is told to stop.
  call.signal.throwIfAborted();
  // Some servers do not stream, and answer whole.
  if (progress.chunks === 0) readWhole(JSON.parse(note.response?.body ?? ''), reader, call.place);
}

function readWhole(value: unknown, reader: CompletionReader, place: CallPlace): void {
  if (reader.whole(value)) return;
  const reported = reportedBy(value);
  throw reported === undefined ? unreadable(place) : new ReportedError(reported);
}

function faultOf(error: unknown, { signal, place }: ChatCall, note: ExchangeNote): SluiceError {
  if (signal.aborted)
    return new SluiceError('indeterminate', 'Aborted', `the call to ${place.host} was abandoned`);
  if (isSluiceError(error)) return error;
  if (isSluiceError(note.thrown)) return note.thrown;
  if (error instanceof SyntaxError) return unreadable(place);
  // Of what the package itself says nothing is for users.
  const reported = reportedBy(error);
  if (reported !== undefined) return streamFault(messageOf(reported), place);
  return new SluiceError('bug', 'ModelCallFailed', `the call to ${place.host} failed in an unknown way`, {
    cause: error,
  });
}
