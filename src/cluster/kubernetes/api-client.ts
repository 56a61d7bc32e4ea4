import type { Dispatcher } from 'undici';
import { SluiceError } from '../../api/errors.ts';
import { parseJson, type JsonObject } from '../../api/json.ts';
import { depthOf } from '../../yaml/json-outline.ts';
import { accessAs, type Access, type Credentials } from './access.ts';
import { answerFault, type Actor, type BadAnswer } from './api-fault.ts';
import { openDispatcher } from './dispatcher.ts';
import { readText } from './read-text.ts';
import { transportFault } from './transport-fault.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Default `application/json`. */
  readonly accept?: string;
  /** For messages, such as `apply pods`. */
  readonly doing: string;
  /** Where the client's own limit is too long. */
  readonly timeoutMs?: number;
}

export interface ApiClientOptions {
  readonly access: Access;
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** An answer longer than this is refused. */
  readonly limitBytes: number;
  /**
   * Told of each request when its answer was read, with the HTTP status, undefined where none came. Without `ms`: a stream has
   * begun. Must not throw.
   */
  readonly observe?: (request: ApiRequest, statusCode: number | undefined, ms?: number) => void;
}

interface Answered {
  readonly answer: Dispatcher.ResponseData;
  readonly credentials: Credentials;
}

interface ReadAnswer extends BadAnswer {
  readonly actor: Actor;
}

/** Sends requests to one API server. Throws SluiceErrors as the cluster port says; connections are kept for the next. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #closing = new AbortController();
  readonly #connections: Connections;
  readonly #ownsConnections: boolean;

  constructor(options: ApiClientOptions, connections?: Connections) {
    this.#options = options;
    this.#connections = connections ?? new Connections(options.access);
    this.#ownsConnections = connections === undefined;
  }

  /**
   * The same server and connections in another's name. Closing this client closes that one's connections, too; closing
   * that one ends its own requests alone.
   */
  as(user: string): ApiClient {
    return this.through(accessAs(this.#options.access, user));
  }

  /** The same connections, with credentials of its own for the same server; closing is as with `as`. */
  through(access: Access): ApiClient {
    return new ApiClient({ ...this.#options, access }, this.#connections);
  }

  /** Undefined for 404. */
  async find(request: ApiRequest): Promise<JsonObject | undefined> {
    const answer = await this.#sendAndRead(request);
    if (answer.statusCode === 404) return undefined;
    return this.#accept(answer, request);
  }

  async send(request: ApiRequest): Promise<JsonObject> {
    return (await this.sendSized(request)).answer;
  }

  /** With how large the answer was, nearly: in UTF-16 units of its text. */
  async sendSized(request: ApiRequest): Promise<{ readonly answer: JsonObject; readonly size: number }> {
    const read = await this.#sendAndRead(request);
    return { answer: this.#accept(read, request), size: read.body.length };
  }

  /** The answer as text. */
  async text(request: ApiRequest): Promise<string> {
    const answer = await this.#sendAndRead(request);
    if (answer.statusCode >= 300) throw answerFault(answer, request.doing, answer.actor);
    return answer.body;
  }

  /** A GET whose body is read as it comes; no time limit. Whoever asked reads it or aborts. */
  async stream(path: string, doing: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    const request: ApiRequest = { method: 'GET', path, doing };
    const { answer, credentials } = await this.#dispatch(request, stop, 'streams');
    this.#options.observe?.(request, answer.statusCode);
    if (answer.statusCode < 300) return answer.body;
    const body = await readText(answer.body, this.#options.limitBytes, doing);
    const bad = { statusCode: answer.statusCode, body, retryAfterMs: undefined };
    throw answerFault(bad, doing, this.#actor(credentials));
  }

  get server(): string {
    return this.#options.access.server;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#ownsConnections) await this.#connections.close();
  }

  async #sendAndRead(request: ApiRequest): Promise<ReadAnswer> {
    const { access, timeoutMs, limitBytes, observe } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]);
    const begunMs = performance.now();
    let statusCode: number | undefined;
    try {
      const { answer, credentials } = await this.#dispatch(request, signal, 'requests');
      const body = await readText(answer.body, limitBytes, request.doing);
      statusCode = answer.statusCode;
      const retryAfterMs = readRetryAfter(answer.headers);
      return { statusCode: answer.statusCode, body, retryAfterMs, actor: this.#actor(credentials) };
    } catch (error) {
      throw transportFault(error, this.server, request.doing, access.label);
    } finally {
      observe?.(request, statusCode, performance.now() - begunMs);
    }
  }

  #accept(answer: ReadAnswer, request: ApiRequest): JsonObject {
    if (answer.statusCode >= 300) throw answerFault(answer, request.doing, answer.actor);
    return this.#parse(answer.body, request);
  }

  #actor({ user }: Credentials): Actor {
    return { user, place: this.#options.access.label };
  }

  /** Once more with new credentials when the server did not take the first: nothing happened then. */
  async #dispatch(request: ApiRequest, signal: AbortSignal, way: 'requests' | 'streams'): Promise<Answered> {
    const { access } = this.#options;
    const first = await this.#dispatchOnce(request, signal, way);
    if (first.answer.statusCode !== 401) return first;
    await first.answer.body.dump({ limit: 64 * 1024 }).catch(() => undefined);
    access.forget();
    return this.#dispatchOnce(request, signal, way);
  }

  async #dispatchOnce(
    request: ApiRequest,
    signal: AbortSignal,
    way: 'requests' | 'streams',
  ): Promise<Answered> {
    const { access } = this.#options;
    const credentials = await access.credentials();
    const dispatcher = await this.#connections[way].with(credentials);
    const url = new URL(credentials.server ?? access.server);
    try {
      const answer = await dispatcher.request({
        origin: url.origin,
        path: `${url.pathname === '/' ? '' : url.pathname}${request.path}`,
        method: request.method,
        headers: {
          accept: request.accept ?? 'application/json',
          'user-agent': 'sluice',
          ...credentials.headers,
          ...(credentials.user === undefined ? {} : { 'impersonate-user': credentials.user }),
          ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
        },
        body: request.body ?? null,
        signal,
      });
      access.seen?.('answer');
      return { answer, credentials };
    } catch (error) {
      const fault = transportFault(error, url.href, request.doing, access.label);
      access.seen?.(fault);
      throw fault;
    }
  }

  #parse(text: string, request: ApiRequest): JsonObject {
    // Whatever walks an object by recursion is safe below that.
    if (depthOf(text) > deepestAnswer) throw this.#notKubernetes(request, 'nests too deeply');
    try {
      return parseJson(text) as JsonObject;
    } catch {
      throw this.#notKubernetes(request, 'is no JSON');
    }
  }

  #notKubernetes({ doing }: ApiRequest, what: string): SluiceError {
    return new SluiceError(
      'terminal',
      'NotKubernetes',
      `The answer of ${this.server} to ${doing} ${what}: it may be no Kubernetes API server.`,
    );
  }
}

