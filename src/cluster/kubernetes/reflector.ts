import { setTimeout as wait } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { objectsAt, textAt } from '../json-reading.ts';
import type { ApiClient } from './api-client.ts';
import { isOlder } from './resource-version.ts';
import { retryPause, type RetryLimits } from './retry-pause.ts';
import { readWatch, watchStreamLimits, type WatchEvent, type WatchStreamLimits } from './watch-stream.ts';

/*
 * Keeps a collection in view: a list in pages, then a watch from its version, and again from the list whenever that thread
 * is lost.
 * F1  What is kept never goes back. News that is not newer than all that is known was heard before and is left aside, and
 *     so is a list that is older than what is known: another server may lag behind.
 * F2  A server whose state really went back (an etcd that was restored or wiped) is believed when its lists have been old
 *     for a while. Whenever a watch ends before its time one object is listed to find that out: a watch from a version that
 *     is still to come is accepted and tells nothing, not even a bookmark (seen on 1.34).
 * F3  Silence ends within a minute (watch-stream.ts).
 * F4  News that was lost without a trace is made up for by a list: no bookmark tells of it. A collection of one page is
 *     listed whenever a watch ends, so within a minute, for one request; larger ones less often, so that lists cost about a
 *     page in half a minute, but at least every few minutes.
 * F5  Whatever goes wrong, requests are spaced, and more so with each failure in a row: about ten a minute in the end. A
 *     watch that ends soon is a failure, too; only one that stood for a while starts the count anew.
 */

export interface ReflectorOptions<T> {
  readonly client: Pick<ApiClient, 'send' | 'stream'>;
  /** Path of the collection, such as `/apis/core.oam.dev/v1alpha1/workflowruns`. */
  readonly path: string;
  /**
   * What is kept of an object; undefined leaves it out. Called once for each version, without managedFields. One for which
   * it throws is left out, and `onError` is told.
   */
  readonly transform: (object: KubeObject) => T | undefined;
  readonly signal: AbortSignal;
  readonly limits?: Partial<ReflectorLimits>;
}

export interface ReflectorLimits extends WatchStreamLimits, RetryLimits {
  readonly pageSize: number;
  /** Between two lists while all goes well, for each page but the first; spread upwards by a fifth. */
  readonly relistPageMs: number;
  readonly longestRelistMs: number;
  /** So long lists that are older than what is known are not believed. */
  readonly disbeliefMs: number;
  /** A watch that stood so long was no failure. */
  readonly steadyMs: number;
}

const defaults: ReflectorLimits = {
  ...watchStreamLimits,
  pageSize: 500,
  firstRetryMs: 250,
  longestRetryMs: 8_000,
  relistPageMs: 30_000,
  longestRelistMs: 600_000,
  disbeliefMs: 15_000,
  steadyMs: 5_000,
};

/** Called synchronously, in the order in which things became known. `key` is NAMESPACE/NAME. */
export interface ReflectorHandler<T> {
  /**
   * `origin` is `list` for what a list brought, first or later. An object that was deleted and made again is first told as
   * deleted, and has no `previous`.
   */
  onUpsert(key: string, value: T, previous: T | undefined, origin: 'list' | 'watch'): void;
  onDelete(key: string, previous: T): void;
  /** After the first complete list, once. */
  onSynced?(): void;
  /** A list or watch failed, or an object could not be read, or a handler threw. The reflector goes on. */
  onError?(error: unknown): void;
}

/** Since the start. */
export interface ReflectorStats {
  /** Complete ones. */
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly failures: number;
  /** Since the server was last heard of; undefined before. */
  readonly silentMs: number | undefined;
}

interface Kept<T> {
  readonly value: T;
  readonly uid: string;
  readonly version: string;
}

/** What comes before a watch; `check` is a list of one object. */
type Begin = 'list' | 'check' | 'watch';

interface RoundEnd {
  readonly next: Begin;
  readonly error: unknown;
  /** Of the watch. */
  readonly stoodMs: number;
  readonly hadNews: boolean;
}

