import { setTimeout as wait } from 'node:timers/promises';
import { objectsAt, textAt } from '../json-reading.ts';
import type { ApiClient } from './api-client.ts';
import type { ReadVersions } from './read-versions.ts';
import { retryPause, type RetryLimits } from './retry-pause.ts';
import { readWatch, watchStreamLimits, type WatchEvent, type WatchStreamLimits } from './watch-stream.ts';

/**
 * W1 Every state of the object is either told of or known to the caller: the loop lists, watches from the version of that
 *    list, and so on. It lists again also where a watch ended in its time: what was lost without a trace is made up for.
 * W2 A watch is asked for at one moment and begins at a later one. It tells of what it begins with, unless that is all that
 *    anyone of this process has read since, and the last that was read before; and when a later read shows something else
 *    than is known here, because a read and the list may pass each other.
 * W3 A connection over which nothing comes is taken for dead within a minute (watch-stream.ts).
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

export interface WatchLimits extends WatchStreamLimits, RetryLimits {}

export const watchLimits: WatchLimits = { ...watchStreamLimits, firstRetryMs: 500, longestRetryMs: 8_000 };

/** A round that took so long was no failure. */
const steadyMs = 5_000;

/** Watches until `signal` aborts; never throws. */
export async function runWatchLoop(parts: WatchLoopParts): Promise<void> {
  await new WatchLoop(parts).run();
}

class WatchLoop {
  readonly #parts: WatchLoopParts;
  /** Of the object; '' when it is not there, undefined before the first list. */
  #known: string | undefined;
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
      const begunMs = performance.now();
      try {
        await this.#watch(await this.#list());
      } catch {
        // What was watched may be gone; whoever watches reads the reason for himself.
      }
      // A connection that ends at once, again and again, must not turn this into a busy loop.
      failures = performance.now() - begunMs >= steadyMs ? 0 : failures + 1;
      await wait(retryPause(failures, limits), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Brings the version to watch from. */
  async #list(): Promise<string> {
    const { client } = this.#parts;
    const list = await client.send({
      method: 'GET',
      path: await this.#path(),
      doing: `watch ${this.#parts.name}`,
    });
    const object = objectsAt(list, 'items')[0];
    const known = object === undefined ? '' : textAt(object, 'metadata', 'resourceVersion');
    const before = this.#known === undefined ? [...this.#read] : [this.#known];
    this.#known = known;
    if (before.some((version) => version !== known)) this.#tell();
    return textAt(list, 'metadata', 'resourceVersion');
  }

  async #watch(from: string): Promise<void> {
    const { client, signal, limits, name } = this.#parts;
    await readWatch({
      client,
      path: await this.#path(),
      from,
      doing: `watch ${name}`,
      limits,
      signal,
      onEvent: (event) => this.#take(event),
    });
  }

  #take({ type, version }: WatchEvent): void {
    if (type === 'BOOKMARK') return;
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

  async #path(): Promise<string> {
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${this.#parts.name}` });
    return `${await this.#parts.collection()}?${query.toString()}`;
  }
}
