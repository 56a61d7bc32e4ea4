import { Agent } from 'undici';
import type { JsonObject } from '../../src/api/json.ts';

interface Server {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

/** A bare client: it keeps up to `connections` connections and does nothing that a request does not need. */
export class Api {
  readonly #server: Server;
  readonly #agent: Agent;

  constructor(server: Server, connections: number) {
    this.#server = server;
    this.#agent = new Agent({ connections, connect: { ca: server.ca } });
  }

  /** The body's text; throws for an answer that is not good. */
  async text(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: string,
  ): Promise<string> {
    const answer = await this.#agent.request({
      origin: this.#server.server,
      method,
      path,
      headers: {
        authorization: `Bearer ${this.#server.token}`,
        'user-agent': 'sluice-bench',
        'content-type': contentTypeOf(method, path),
      },
      body: body ?? null,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
    return text;
  }

  async json(method: Parameters<Api['text']>[0], path: string, body?: unknown): Promise<JsonObject> {
    return JSON.parse(
      await this.text(method, path, body === undefined ? undefined : JSON.stringify(body)),
    ) as JsonObject;
  }

  /** Whether a GET is answered well. */
  async isServed(path: string): Promise<boolean> {
    return this.text('GET', path).then(
      () => true,
      () => false,
    );
  }

  /** Server-side apply in the bench's name. */
  apply(path: string, object: unknown): Promise<JsonObject> {
    return this.json('PATCH', `${path}?fieldManager=sluice-bench&force=true`, object);
  }

  /** The body of a GET as it comes. */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const answer = await this.#agent.request({
      origin: this.#server.server,
      method: 'GET',
      path,
      headers: { authorization: `Bearer ${this.#server.token}`, 'user-agent': 'sluice-bench' },
      bodyTimeout: 0,
      signal,
    });
    if (answer.statusCode >= 300) throw new Error(`GET ${path}: ${answer.statusCode}`);
    return answer.body;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function contentTypeOf(method: string, path: string): string {
  if (method !== 'PATCH') return 'application/json';
  return path.includes('fieldManager=') ? 'application/apply-patch+yaml' : 'application/merge-patch+json';
}
