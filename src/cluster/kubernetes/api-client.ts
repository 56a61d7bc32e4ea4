import type { Dispatcher } from 'undici';
import { SluiceError } from '../../api/errors.ts';
import { parseJson, type JsonObject } from '../../api/json.ts';
import type { Access, Credentials } from './access.ts';
import { answerFault } from './api-fault.ts';
import { openDispatcher } from './dispatcher.ts';
import { readText } from './read-text.ts';
import { transportFault } from './transport-fault.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** For messages, such as `apply pods`. */
  readonly doing: string;
}

export interface ApiClientOptions {
  readonly access: Access;
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** An answer longer than this is refused. */
  readonly limitBytes: number;
  /** Requests are made in the name of this user, such as `system:serviceaccount:team:sluice-runner`. */
  readonly impersonate?: string;
}

/** Sends requests to one API server. Throws SluiceErrors as the cluster port says; connections are kept for the next. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #closing = new AbortController();
  readonly #connections: Connections;

  constructor(options: ApiClientOptions, connections: Connections = new Connections(options.access)) {
    this.#options = options;
    this.#connections = connections;
  }

  /** The same server and connections in another's name; closing this client closes that one's connections, too. */
  as(user: string): ApiClient {
    return new ApiClient({ ...this.#options, impersonate: user }, this.#connections);
  }

  /** Undefined for 404. */
  async find(request: ApiRequest): Promise<JsonObject | undefined> {
    const { statusCode, text, retryAfterMs } = await this.#sendAndRead(request);
    if (statusCode === 404) return undefined;
    if (statusCode >= 300) throw answerFault({ statusCode, body: text, retryAfterMs }, request.doing);
    return this.#parse(text, request);
  }

  async send(request: ApiRequest): Promise<JsonObject> {
    const { statusCode, text, retryAfterMs } = await this.#sendAndRead(request);
    if (statusCode >= 300) throw answerFault({ statusCode, body: text, retryAfterMs }, request.doing);
    return this.#parse(text, request);
  }

  /** A GET whose body is read as it comes; no time limit. Whoever asked reads it or aborts. */
  async stream(path: string, doing: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    const answer = await this.#dispatch({ method: 'GET', path, doing }, stop);
    if (answer.statusCode < 300) return answer.body;
    const body = await readText(answer.body, this.#options.limitBytes, doing);
    throw answerFault({ statusCode: answer.statusCode, body, retryAfterMs: undefined }, doing);
  }

  get server(): string {
    return this.#options.access.server;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections.close();
  }

  async #sendAndRead(request: ApiRequest): Promise<{
    readonly statusCode: number;
    readonly text: string;
    readonly retryAfterMs: number | undefined;
  }> {
    const { timeoutMs, limitBytes } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]);
    try {
      const answer = await this.#dispatch(request, signal);
      const text = await readText(answer.body, limitBytes, request.doing);
      return { statusCode: answer.statusCode, text, retryAfterMs: readRetryAfter(answer.headers) };
    } catch (error) {
      throw transportFault(error, this.server, request.doing);
    }
  }

  /** Once more with new credentials when the server did not take the first: nothing happened then. */
  async #dispatch(request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { access } = this.#options;
    const first = await this.#dispatchOnce(request, signal);
    if (first.statusCode !== 401) return first;
    await first.body.dump({ limit: 64 * 1024 }).catch(() => undefined);
    access.forget();
    return this.#dispatchOnce(request, signal);
  }

  async #dispatchOnce(request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { access, impersonate } = this.#options;
    const credentials = await access.credentials();
    const dispatcher = await this.#connections.with(credentials);
    const url = new URL(access.server);
    return dispatcher.request({
      origin: url.origin,
      path: `${url.pathname === '/' ? '' : url.pathname}${request.path}`,
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'sluice',
        ...credentials.headers,
        ...(impersonate === undefined ? {} : { 'impersonate-user': impersonate }),
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      },
      body: request.body ?? null,
      signal,
    });
  }

  #parse(text: string, request: ApiRequest): JsonObject {
    try {
      return parseJson(text) as JsonObject;
    } catch {
      throw new SluiceError(
        'terminal',
        'NotKubernetes',
        `The answer of ${this.server} to ${request.doing} is no JSON: it may be no Kubernetes API server.`,
      );
    }
  }
}

/** The connections to one server. */
class Connections {
  readonly #server: string;
  #isClosed = false;
  #open: { readonly dispatcher: Dispatcher; readonly credentials: Credentials } | undefined;

  constructor({ server }: Access) {
    this.#server = server;
  }

  /** Client certificates change with credentials; then new connections are needed. */
  async with(credentials: Credentials): Promise<Dispatcher> {
    const { tls, proxyUrl } = credentials;
    if (this.#open !== undefined && isSameWay(this.#open.credentials, credentials))
      return this.#open.dispatcher;
    const dispatcher = await openDispatcher(tls, proxyUrl);
    // Made meanwhile by another request, or closed: then that counts.
    if (this.#isClosed || (this.#open !== undefined && isSameWay(this.#open.credentials, credentials))) {
      void dispatcher.destroy();
      if (this.#open !== undefined && !this.#isClosed) return this.#open.dispatcher;
      throw new SluiceError('environment', 'ClusterClosed', `The connection to ${this.#server} is closed.`);
    }
    // The former one finishes what it carries.
    void this.#open?.dispatcher.close();
    this.#open = { dispatcher, credentials };
    return dispatcher;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#open?.dispatcher.destroy();
  }
}

function isSameWay(one: Credentials, other: Credentials): boolean {
  return (
    one === other || JSON.stringify([one.tls, one.proxyUrl]) === JSON.stringify([other.tls, other.proxyUrl])
  );
}

function readRetryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): number | undefined {
  const value = headers['retry-after'];
  const seconds = Number(Array.isArray(value) ? value[0] : value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
