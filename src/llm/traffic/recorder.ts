import { isSluiceError } from '../../api/errors.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../net/http-client.ts';
import { recordedRequest, recordLine, type ExchangeRecord } from './exchange-record.ts';
import { withoutKeys } from './without-keys.ts';

export interface RecorderOptions {
  readonly http: HttpClient;
  /** Appends a line, its end included, to the recording. Called for one line at a time. */
  readonly append: (line: string) => Promise<void>;
  /** Replaces known secrets in a text. What looks like a key is masked besides. */
  readonly mask: (text: string) => string;
}

const keptHeaders = ['content-type', 'date', 'retry-after', 'retry-after-ms'] as const;

/** An HTTP client that writes down what it sends and gets. An exchange that the caller gave up is left out. */
export function openRecorder({ http, append, mask }: RecorderOptions): HttpClient {
  let written: Promise<void> = Promise.resolve();
  const hide = (text: string): string => withoutKeys(mask(text));
  const write = async (request: HttpRequest, outcome: ExchangeRecord['outcome']): Promise<void> => {
    const line = recordLine({ version: 1, request: recordedRequest(request, mask), outcome });
    const before = written;
    // One line at a time; that one could not be written is told to the call it was about.
    const writing = (async () => {
      await before.catch(() => undefined);
      await append(line);
    })();
    written = writing;
    await writing;
  };
  const outcomeOf = (
    error: unknown,
    request: HttpRequest,
    whole: HttpResponse | undefined,
  ): ExchangeRecord['outcome'] | undefined => {
    if (whole !== undefined) return answerOf(whole, hide);
    if (!isSluiceError(error) || request.signal.aborted) return undefined;
    const { kind, code, message } = error;
    return { fault: { kind, code, message: hide(message) } };
  };
  return {
    async send(request) {
      const seen = watch(request);
      let response: HttpResponse;
      try {
        response = await http.send(seen.request);
      } catch (error) {
        const outcome = outcomeOf(error, request, seen.ended());
        if (outcome !== undefined) await write(request, outcome);
        throw error;
      }
      await write(request, answerOf(response, hide));
      return response;
    },
    async close() {
      await written.catch(() => undefined);
      await http.close();
    },
  };
}

interface Watched {
  readonly request: HttpRequest;
  /** What came of a stream whose answer is whole although the connection was still open. */
  ended(): HttpResponse | undefined;
}

/** Listens along where somebody listens: a reader leaves a stream at its last event, before the exchange has ended. */
function watch(request: HttpRequest): Watched {
  const { observer } = request;
  if (observer === undefined) return { request, ended: () => undefined };
  const chunks: Uint8Array[] = [];
  let head: Pick<HttpResponse, 'statusCode' | 'headers'> | undefined;
  return {
    request: {
      ...request,
      observer: {
        head(statusCode, headers) {
          head = { statusCode, headers };
          observer.head(statusCode, headers);
        },
        bytes(chunk) {
          chunks.push(chunk);
          observer.bytes(chunk);
        },
      },
    },
    ended() {
      const body = Buffer.concat(chunks).toString('utf8');
      const isWhole = /^data: ?\[DONE\]/m.test(body);
      return head === undefined || !isWhole ? undefined : { ...head, trailers: {}, body };
    },
  };
}

function answerOf(
  { statusCode, headers, body }: HttpResponse,
  hide: (text: string) => string,
): ExchangeRecord['outcome'] {
  const kept = keptHeaders.flatMap((name) => {
    const value = headers[name]?.[0];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { status: statusCode, headers: Object.fromEntries(kept), body: hide(body) };
}
