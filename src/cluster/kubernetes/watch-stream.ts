import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { isObject, parseJson } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { numberAt, textAt } from '../json-reading.ts';
import type { ApiClient } from './api-client.ts';
import { readLines } from './read-text.ts';

/*
 * A stall without a word is noticed within `silenceMs`. Bookmarks come about once a minute, too seldom to tell a quiet
 * server from a dead wire; so the server is asked to end each watch itself within `serverSeconds`, which is less, and the
 * next one goes on from the last version over the same connection. That costs about two requests a minute, no list, and
 * lets new credentials in.
 */
export interface WatchStreamLimits {
  /** The server ends a watch after at most so long; spread downwards by a third, so that not all end at once. */
  readonly serverSeconds: number;
  /** Silence after which a connection counts as dead; longer than `serverSeconds`. */
  readonly silenceMs: number;
  readonly lineLimitBytes: number;
  /** In [0, 1). */
  readonly jitter: () => number;
}

export const watchStreamLimits: WatchStreamLimits = {
  serverSeconds: 40,
  silenceMs: 45_000,
  lineLimitBytes: 16 * 1024 * 1024,
  jitter: Math.random,
};

/** News of one object; of a `BOOKMARK` the object holds nothing but a version. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
  /** Of the object: '' where there is none. */
  readonly version: string;
}

export interface WatchStreamParts {
  readonly client: Pick<ApiClient, 'stream'>;
  /** Of the collection, with a `?` and the query that narrows it where there is one. */
  readonly path: string;
  /** Where to go on. */
  readonly from: string;
  /** For messages, such as `watch pods`. */
  readonly doing: string;
  readonly limits: WatchStreamLimits;
  readonly signal: AbortSignal;
  /** Called in order; a SluiceError that it throws ends the watch. */
  onEvent(event: WatchEvent): void;
  /** Something came, be it a bookmark. */
  onHeard?(): void;
}

/**
 * Reads one watch to its end. Resolves when the server ended it, with whether that was before its time. Throws SluiceError
 * `WatchExpired` when the server no longer knows the version, `WatchSilent`, `WatchEnded` for another error that it sends,
 * `WatchUnreadable`, `ConnectionLost`, and those of the client.
 */
export async function readWatch(parts: WatchStreamParts): Promise<'in time' | 'early'> {
  const { client, path, doing, limits, signal } = parts;
  const seconds = Math.max(1, Math.round(limits.serverSeconds * (1 - limits.jitter() / 3)));
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: parts.from,
    timeoutSeconds: String(seconds),
  });
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), limits.silenceMs);
  const begunMs = performance.now();
  try {
    const body = await client.stream(
      `${path}${path.includes('?') ? '&' : '?'}${query.toString()}`,
      doing,
      AbortSignal.any([signal, silence.signal]),
    );
    for await (const line of readLines(body, limits.lineLimitBytes, doing)) {
      timer.refresh();
      parts.onHeard?.();
      const event = readEvent(line, doing);
      if (event !== undefined) parts.onEvent(event);
    }
  } catch (error) {
    if (silence.signal.aborted)
      throw new SluiceError('transient', 'WatchSilent', `nothing came any more: ${doing}`, { cause: error });
    if (!isSluiceError(error))
      throw new SluiceError('transient', 'ConnectionLost', `the connection broke: ${doing}`, {
        cause: error,
      });
    throw error.details?.['statusCode'] === 410 ? expired(doing) : error;
  } finally {
    clearTimeout(timer);
  }
  // A server's clock that runs a little faster is no reason to doubt it.
  return performance.now() - begunMs < (seconds - 1) * 900 ? 'early' : 'in time';
}

/** Undefined for what is no news, such as a type of event that is not known here. */
function readEvent(line: string, doing: string): WatchEvent | undefined {
  let event: unknown;
  try {
    event = parseJson(line);
  } catch (error) {
    throw new SluiceError('transient', 'WatchUnreadable', `a line is no JSON: ${doing}`, { cause: error });
  }
  if (!isObject(event) || !isObject(event['object'])) return undefined;
  const { type } = event;
  if (type === 'ERROR') throw errorOf(event, doing);
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK') return undefined;
  const object = event['object'] as unknown as KubeObject;
  if (!isObject(object.metadata)) return undefined;
  const { resourceVersion } = object.metadata;
  return { type, object, version: typeof resourceVersion === 'string' ? resourceVersion : '' };
}

function errorOf(event: unknown, doing: string): SluiceError {
  const code = numberAt(event, 'object', 'code') ?? 0;
  if (code === 410) return expired(doing);
  const said = textAt(event, 'object', 'message') || `code ${code}`;
  return new SluiceError('transient', 'WatchEnded', `the server ended it: ${said.slice(0, 300)}: ${doing}`);
}

function expired(doing: string): SluiceError {
  return new SluiceError(
    'transient',
    'WatchExpired',
    `the server forgot the version to go on from: ${doing}`,
  );
}
