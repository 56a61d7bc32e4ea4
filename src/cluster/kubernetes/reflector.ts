import { setTimeout as wait } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { parseJson } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { numberAt, objectsAt, textAt, valueAt } from '../json-reading.ts';
import type { ApiClient } from './api-client.ts';
import { readLines } from './read-text.ts';

/*
 * Keeps a collection in view: a list in pages, then a watch from its version, and again from the list whenever that thread
 * is lost.
 * F1  What is kept never goes back: an older version of an object, or an older list, is left aside.
 * F2  A server whose state really went back (an etcd that was restored or wiped) is believed once it says so repeatedly.
 * F3  Silence ends: the server is asked to end each watch within 45 s, and a connection that outlives that is dropped. A
 *     dead connection is noticed within a minute.
 * F4  Events that were lost without a trace are made up for by a list every few minutes.
 * F5  Whatever goes wrong, requests are spaced: never more than a few in a second, and less with each failure.
 */

export interface ReflectorOptions<T> {
  readonly client: Pick<ApiClient, 'send' | 'stream'>;
  /** Path of the collection, such as `/apis/core.oam.dev/v1alpha1/workflowruns`. */
  readonly path: string;
  /** What is kept of an object; undefined leaves it out. It gets no managedFields. */
  readonly transform: (object: KubeObject) => T | undefined;
  readonly signal: AbortSignal;
  readonly limits?: Partial<ReflectorLimits>;
}

export interface ReflectorLimits {
  readonly pageSize: number;
  /** The server is asked to end a watch after at most so long; it is spread downwards by a third. */
  readonly watchSeconds: number;
  /** Beyond that, a watch that does not end is dropped. */
  readonly graceMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Between two lists while all goes well; spread upwards by a fifth. */
  readonly relistMs: number;
  readonly lineLimitBytes: number;
  /** Lists in a row that are older than what is known before they are believed. */
  readonly oldListsBelieved: number;
  /** In [0, 1). */
  readonly jitter: () => number;
}

const defaults: ReflectorLimits = {
  pageSize: 500,
  watchSeconds: 45,
  graceMs: 5_000,
  firstRetryMs: 250,
  longestRetryMs: 10_000,
  relistMs: 300_000,
  lineLimitBytes: 16 * 1024 * 1024,
  oldListsBelieved: 5,
  jitter: Math.random,
};

/** Called synchronously, in the order in which things became known. `key` is NAMESPACE/NAME. */
export interface ReflectorHandler<T> {
  /** `origin` is `list` for what a list brought, first or later. */
  onUpsert(key: string, value: T, previous: T | undefined, origin: 'list' | 'watch'): void;
  onDelete(key: string, previous: T): void;
  /** After the first complete list, once. */
  onSynced?(): void;
  /** A list or watch failed, or an object could not be read. The reflector goes on. */
  onError?(error: unknown): void;
}

interface Kept<T> {
  readonly value: T;
  readonly uid: string;
  readonly version: string;
}

