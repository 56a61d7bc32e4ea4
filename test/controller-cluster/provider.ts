import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

/** An HTTP service on loopback that keeps what it was asked. A path `/hold` answers only when it is released. */
export class Provider {
  readonly calls: Call[] = [];
  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  readonly #waiting: { readonly path: string; readonly resolve: () => void }[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(answer: (call: Call) => { status?: number; body: string }): Promise<Provider> {
    const server = createServer();
    const provider = new Provider(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const call = {
          method: request.method ?? '',
          path: request.url ?? '',
          key: String(request.headers['idempotency-key'] ?? ''),
          body: Buffer.concat(parts).toString(),
        };
        provider.#take(call);
        const { status = 200, body } = answer(call);
        const send = (): void => void response.writeHead(status).end(body);
        if (call.path.startsWith('/hold')) provider.#held.push(send);
        else send();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when a call of this path has arrived. */
  called(path: string): Promise<void> {
    if (this.calls.some((call) => call.path === path)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ path, resolve }));
  }

  release(): void {
    for (const send of this.#held.splice(0)) send();
  }

  close(): void {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(call: Call): void {
    this.calls.push(call);
    for (const { path, resolve } of this.#waiting) if (path === call.path) resolve();
  }
}
