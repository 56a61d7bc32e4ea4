import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly path: string;
  readonly method: string;
  readonly key: string;
}

/**
 * An HTTP server that is the oracle: it logs each request by idempotency key, and never de-duplicates. It answers all with
 * success but `/missing`.
 */
export class Provider {
  readonly seen: Seen[] = [];
  readonly #server: Server;
  /** Called when a request has arrived, before it is answered; `answer` sends the answer. */
  onRequest: (seen: Seen, answer: () => void) => void = (_seen, answer) => answer();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Provider> {
    const server = createServer();
    const provider = new Provider(server);
    server.on('request', (request, response) => provider.#handle(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return provider;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  reset(): void {
    this.seen.length = 0;
    this.onRequest = (_seen, answer) => answer();
  }

  /** Keys of the requests to a path, in order. */
  keysOf(path: string): readonly string[] {
    return this.seen.filter((seen) => seen.path === path).map(({ key }) => key);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    request.on('end', () => {
      const path = request.url ?? '';
      const key = String(request.headers['idempotency-key'] ?? '');
      const seen = { path, method: request.method ?? '', key };
      this.seen.push(seen);
      this.onRequest(seen, () => {
        response.statusCode = path === '/missing' ? 404 : 200;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answerFor(path)));
      });
    });
  }
}

function answerFor(path: string): object {
  if (!path.endsWith('/chat/completions')) return { ok: true };
  return { choices: [{ index: 0, message: { role: 'assistant', content: 'All is well.' } }] };
}
