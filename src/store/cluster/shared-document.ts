import { setTimeout as sleep } from 'node:timers/promises';
import { isSluiceError } from '../../api/errors.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { textAt } from '../../cluster/json-reading.ts';

export interface DocumentPlace {
  readonly client: Pick<ApiClient, 'find' | 'send'>;
  readonly namespace: string;
  /** Of the ConfigMap. */
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How a document is kept as text; `read` gives an empty one for undefined, and for what it cannot read. */
export interface DocumentForm<Content> {
  read(text: string | undefined): Content;
  write(content: Content): string;
}

/** The same content again means that nothing is written. */
export type Change<Content, Result> = (content: Content) => {
  readonly content: Content;
  readonly result: Result;
};

interface Job<Content> {
  readonly change: Change<Content, unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (thrown: unknown) => void;
}

/** Each of several controllers writes in turn; more rounds than this are a fault. */
const rounds = 12;
const longestPauseMs = 1000;
const dataKey = 'content';

/**
 * A document in a ConfigMap that several processes change.
 *
 * D1 A change is made from what was read, and written only if nobody else has written since (resourceVersion).
 * D2 It may be made several times: after a conflict, and after a write whose answer was lost. A change must therefore find its
 *    own traces and then leave all as it is.
 * D3 The changes that are asked for while one is under way share the next write.
 */
export class SharedDocument<Content> {
  readonly #place: DocumentPlace;
  readonly #form: DocumentForm<Content>;
  #waiting: Job<Content>[] = [];
  #isBusy = false;

  constructor(place: DocumentPlace, form: DocumentForm<Content>) {
    this.#place = place;
    this.#form = form;
  }

  async read(): Promise<Content> {
    return this.#contentOf(await this.#get());
  }

  change<Result>(change: Change<Content, Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      if (!this.#isBusy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        // oxlint-disable-next-line no-await-in-loop -- one write after the other
        const results = await this.#commit(group);
        for (const [index, job] of group.entries()) job.resolve(results[index] as never);
      } catch (thrown) {
        for (const job of group) job.reject(thrown);
      }
    }
    this.#isBusy = false;
  }

  async #commit(group: readonly Job<Content>[]): Promise<readonly unknown[]> {
    for (let round = 1; ; round += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- tried again because of what came of it
        return await this.#commitOnce(group);
      } catch (error) {
        if (!mayPass(error) || round >= rounds) throw error;
        const wanted = isSluiceError(error) ? (error.retryAfterMs ?? 0) : 0;
        const pauseMs = Math.min(longestPauseMs, Math.max(wanted, Math.random() * 10 * 2 ** round));
        // oxlint-disable-next-line no-await-in-loop -- as above
        await sleep(pauseMs);
      }
    }
  }

  async #commitOnce(group: readonly Job<Content>[]): Promise<readonly unknown[]> {
    const stored = await this.#get();
    const before = this.#contentOf(stored);
    let content = before;
    const results = group.map(({ change }) => {
      const changed = change(content);
      content = changed.content;
      return changed.result;
    });
    if (content !== before) await this.#put(stored, this.#form.write(content));
    return results;
  }

  async #get(): Promise<JsonObject | undefined> {
    const { client, name } = this.#place;
    return client.find({ method: 'GET', path: this.#path, doing: `get ConfigMap ${name}` });
  }

  #contentOf(stored: JsonObject | undefined): Content {
    const data = stored?.['data'];
    const text = isObject(data) ? data[dataKey] : undefined;
    return this.#form.read(typeof text === 'string' ? text : undefined);
  }

  /** Keeps what others put onto the object. The version that was read goes along (D1). */
  async #put(stored: JsonObject | undefined, text: string): Promise<void> {
    const { client, name, namespace, labels, annotations } = this.#place;
    const metadata = (stored?.['metadata'] ?? { name, namespace }) as JsonObject;
    const data = isObject(stored?.['data']) ? stored['data'] : {};
    const object = {
      ...stored,
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        ...metadata,
        labels: merged(metadata['labels'], { 'app.kubernetes.io/managed-by': 'sluice', ...labels }),
        ...(annotations === undefined ? {} : { annotations: merged(metadata['annotations'], annotations) }),
      },
      data: { ...data, [dataKey]: text },
    };
    const isNew = stored === undefined;
    await client.send({
      method: isNew ? 'POST' : 'PUT',
      path: isNew ? this.#collection : this.#path,
      contentType: 'application/json',
      body: stringifyJson(object),
      doing: `${isNew ? 'create' : 'update'} ConfigMap ${name}`,
    });
  }

  /** Deletes it; whether there was one. */
  async delete(): Promise<boolean> {
    const { client, name } = this.#place;
    const answer = await client.find({
      method: 'DELETE',
      path: this.#path,
      doing: `delete ConfigMap ${name}`,
    });
    return textAt(answer, 'kind') !== '';
  }

  get #collection(): string {
    return `/api/v1/namespaces/${encodeURIComponent(this.#place.namespace)}/configmaps`;
  }

  get #path(): string {
    return `${this.#collection}/${encodeURIComponent(this.#place.name)}`;
  }
}

function merged(found: Json | undefined, own: Readonly<Record<string, string>>): JsonObject {
  return { ...(isObject(found) ? found : {}), ...own };
}

/** Another has written, or the server is away for a moment and may have written (D2). */
function mayPass(error: unknown): boolean {
  if (!isSluiceError(error)) return false;
  if (error.code === 'Conflict' || error.code === 'AlreadyExists') return true;
  return error.kind === 'transient' || error.kind === 'environment';
}
