import type { AnswerObserver, HttpClient, HttpRequest, HttpResponse } from '../net/http-client.ts';
import type { CheckedEndpoint } from './endpoint.ts';

/** What one call has seen of its exchange, for whoever explains its failure. */
export interface ExchangeNote {
  response: HttpResponse | undefined;
  /** What the HTTP client threw. */
  thrown: unknown;
  /** Settles when nothing is under way any more. */
  exchange: Promise<unknown> | undefined;
}

export interface FetchOptions {
  readonly http: HttpClient;
  readonly endpoint: CheckedEndpoint;
  readonly timeoutMs: number;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
  /** Hand the answer on while it comes. */
  readonly isStreamed: boolean;
  readonly beforeSend: (() => void) | undefined;
}

/**
 * A `fetch` over the egress-guarded client. Of the headers that the caller writes only the type of the content goes out:
 * the rest describes this machine, and what proves who asks is added here alone. A redirect is not followed, because the
 * evidence in the request is for the configured host.
 */
export function openModelFetch(options: FetchOptions, note: ExchangeNote): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (new URL(url).origin !== options.endpoint.baseUrl.origin)
      throw new TypeError('not the host of the model');
    const body = init?.body;
    if (typeof body !== 'string') throw new TypeError('the body of a request to a model is text');
    const request: HttpRequest = {
      method: init?.method ?? 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        accept: options.isStreamed ? 'text/event-stream' : 'application/json',
        // An encoded stream cannot be handed on piece by piece.
        ...(options.isStreamed ? { 'accept-encoding': 'identity' } : {}),
        ...options.endpoint.headers,
      },
      body,
      timeoutMs: options.timeoutMs,
      limitBytes: options.limitBytes,
      signal: options.signal,
      maxRedirects: 0,
      ...(options.beforeSend === undefined ? {} : { beforeSend: options.beforeSend }),
    };
    if (!options.isStreamed) return await sendWhole(request, options.http, note);
    const stream = openBody();
    return await Promise.race([stream.begun, sendStreamed(request, options.http, note, stream)]);
  };
}

async function sendWhole(request: HttpRequest, http: HttpClient, note: ExchangeNote): Promise<Response> {
  try {
    const exchange = http.send(request);
    note.exchange = exchange;
    note.response = await exchange;
  } catch (error) {
    note.thrown = error;
    throw error;
  }
  return wholeResponse(note.response);
}

/** Ends what was begun, too: it is the same exchange. */
async function sendStreamed(
  request: HttpRequest,
  http: HttpClient,
  note: ExchangeNote,
  stream: OpenBody,
): Promise<Response> {
  try {
    const response = await sendWhole({ ...request, observer: stream }, http, note);
    stream.close();
    return response;
  } catch (error) {
    stream.fail(error);
    throw error;
  }
}

interface OpenBody extends AnswerObserver {
  /** The head of a good, plain answer has come; any other is waited for. */
  readonly begun: Promise<Response>;
  close(): void;
  fail(thrown: unknown): void;
}

function openBody(): OpenBody {
  const { promise: begun, resolve: begin } = Promise.withResolvers<Response>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  // The reader may have left before the end: it has the whole answer, or wants no more of it.
  const quietly = (act: () => void): void => {
    try {
      act();
    } catch {
      controller = undefined;
    }
  };
  return {
    begun,
    head(statusCode, headers) {
      if (statusCode !== 200 || headers['content-encoding'] !== undefined || isForeign(headers)) return;
      const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
      begin(new Response(body, { status: statusCode, headers: flat(headers) }));
    },
    bytes: (chunk) => quietly(() => controller?.enqueue(Uint8Array.from(chunk))),
    close: () => quietly(() => controller?.close()),
    fail: (thrown) => quietly(() => controller?.error(thrown)),
  };
}

/** Whether the text has bytes that mean something else in UTF-8, which is what streams are read as. */
function isForeign(headers: HttpResponse['headers']): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type']?.[0] ?? '')?.[1] ?? 'utf-8';
  return !/^utf-?8$/i.test(charset);
}

function wholeResponse({ statusCode, headers, body }: HttpResponse): Response {
  const kept = Object.fromEntries(
    Object.entries(flat(headers)).filter(([name]) => name !== 'content-encoding'),
  );
  // A Response has a status from 200 to 599, and some of them no body, which the reader of a stream cannot do without; the
  // note holds the true one.
  const isGood = statusCode >= 200 && statusCode <= 299;
  const isAny = statusCode >= 300 && statusCode <= 599 && statusCode !== 304;
  const status = isGood ? 200 : isAny ? statusCode : 599;
  return new Response(body, { status, headers: kept });
}

function flat(headers: HttpResponse['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(', ')]));
}
