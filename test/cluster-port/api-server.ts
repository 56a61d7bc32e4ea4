import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { isSluiceError } from '../../src/api/errors.ts';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { resolveKind } from '../../src/cluster/known-kinds.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { WatchHistory } from './watch-history.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers instead of the server, when it returns true. */
export type Intercept = (seen: Seen, response: ServerResponse) => boolean;

export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** The part of the Kubernetes API that Sluice uses, over real sockets, with an in-memory cluster behind it. */
export class ApiServer {
  readonly seen: Seen[] = [];
  /** Kinds besides Kubernetes' own: `example.com/v1` to resources. */
  readonly kinds: Map<string, { kind: string; name: string; namespaced: boolean }[]> = new Map();
  intercept: Intercept;
  readonly #cluster: Cluster;
  readonly #history: WatchHistory;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #scheme: string;

  private constructor(cluster: Cluster, tls: ServerOptions | undefined) {
    this.#cluster = cluster;
    this.intercept = () => false;
    this.#history = new WatchHistory(cluster);
    const listener = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#take(request, response);
    this.#server = tls === undefined ? createHttp(listener) : createHttps(tls, listener);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async over(cluster: Cluster, tls?: ServerOptions): Promise<ApiServer> {
    const server = new ApiServer(cluster, tls);
    await new Promise<void>((done) => server.#server.listen(0, '127.0.0.1', done));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** What the network does to connections when a wire is cut. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends open watches, as a server does after some minutes. */
  endWatches(): void {
    this.#history.endStreams();
  }

  /** Watches of versions so far answer 410. */
  forgetVersions(): void {
    this.#history.forget();
  }

  async close(): Promise<void> {
    this.#history.close();
    this.breakConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://server');
    const seen: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(parts).toString('utf8'),
    };
    this.seen.push(seen);
    response.on('error', () => undefined);
    if (this.intercept(seen, response)) return;
    try {
      await this.#answer(seen, response);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      const code = { Invalid: 422, NotFound: 404, Conflict: 409, Forbidden: 403 }[error.code] ?? 400;
      answerStatus(response, code, error.code, error.message);
    }
  }

  async #answer(seen: Seen, response: ServerResponse): Promise<void> {
    const target = this.#targetOf(seen.path);
    if (target === undefined) {
      const version = seen.path.replace(/^\/apis?\//, '');
      const resources = this.kinds.get(version);
      if (resources === undefined)
        return answerStatus(response, 404, 'NotFound', 'the server could not find the requested resource');
      return answerJson(response, 200, { kind: 'APIResourceList', groupVersion: version, resources });
    }
    if (target.name !== undefined) return this.#answerObject(seen, target, target.name, response);
    if (seen.query.get('watch') === 'true') {
      this.#history.stream(target, nameOf(seen.query), seen.query.get('resourceVersion') ?? '', response);
      return;
    }
    return this.#answerList(seen, target, response);
  }

  async #answerObject(seen: Seen, target: Target, name: string, response: ServerResponse): Promise<void> {
    const { apiVersion, kind, namespace } = target;
    const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const missing = (): void => answerStatus(response, 404, 'NotFound', `${kind} "${name}" not found`);
    if (seen.method === 'GET') {
      const found = await this.#cluster.get(ref);
      return found === undefined ? missing() : answerJson(response, 200, found);
    }
    if (seen.method === 'DELETE') {
      const isGone = await this.#cluster.delete(ref);
      return isGone ? answerJson(response, 200, { kind: 'Status', status: 'Success' }) : missing();
    }
    const body = JSON.parse(seen.body) as JsonObject;
    if (seen.headers['content-type']?.includes('apply-patch') !== true)
      return answerJson(response, 200, await this.#cluster.patch(ref, body));
    const place = namespace === undefined ? {} : { namespace };
    const object = { ...body, metadata: { ...(body['metadata'] as JsonObject), ...place } } as KubeObject;
    const dryRun = seen.query.get('dryRun') === 'All';
    answerJson(response, 200, await this.#cluster.apply(object, { dryRun }));
  }

  async #answerList(seen: Seen, target: Target, response: ServerResponse): Promise<void> {
    const { apiVersion, kind, namespace } = target;
    const labelSelector = seen.query.get('labelSelector') ?? '';
    const all = await this.#cluster.list({
      apiVersion,
      kind,
      labelSelector,
      ...(namespace === undefined ? {} : { namespace }),
    });
    const name = nameOf(seen.query);
    const fitting = name === undefined ? all : all.filter(({ metadata }) => metadata.name === name);
    const start = Number(seen.query.get('continue') ?? 0);
    const end = start + Number(seen.query.get('limit') ?? fitting.length);
    const resourceVersion = name === undefined ? '1' : this.#history.note(target, name, fitting[0]);
    // As a server does, which says once for all items what they are.
    const items = fitting.slice(start, end).map(({ apiVersion: _version, kind: _kind, ...item }) => item);
    answerJson(response, 200, {
      kind: `${kind}List`,
      apiVersion,
      metadata: { resourceVersion, ...(end < fitting.length ? { continue: String(end) } : {}) },
      items,
    });
  }

  /** Undefined: the path is no collection and no object. */
  #targetOf(path: string): Target | undefined {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const isCore = parts[0] === 'api';
    const apiVersion = isCore ? (parts[1] ?? '') : parts.slice(1, 3).join('/');
    const rest = parts.slice(isCore ? 2 : 3);
    const hasNamespace = rest[0] === 'namespaces' && rest.length > 2;
    const [plural, name] = hasNamespace ? rest.slice(2) : rest;
    if (plural === undefined) return undefined;
    const group = isCore ? '' : (parts[1] ?? '');
    const own = this.kinds.get(apiVersion)?.find((each) => each.name === plural);
    const kind = own?.kind ?? resolveKind(`${plural}.${group}`)?.kind;
    if (kind === undefined) return undefined;
    return { apiVersion, kind, namespace: hasNamespace ? rest[1] : undefined, name };
  }
}

export function answerJson(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function answerStatus(response: ServerResponse, code: number, reason: string, message: string): void {
  answerJson(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code });
}

function nameOf(query: URLSearchParams): string | undefined {
  return query.get('fieldSelector')?.replace('metadata.name=', '');
}
