import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { answerJson, answerStatus } from './api-server.ts';

export const collectionPath = '/apis/example.com/v1/things';

export interface Thing {
  readonly name: string;
  readonly version: string;
  readonly uid?: string;
  readonly value?: string;
}

/** A request that waits for its answer. */
export class Asked {
  readonly query: URLSearchParams;
  readonly #response: ServerResponse;

  constructor(query: URLSearchParams, response: ServerResponse) {
    this.query = query;
    this.#response = response;
  }

  get isWatch(): boolean {
    return this.query.get('watch') === 'true';
  }

  list(version: string, things: readonly Thing[], next: string = ''): void {
    answerJson(this.#response, 200, {
      kind: 'ThingList',
      apiVersion: 'example.com/v1',
      metadata: { resourceVersion: version, ...(next === '' ? {} : { continue: next }) },
      items: things.map(objectOf),
    });
  }

  refuse(code: number, reason: string): void {
    answerStatus(this.#response, code, reason, `the server says ${reason}`);
  }

  /** Answers the head of a watch and leaves it open. */
  open(): this {
    this.#response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    return this;
  }

  tell(type: string, thing: Thing): this {
    return this.line(
      JSON.stringify({ type, object: { apiVersion: 'example.com/v1', kind: 'Thing', ...objectOf(thing) } }),
    );
  }

  bookmark(version: string): this {
    return this.line(
      JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: version } } }),
    );
  }

  fail(code: number, message: string): this {
    return this.line(JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code, message } }));
  }

  line(text: string): this {
    this.#response.write(`${text}\n`);
    return this;
  }

  end(): void {
    this.#response.end();
  }

  cut(): void {
    this.#response.destroy();
  }
}

/** A server of one collection that answers as the test says, request by request. */
export class ScriptedCollection {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: Asked[] = [];
  readonly #wanted: ((asked: Asked) => void)[] = [];
  readonly client: ApiClient;
  /** So many requests came. */
  count = 0;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    const access = staticAccess(`http://127.0.0.1:${port}`, 'context main', { headers: {}, tls: {} });
    this.client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 1024 * 1024 });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', ({ url = '/' }, response) => {
      response.on('error', () => undefined);
      this.count += 1;
      const asked = new Asked(new URL(url, 'http://server').searchParams, response);
      const wanted = this.#wanted.shift();
      if (wanted === undefined) this.#waiting.push(asked);
      else wanted(asked);
    });
  }

  static async open(): Promise<ScriptedCollection> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new ScriptedCollection(server);
  }

  /** The next request, in the order in which they came. */
  next(): Promise<Asked> {
    const asked = this.#waiting.shift();
    if (asked !== undefined) return Promise.resolve(asked);
    return new Promise((resolve) => this.#wanted.push(resolve));
  }

  async close(): Promise<void> {
    await this.client.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }
}

function objectOf({ name, version, uid = `uid-${name}`, value = '' }: Thing): object {
  return {
    metadata: {
      namespace: 'default',
      name,
      uid,
      resourceVersion: version,
      managedFields: [{ manager: 'someone' }],
    },
    value,
  };
}
