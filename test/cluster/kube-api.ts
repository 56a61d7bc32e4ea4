import { createInterface } from 'node:readline';
import { Agent } from 'undici';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { accessOf } from './real-clusters.ts';

export interface KubeAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

interface KubeTable {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** The API as another program would use it: no code under test between the tests and the server. */
export class KubeApi {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  /** As the user of the context, or as whoever has `token`. */
  constructor(context: string, token?: string) {
    const { server, ca, token: own } = accessOf(context);
    this.#server = server;
    this.#token = token ?? own;
    this.#agent = new Agent({ connect: { ca } });
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    contentType: string = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  ): Promise<KubeAnswer> {
    const answer = await this.#agent.request({
      origin: this.#server,
      method,
      path,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': contentType },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as JsonObject };
  }

  /** As `send`, for answers that must be good. */
  async do(...args: Parameters<KubeApi['send']>): Promise<JsonObject> {
    const { status, body } = await this.send(...args);
    if (status >= 300) throw new Error(`${args[0]} ${args[1]}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** What `kubectl get` prints of an object or a collection. */
  async table(path: string): Promise<KubeTable> {
    const answer = await this.#agent.request({
      origin: this.#server,
      method: 'GET',
      path,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      },
    });
    return (await answer.body.json()) as KubeTable;
  }

  /** Every object under a collection's path, those there and those to come, until the signal aborts. */
  async follow(
    path: string,
    onObject: (object: KubeObject) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const answer = await this.#agent.request({
        origin: this.#server,
        method: 'GET',
        path: `${path}?watch=true`,
        headers: { authorization: `Bearer ${this.#token}` },
        bodyTimeout: 0,
        signal,
      });
      for await (const line of createInterface({ input: answer.body })) {
        const event = JSON.parse(line) as { type: string; object: KubeObject };
        if (event.type === 'ADDED' || event.type === 'MODIFIED') await onObject(event.object);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** A namespace of a name not used before. */
  async newNamespace(): Promise<string> {
    const { metadata } = (await this.do('POST', '/api/v1/namespaces', {
      metadata: { generateName: 'sluice-' },
    })) as unknown as KubeObject;
    return metadata.name ?? '';
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
