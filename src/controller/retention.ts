import { setInterval } from 'node:timers/promises';
import { parseDuration } from '../api/duration.ts';
import { stringifyJson } from '../api/json.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import { runPath } from './run/run-identity.ts';
import { keyOf, type WatchedRun } from './run/watched-run.ts';

/** KubeVela's label for runs that belong together. */
const groupLabel = 'pipeline.oam.dev/name';

export interface RetentionLimits {
  /** For runs without `spec.ttl`; undefined keeps them. */
  readonly ttlMs: number | undefined;
  /** Finished runs that are kept of each group (label pipeline.oam.dev/name) in a namespace; undefined: all. */
  readonly historyLimit: number | undefined;
}

export interface RetentionParts {
  readonly client: ApiClient;
  readonly limits: RetentionLimits;
  readonly now: () => number;
  readonly owns: (uid: string) => boolean;
  readonly onDeleted: (run: WatchedRun, why: 'ttl' | 'history') => void;
  readonly onError: (error: unknown) => void;
}

/** Deletes finished runs when their time is over. The objects that a run applied stay. */
export class Retention {
  readonly #parts: RetentionParts;
  /** Finished runs that will go, by key, with the time of it in ms since 1970. */
  readonly #due = new Map<string, { readonly run: WatchedRun; readonly atMs: number }>();
  readonly #groups = new Map<string, Map<string, WatchedRun>>();

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  see(run: WatchedRun): void {
    this.forget(run);
    if (!run.isFinished || run.isDeleting) return;
    const endedAtMs = Date.parse(run.endedAt ?? '') || run.createdAtMs;
    const ttlMs = (run.ttl === undefined ? undefined : parseDuration(run.ttl)) ?? this.#parts.limits.ttlMs;
    if (ttlMs !== undefined) this.#due.set(keyOf(run), { run, atMs: endedAtMs + ttlMs });
    const group = groupOf(run);
    if (group !== undefined && this.#parts.limits.historyLimit !== undefined) {
      const members = this.#groups.get(group) ?? new Map<string, WatchedRun>();
      this.#groups.set(group, members.set(keyOf(run), run));
    }
  }

  forget(run: WatchedRun): void {
    this.#due.delete(keyOf(run));
    const group = groupOf(run);
    const members = group === undefined ? undefined : this.#groups.get(group);
    members?.delete(keyOf(run));
    if (group !== undefined && members?.size === 0) this.#groups.delete(group);
  }

  /** Sweeps every `everyMs` until `signal` aborts. */
  async start(signal: AbortSignal, everyMs = 1000): Promise<void> {
    try {
      for await (const _ of setInterval(everyMs, undefined, { signal, ref: false })) await this.sweep();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Deletes what is due, a bounded number at a time. */
  async sweep(): Promise<void> {
    const now = this.#parts.now();
    const due = [...this.#due.values()].filter(({ atMs }) => atMs <= now).map(({ run }) => run);
    const surplus = [...this.#groups.values()].flatMap((members) => {
      const newestFirst = [...members.values()].toSorted((a, b) =>
        (b.endedAt ?? '').localeCompare(a.endedAt ?? ''),
      );
      return newestFirst.slice(this.#parts.limits.historyLimit);
    });
    for (const run of due.slice(0, 50)) await this.#delete(run, 'ttl');
    for (const run of surplus.slice(0, 50)) await this.#delete(run, 'history');
  }

  async #delete(run: WatchedRun, why: 'ttl' | 'history'): Promise<void> {
    const { client, owns, onDeleted, onError } = this.#parts;
    if (!owns(run.uid)) return;
    this.forget(run);
    const preconditions = { uid: run.uid, resourceVersion: run.resourceVersion };
    try {
      await client.find({
        method: 'DELETE',
        path: runPath(run),
        contentType: 'application/json',
        // A run that was started again meanwhile stays.
        body: stringifyJson({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions }),
        doing: `delete run ${run.name}`,
      });
      onDeleted(run, why);
    } catch (error) {
      onError(error);
    }
  }
}

function groupOf({ namespace, labels }: WatchedRun): string | undefined {
  const group = labels[groupLabel];
  return group === undefined ? undefined : `${namespace}/${group}`;
}
