import { setTimeout as wait } from 'node:timers/promises';
import { SluiceError } from '../../api/errors.ts';
import { parseJson } from '../../api/json.ts';
import { numberAt, objectsAt, textAt, valueAt } from '../json-reading.ts';
import type { ApiClient } from './api-client.ts';
import { readLines } from './read-text.ts';
import type { ReadVersions } from './read-versions.ts';

/**
 * W1 Every state of the object is either told of or known to the caller: the loop lists first, then watches from the
 *    version of that list, and lists again whenever that thread is lost.
 * W2 A watch is asked for at one moment and begins at a later one. It tells of what it begins with, unless that is all that
 *    anyone of this process has read since, and the last that was read before; and when a later read shows something else
 *    than is known here, because a read and the list may pass each other.
 * W3 A connection over which nothing comes is taken for dead: a server sends bookmarks about once a minute.
 */
export interface WatchLoopParts {
  readonly client: ApiClient;
  /** Of the collection, already narrowed to the one object. */
  collection(): Promise<string>;
  readonly name: string;
  readonly versions: ReadVersions;
  readonly versionKey: string;
  readonly limits: WatchLimits;
  onChange(): void;
  readonly signal: AbortSignal;
}

export interface WatchLimits {
  /** A server ends a watch so often by itself; the next goes on where it was, with credentials as they are then. */
  readonly serverSeconds: number;
  /** Silence after which a connection counts as dead. */
  readonly silenceMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly lineLimitBytes: number;
  /** In [0, 1). */
  jitter(): number;
}

export const watchLimits: WatchLimits = {
  serverSeconds: 280,
  silenceMs: 100_000,
  firstRetryMs: 500,
  longestRetryMs: 10_000,
  lineLimitBytes: 16 * 1024 * 1024,
  jitter: Math.random,
};

/** Watches until `signal` aborts; never throws. */
export async function runWatchLoop(parts: WatchLoopParts): Promise<void> {
  await new WatchLoop(parts).run();
}

class WatchLoop {
  readonly #parts: WatchLoopParts;
  /** Of the object; '' when it is not there, undefined before the first list. */
  #known: string | undefined;
  /** Where the next watch goes on; undefined: list first. */
  #from: string | undefined;

  /** Versions that were read before the first list: the last before the watch was asked for, and all after. */
  readonly #read = new Set<string>();

  constructor(parts: WatchLoopParts) {
    this.#parts = parts;
    const last = parts.versions.last(parts.versionKey);
    if (last !== undefined) this.#read.add(last);
  }

  async run(): Promise<void> {
    const { signal, limits, versions, versionKey } = this.#parts;
    versions.listen(versionKey, (version) => this.#compare(version), signal);
    let failures = 0;
    while (!signal.aborted) {
      const begunWith = this.#from;
      try {
        if (this.#from === undefined) await this.#list();
        await this.#watch();
        failures = 0;
      } catch {
        // What was watched may be gone; whoever watches reads the reason for himself.
        this.#from = undefined;
        failures++;
      }
      // A connection that ends at once, again and again, must not turn this into a busy loop.
      if (begunWith !== undefined && begunWith === this.#from) failures++;
      const longestMs = Math.min(limits.firstRetryMs * 2 ** Math.min(failures, 10), limits.longestRetryMs);
      const retryMs = failures === 0 ? 0 : longestMs * (0.5 + limits.jitter() / 2);
      await wait(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #list(): Promise<void> {
    const { client } = this.#parts;
    const list = await client.send({
      method: 'GET',
      path: await this.#path({}),
      doing: `watch ${this.#parts.name}`,
    });
    const object = objectsAt(list, 'items')[0];
    this.#from = textAt(list, 'metadata', 'resourceVersion');
    const known = object === undefined ? '' : textAt(object, 'metadata', 'resourceVersion');
    const before = this.#known === undefined ? [...this.#read] : [this.#known];
    this.#known = known;
    if (before.some((version) => version !== known)) this.#tell();
  }

  async #watch(): Promise<void> {
    const { client, signal, limits, name } = this.#parts;
    const silence = new AbortController();
    const stop = AbortSignal.any([signal, silence.signal]);
    const doing = `watch ${name}`;
    let timer = setTimeout(() => silence.abort(), limits.silenceMs);
    try {
      const path = await this.#path({
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: this.#from ?? '',
        timeoutSeconds: String(limits.serverSeconds),
      });
      const body = await client.stream(path, doing, stop);
      for await (const line of readLines(body, limits.lineLimitBytes, doing)) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), limits.silenceMs);
        this.#take(parseJson(line));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(event: unknown): void {
    const type = textAt(event, 'type');
    if (type === 'ERROR') {
      const code = numberAt(event, 'object', 'code') ?? 0;
      throw new SluiceError('transient', 'WatchEnded', `the watch ended with ${code}`);
    }
    const version = textAt(event, 'object', 'metadata', 'resourceVersion');
    if (version !== '') this.#from = version;
    if (type === 'BOOKMARK' || valueAt(event, 'object') === undefined) return;
    this.#known = type === 'DELETED' ? '' : version;
    this.#tell();
  }

  /** The caller has read `version`: if that is not what is known here, one of the two is old (W2). */
  #compare(version: string): void {
    if (this.#known === undefined) this.#read.add(version);
    else if (this.#known !== version) this.#tell();
  }

  #tell(): void {
    const { signal } = this.#parts;
    // On its own: the caller may read, and so come back here, while it is told.
    queueMicrotask(() => {
      if (!signal.aborted) this.#parts.onChange();
    });
  }

  async #path(query: Readonly<Record<string, string>>): Promise<string> {
    const collection = await this.#parts.collection();
    return `${collection}?${new URLSearchParams({ fieldSelector: `metadata.name=${this.#parts.name}`, ...query }).toString()}`;
  }
}
