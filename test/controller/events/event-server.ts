import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../../../src/cluster/kubernetes/api-client.ts';
import { staticAccess } from '../../../src/cluster/kubernetes/access.ts';

export type StoredEvent = Record<string, unknown> & {
  readonly metadata: { readonly name: string; readonly namespace: string };
};

/** The part of an API server that keeps Events, over a real socket. */
export class EventServer {
  readonly events: Map<string, StoredEvent> = new Map();
  /** `METHOD path`, in order. */
  readonly requests: string[] = [];
  /** Answers in place of the server, when it returns true. */
  intercept: (response: ServerResponse) => boolean = () => false;
  readonly client: ApiClient;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const access = staticAccess(url, 'test', { headers: {}, tls: {} });
    this.client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 1_000_000 });
  }

  static async start(): Promise<EventServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const events = new EventServer(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        events.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
        if (events.intercept(response)) return;
        const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as StoredEvent;
        events.#answer(request.method ?? '', request.url ?? '', body, response);
      });
    });
    return events;
  }

  only(): StoredEvent {
    const [event, ...more] = this.events.values();
    if (event === undefined || more.length > 0) throw new Error(`there are ${this.events.size} Events`);
    return event;
  }

  async close(): Promise<void> {
    await this.client.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(method: string, path: string, body: StoredEvent, response: ServerResponse): void {
    const key = method === 'POST' ? `${path}/${body.metadata.name}` : path;
    const stored = this.events.get(key);
    if (method === 'POST' && stored !== undefined) return refuse(response, 409, 'AlreadyExists');
    if (method === 'PATCH' && stored === undefined) return refuse(response, 404, 'NotFound');
    const next = { ...stored, ...body };
    this.events.set(key, next);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(next));
  }
}

export function refuse(response: ServerResponse, code: number, reason: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: reason };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(status));
}