export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #limits: ReflectorLimits;
  readonly #handler: ReflectorHandler<T>;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #count = { lists: 0, watches: 0, events: 0, failures: 0 };
  #heardAt: number | undefined;
  /** What the handler was told. */
  #changes = 0;
  #isSynced = false;
  /** Everything up to this version of the collection is known; undefined before the first list. */
  #version: string | undefined;
  /** When lists began to be older than that. */
  #doubtedAt: number | undefined;
  #relistAt = 0;

  constructor(options: ReflectorOptions<T>, handler: ReflectorHandler<T>) {
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#handler = handler;
  }

  /** Lists and watches until the signal aborts. To be called once. */
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

  get stats(): ReflectorStats {
    const silentMs = this.#heardAt === undefined ? undefined : performance.now() - this.#heardAt;
    return { ...this.#count, silentMs };
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    let failures = 0;
    let begin: Begin = 'list';
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
      const end = await this.#round(begin);
      begin = end.next;
      const isSteady = end.stoodMs >= this.#limits.steadyMs;
      // What brings news is worth asking again soon.
      failures = isSteady ? 0 : end.hadNews ? Math.min(failures + 1, 2) : failures + 1;
      if (isSteady && end.error === undefined) continue;
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
      await this.#pause(Math.max(failures, 1), end.error);
    }
  }

  /** From the beginning to the end of one watch; never throws. */
  async #round(begin: Begin): Promise<RoundEnd> {
    let begunMs: number | undefined;
    const changesBefore = this.#changes;
    const end = (next: Begin, error?: unknown): RoundEnd => ({
      next,
      error,
      stoodMs: begunMs === undefined ? 0 : performance.now() - begunMs,
      hadNews: this.#changes > changesBefore,
    });
    try {
      if (begin === 'list' || performance.now() >= this.#relistAt) await this.#list();
      else if (begin === 'check') await this.#check();
      begunMs = performance.now();
      return end((await this.#watch()) === 'early' ? 'check' : 'watch');
    } catch (error) {
      if (this.#options.signal.aborted) return end('list');
      this.#report(error);
      return end(this.#version !== undefined && isInterruption(error) ? 'check' : 'list', error);
    }
  }

  async #pause(failures: number, error: unknown): Promise<void> {
    const { signal } = this.#options;
    // A server that asks for time gets it, but not without end.
    const askedMs = Math.min(isSluiceError(error) ? (error.retryAfterMs ?? 0) : 0, 60_000);
    const pauseMs = Math.max(retryPause(failures, this.#limits), askedMs);
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }

  async #list(): Promise<void> {
    const { pageSize } = this.#limits;
    const found = new Set<string>();
    let version: string | undefined;
    let next = '';
    let isBack = false;
    do {
      // oxlint-disable-next-line no-await-in-loop -- each page names the next
      const page = await this.#page(pageSize, next);
      if (version === undefined) {
        version = textAt(page, 'metadata', 'resourceVersion');
        isBack = this.#isBack(version);
      }
      // The items of some kinds do not say what they are.
      const apiVersion = textAt(page, 'apiVersion');
      const kind = textAt(page, 'kind').replace(/List$/, '');
      for (const item of objectsAt(page, 'items')) {
        const object = { apiVersion, kind, ...item } as unknown as KubeObject;
        const key = keyOf(object);
        found.add(key);
        this.#upsert(key, object, 'list', isBack);
      }
      next = textAt(page, 'metadata', 'continue');
    } while (next !== '');
    for (const key of this.#kept.keys()) if (!found.has(key)) this.#remove(key);
    this.#doubtedAt = undefined;
    this.#version = version;
    this.#relistAt = performance.now() + this.#relistMs(found.size);
    this.#count.lists += 1;
    if (this.#isSynced) return;
    this.#isSynced = true;
    try {
      this.#handler.onSynced?.();
    } catch (error) {
      this.#report(error);
    }
  }

  #relistMs(size: number): number {
    const { pageSize, relistPageMs, longestRelistMs, jitter } = this.#limits;
    const more = Math.max(Math.ceil(size / pageSize) - 1, 0);
    return Math.min(more * relistPageMs, longestRelistMs) * (1 + jitter() / 5);
  }

  /** After a watch broke: whether the server knows of what is known here. One page is listed anyway, for the same price. */
  async #check(): Promise<void> {
    if (this.#kept.size < this.#limits.pageSize) {
      await this.#list();
      return;
    }
    const page = await this.#page(1, '');
    if (this.#isOld(textAt(page, 'metadata', 'resourceVersion'))) await this.#list();
    else this.#doubtedAt = undefined;
  }

  async #page(limit: number, next: string): Promise<unknown> {
    const { client, path, signal } = this.#options;
    const query = new URLSearchParams({ limit: String(limit) });
    if (next !== '') query.set('continue', next);
    const page = await client.send({
      method: 'GET',
      path: `${path}?${query.toString()}`,
      doing: `list ${path}`,
    });
    signal.throwIfAborted();
    this.#heardAt = performance.now();
    return page;
  }

  #isOld(version: string): boolean {
    return this.#version !== undefined && isOlder(version, this.#version);
  }

  /** Whether a list of this version tells of a server whose state went back. Throws when it is only old. */
  #isBack(version: string): boolean {
    if (!this.#isOld(version)) {
      this.#doubtedAt = undefined;
      return false;
    }
    this.#doubtedAt ??= performance.now();
    if (performance.now() - this.#doubtedAt >= this.#limits.disbeliefMs) return true;
    const { path } = this.#options;
    throw new SluiceError('transient', 'OldList', `the list of ${path} is older than what is known`);
  }

  #watch(): Promise<'in time' | 'early'> {
    const { client, path, signal } = this.#options;
    this.#count.watches += 1;
    return readWatch({
      client,
      path,
      from: this.#version ?? '',
      doing: `watch ${path}`,
      limits: this.#limits,
      signal,
      onEvent: (event) => this.#take(event),
      onHeard: () => (this.#heardAt = performance.now()),
    });
  }

  #take({ type, object, version }: WatchEvent): void {
    if (version === '' || version === this.#version) return;
    const isOld = this.#isOld(version);
    if (type === 'BOOKMARK' && isOld)
      throw new SluiceError('transient', 'OldBookmark', 'the server is at an older version than it was');
    // F1
    if (isOld) return;
    this.#count.events += 1;
    if (type === 'DELETED') this.#remove(keyOf(object));
    else if (type !== 'BOOKMARK') this.#upsert(keyOf(object), object, 'watch', false);
    this.#version = version;
  }

  /** `isBack`: also what is older than what is kept. */
  #upsert(key: string, object: KubeObject, origin: 'list' | 'watch', isBack: boolean): void {
    const { uid = '', resourceVersion: version = '' } = object.metadata;
    const known = this.#kept.get(key);
    const isSame = known?.uid === uid;
    if (known !== undefined) {
      if (isSame && known.version === version) return;
      if (!isBack && isOlder(version, known.version)) return;
    }
    const value = this.#transform(object);
    if (value === undefined || !isSame) this.#remove(key);
    if (value === undefined) return;
    this.#kept.set(key, { value, uid, version });
    this.#changes += 1;
    try {
      this.#handler.onUpsert(key, value, isSame ? known?.value : undefined, origin);
    } catch (error) {
      this.#report(error);
    }
  }

  #transform(object: KubeObject): T | undefined {
    try {
      return this.#options.transform(withoutManagedFields(object));
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  #remove(key: string): void {
    const known = this.#kept.get(key);
    if (known === undefined) return;
    this.#kept.delete(key);
    this.#changes += 1;
    try {
      this.#handler.onDelete(key, known.value);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#count.failures += 1;
    try {
      this.#handler.onError?.(error);
    } catch {
      // There is nobody left to tell.
    }
  }
}

const interruptions: ReadonlySet<string> = new Set(['ConnectionLost', 'ClusterTimeout', 'WatchSilent']);

/** The wire broke, or the server was not up to it: what is known stands. */
function isInterruption(error: unknown): boolean {
  if (!isSluiceError(error)) return false;
  const statusCode = error.details?.['statusCode'];
  const isBusy = typeof statusCode === 'number' && (statusCode === 429 || statusCode >= 500);
  return error.kind === 'environment' || interruptions.has(error.code) || isBusy;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}

/** They are most of an object's text, and nobody here asks who wrote a field. */
function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
}