/** Definitions of custom kinds nest deepest, some dozens of levels. */
const deepestAnswer = 500;

/** So many requests are under way at one time; more would only wait at the server, and each connection costs memory. */
const mostRequests = 24;

/** The connections to one server: a bounded number for requests, and one for each stream. */
class Connections {
  readonly requests: Way;
  readonly streams: Way;

  constructor(access: Access) {
    this.requests = new Way(access, mostRequests);
    this.streams = new Way(access, undefined);
  }

  async close(): Promise<void> {
    await Promise.all([this.requests.close(), this.streams.close()]);
  }
}

class Way {
  readonly #access: Access;
  readonly #most: number | undefined;
  #isClosed = false;
  #open: { readonly dispatcher: Dispatcher; readonly credentials: Credentials } | undefined;

  constructor(access: Access, most: number | undefined) {
    this.#access = access;
    this.#most = most;
  }

  /** Client certificates change with credentials; then new connections are needed. */
  async with(credentials: Credentials): Promise<Dispatcher> {
    const { tls, proxyUrl } = credentials;
    if (this.#open !== undefined && isSameWay(this.#open.credentials, credentials))
      return this.#open.dispatcher;
    const dispatcher = await openDispatcher(tls, proxyUrl, this.#access.lookup, this.#most);
    // Made meanwhile by another request, or closed: then that counts.
    if (this.#isClosed || (this.#open !== undefined && isSameWay(this.#open.credentials, credentials))) {
      void dispatcher.destroy();
      if (this.#open !== undefined && !this.#isClosed) return this.#open.dispatcher;
      throw new SluiceError(
        'environment',
        'ClusterClosed',
        `The connection to ${this.#access.server} is closed.`,
      );
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
  if (one.tls === other.tls && one.proxyUrl === other.proxyUrl) return true;
  return JSON.stringify([one.tls, one.proxyUrl]) === JSON.stringify([other.tls, other.proxyUrl]);
}

function readRetryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): number | undefined {
  const value = headers['retry-after'];
  const seconds = Number(Array.isArray(value) ? value[0] : value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
