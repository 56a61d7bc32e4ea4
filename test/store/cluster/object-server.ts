import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { staticAccess } from '../../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../../src/cluster/kubernetes/api-client.ts';

interface Stored {
  readonly metadata: Record<string, unknown> & { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** What is to go wrong with a write: refused before it is done, or done and then not answered. */
type Mishap = 'lost before' | 'lost after';

/** ConfigMaps and Secrets as an API server keeps them: one version after the other, and no write over another's. */
export class ObjectServer {
  readonly seen: string[] = [];
  readonly #objects = new Map<string, Stored>();
  readonly #mishaps: Mishap[] = [];
  readonly #server: Server;
  #version = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async open(): Promise<ObjectServer> {
    const opened = new ObjectServer();
    await new Promise<void>((done) => opened.#server.listen(0, '127.0.0.1', done));
    return opened;
  }

  /** A client as each controller has its own. */
  client(): ApiClient {
    const { port } = this.#server.address() as AddressInfo;
    const access = staticAccess(`http://127.0.0.1:${port}`, 'this cluster', { headers: {}, tls: {} });
    return new ApiClient({ access, timeoutMs: 10_000, limitBytes: 4_000_000 });
  }

  /** The next writes go wrong, one after the other. */
  fail(...mishaps: readonly Mishap[]): void {
    this.#mishaps.push(...mishaps);
  }

  /** `configmaps` or `secrets` of a namespace, by name. */
  names(namespace: string, resource: string): readonly string[] {
    const prefix = `/api/v1/namespaces/${namespace}/${resource}/`;
    return [...this.#objects.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .toSorted();
  }

  get(namespace: string, resource: string, name: string): Stored | undefined {
    return this.#objects.get(`/api/v1/namespaces/${namespace}/${resource}/${name}`);
  }

  /** As somebody else would write it. */
  put(
    namespace: string,
    resource: string,
    name: string,
    data: Readonly<Record<string, string>> | undefined,
  ): void {
    const path = `/api/v1/namespaces/${namespace}/${resource}/${name}`;
    if (data === undefined) this.#objects.delete(path);
    else this.#keep(path, { metadata: { name, namespace }, data });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #keep(path: string, object: object): Stored {
    this.#version += 1;
    const { metadata, ...rest } = object as Stored;
    const stored = { ...rest, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    this.#objects.set(path, stored);
    return stored;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { pathname } = new URL(request.url ?? '/', 'http://server');
    const method = request.method ?? '';
    this.seen.push(`${method} ${pathname}`);
    const mishap = method === 'GET' ? undefined : this.#mishaps.shift();
    if (mishap === 'lost before') return refuse(response, 503, 'ServiceUnavailable');
    const text = Buffer.concat(parts).toString('utf8');
    const body = JSON.parse(text === '' ? '{}' : text) as Stored;
    const answer = this.#answer(method, pathname, body);
    if (mishap === 'lost after') return refuse(response, 504, 'Timeout');
    if (typeof answer === 'string')
      return refuse(response, { NotFound: 404, Conflict: 409, AlreadyExists: 409 }[answer] ?? 400, answer);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #answer(method: string, path: string, body: Stored): object | string {
    if (method === 'POST') {
      const full = `${path}/${String(body.metadata['name'])}`;
      return this.#objects.has(full) ? 'AlreadyExists' : this.#keep(full, body);
    }
    const stored = this.#objects.get(path);
    if (stored === undefined) return 'NotFound';
    if (method === 'DELETE') {
      this.#objects.delete(path);
      return { kind: 'Status', status: 'Success' };
    }
    if (method === 'GET') return { kind: 'ConfigMap', ...stored };
    if (body.metadata.resourceVersion !== stored.metadata.resourceVersion) return 'Conflict';
    return this.#keep(path, body);
  }
}

function refuse(response: ServerResponse, code: number, reason: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message: reason, code };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(status));
}