export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #limits: ReflectorLimits;
  readonly #handler: ReflectorHandler<T>;
  readonly #kept = new Map<string, Kept<T>>();
  #isSynced = false;
  /** The newest version of the collection that is known. */
  #version: string | undefined;
  #oldLists = 0;
  #relistAt = 0;

  constructor(options: ReflectorOptions<T>, handler: ReflectorHandler<T>) {
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#handler = handler;
  }

  /** Lists and watches until the signal aborts. */
  start(): void {
    void this.#run();
  }

  get(key: string): T | undefined {
    return this.#kept.get(key)?.value;
  }

  *values(): Iterable<T> {
    for (const { value } of this.#kept.values()) yield value;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The collection was listed completely. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    let failures = 0;
    let mustList = true;
    while (!signal.aborted) {
      const begunMs = performance.now();
      try {
        if (mustList || begunMs >= this.#relistAt) await this.#list();
        mustList = false;
        await this.#watch();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#handler.onError?.(error);
        failures += 1;
        // A lost connection goes on where it was; whatever else, or twice the same, begins anew.
        mustList = !isSluiceError(error) || error.code === 'WatchExpired' || failures > 2 || !this.#isSynced;
      }
      // A watch that ends at once, again and again, is a failure, too.
      const isShort = performance.now() - begunMs < this.#limits.firstRetryMs;
      if (isShort && failures === 0) failures = 1;
      await this.#pause(failures);
    }
  }

  async #pause(failures: number): Promise<void> {
    if (failures === 0) return;
    const { firstRetryMs, longestRetryMs, jitter } = this.#limits;
    const longest = Math.min(firstRetryMs * 2 ** Math.min(failures - 1, 16), longestRetryMs);
    const delay = longest * (0.5 + jitter() / 2);
    await wait(delay, undefined, { signal: this.#options.signal }).catch(() => undefined);
  }

  async #list(): Promise<void> {
    const { client, path } = this.#options;
    const { pageSize, relistMs, jitter, oldListsBelieved } = this.#limits;
    const found = new Map<string, KubeObject>();
    let version = '';
    let next = '';
    do {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (next !== '') query.set('continue', next);
      // oxlint-disable-next-line no-await-in-loop -- each page names the next
      const page = await client.send({
        method: 'GET',
        path: `${path}?${query.toString()}`,
        doing: `list ${path}`,
      });
      version = textAt(page, 'metadata', 'resourceVersion');
      for (const item of objectsAt(page, 'items')) {
        const object = item as unknown as KubeObject;
        found.set(keyOf(object), object);
      }
      next = textAt(page, 'metadata', 'continue');
    } while (next !== '');
    if (this.#version !== undefined && isOlder(version, this.#version)) {
      this.#oldLists += 1;
      // F1, F2
      if (this.#oldLists < oldListsBelieved)
        throw new SluiceError('transient', 'OldList', `the list of ${path} is older than what is known`);
      this.#kept.forEach((kept, key) => this.#kept.set(key, { ...kept, version: '0' }));
    }
    this.#oldLists = 0;
    this.#version = version;
    this.#relistAt = performance.now() + relistMs * (1 + jitter() / 5);
    for (const [key, object] of found) this.#upsert(key, object, 'list');
    for (const key of this.#kept.keys()) if (!found.has(key)) this.#remove(key);
    if (this.#isSynced) return;
    this.#isSynced = true;
    this.#handler.onSynced?.();
  }

  async #watch(): Promise<void> {
    const { client, path, signal } = this.#options;
    const { watchSeconds, graceMs, lineLimitBytes, jitter } = this.#limits;
    const seconds = Math.max(1, Math.round(watchSeconds * (1 - jitter() / 3)));
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.#version ?? '',
      timeoutSeconds: String(seconds),
    });
    // F3
    const overdue = new AbortController();
    const timer = setTimeout(() => overdue.abort(), seconds * 1000 + graceMs);
    try {
      const stop = AbortSignal.any([signal, overdue.signal]);
      const body = await client.stream(`${path}?${query.toString()}`, `watch ${path}`, stop);
      for await (const line of readLines(body, lineLimitBytes, `watch ${path}`)) this.#take(line);
    } catch (error) {
      if (overdue.signal.aborted)
        throw new SluiceError('transient', 'WatchSilent', `the watch of ${path} was silent`, {
          cause: error,
        });
      throw isSluiceError(error) && error.details?.['statusCode'] === 410 ? expired(path) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  #take(line: string): void {
    const event = parseJson(line);
    const type = textAt(event, 'type');
    if (type === 'ERROR') {
      const code = numberAt(event, 'object', 'code');
      if (code === 410) throw expired(this.#options.path);
      throw new SluiceError(
        'transient',
        'WatchEnded',
        textAt(event, 'object', 'message') || 'the watch ended',
      );
    }
    const object = valueAt(event, 'object') as unknown as KubeObject | undefined;
    const version = object?.metadata?.resourceVersion;
    if (object === undefined || version === undefined) return;
    if (type === 'ADDED' || type === 'MODIFIED') this.#upsert(keyOf(object), object, 'watch');
    else if (type === 'DELETED') this.#delete(keyOf(object), version);
    // Only now: what was not taken in is asked for again.
    if (this.#version === undefined || !isOlder(version, this.#version)) this.#version = version;
  }

  #upsert(key: string, object: KubeObject, origin: 'list' | 'watch'): void {
    const { uid = '', resourceVersion: version = '' } = object.metadata;
    const known = this.#kept.get(key);
    if (known !== undefined && known.version === version) return;
    // F1: also of another object of the same name, since versions grow over the whole cluster.
    if (known !== undefined && isOlder(version, known.version)) return;
    let value: T | undefined;
    try {
      value = this.#options.transform(withoutManagedFields(object));
    } catch (error) {
      this.#handler.onError?.(error);
    }
    if (value === undefined) {
      this.#remove(key);
      return;
    }
    this.#kept.set(key, { value, uid, version });
    const isSame = known?.uid === uid;
    if (known !== undefined && !isSame) this.#handler.onDelete(key, known.value);
    this.#handler.onUpsert(key, value, isSame ? known.value : undefined, origin);
  }

  #delete(key: string, version: string): void {
    const known = this.#kept.get(key);
    if (known !== undefined && !isOlder(version, known.version)) this.#remove(key);
  }

  #remove(key: string): void {
    const known = this.#kept.get(key);
    if (known === undefined) return;
    this.#kept.delete(key);
    this.#handler.onDelete(key, known.value);
  }
}

function expired(path: string): SluiceError {
  return new SluiceError('transient', 'WatchExpired', `the server forgot where the watch of ${path} was`);
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}

/** They are most of an object's text, and nobody here asks who wrote a field. */
function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Versions are numbers that grow, as the API promises since KEP-5504; others are taken for new. */
export function isOlder(version: string, known: string): boolean {
  const [a, b] = [Number(version), Number(known)];
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && a < b;
}
