import type { Json } from '../../api/json.ts';

export interface CacheEntry {
  readonly value: Json;
  /** Which model said it, for people. */
  readonly label?: string;
  /** Wall time in ms. */
  readonly storedAtMs: number;
  readonly expiresAtMs: number;
}

/** Where answers are kept. It may lose entries at any time, and never returns another key's. */
export interface CacheStore {
  get(key: string): Promise<CacheEntry | undefined>;
  put(key: string, entry: CacheEntry): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface CachedAnswer {
  readonly value: Json;
  /** `shared`: asked by another call that was under way. */
  readonly source: 'cache' | 'shared' | 'asked';
}

export interface CacheRequest {
  readonly key: string;
  /** Kept with the answer. */
  readonly label?: string;
  /** How long the answer may be used. */
  readonly timeToLiveMs: number;
  readonly signal: AbortSignal;
  /** Asks. Its signal fires when nobody waits any more. */
  readonly ask: (signal: AbortSignal) => Promise<Json>;
}

export interface AnswerCache {
  /** The answer of the cache, of the call for this key that is under way, or of a new one. Failures are not kept. */
  through(request: CacheRequest): Promise<CachedAnswer>;
}

interface Flight {
  readonly answer: Promise<Json>;
  readonly controller: AbortController;
  waiting: number;
}

/** `now` is wall time in ms. An entry from the future, as after a clock was set back, is asked for anew. */
export function openAnswerCache(store: CacheStore, now: () => number): AnswerCache {
  const flights = new Map<string, Flight>();
  return {
    async through(request) {
      const { key, signal } = request;
      signal.throwIfAborted();
      const under = flights.get(key);
      if (under !== undefined) return { value: await join(under, signal), source: 'shared' };
      const state = { isCached: false };
      const controller = new AbortController();
      const flight: Flight = { answer: look(request, state, controller.signal), controller, waiting: 0 };
      flights.set(key, flight);
      const forget = (): void => {
        if (flights.get(key) === flight) flights.delete(key);
      };
      // Also when nobody waits any more: a call that is being abandoned is not to be joined.
      controller.signal.addEventListener('abort', forget, { once: true });
      flight.answer.then(forget, forget);
      const value = await join(flight, signal);
      return { value, source: state.isCached ? 'cache' : 'asked' };
    },
  };

  async function look(
    request: CacheRequest,
    state: { isCached: boolean },
    signal: AbortSignal,
  ): Promise<Json> {
    const { key, timeToLiveMs, label } = request;
    const found = await store.get(key);
    if (found !== undefined && found.storedAtMs <= now() && now() < found.expiresAtMs) {
      state.isCached = true;
      return found.value;
    }
    if (found !== undefined) await store.delete(key);
    const value = await request.ask(signal);
    const storedAtMs = now();
    const entry = { value, storedAtMs, expiresAtMs: storedAtMs + timeToLiveMs };
    if (timeToLiveMs > 0) await store.put(key, label === undefined ? entry : { ...entry, label });
    return value;
  }
}

/** Waits with the others. Whoever gives up leaves the call to them; the last one ends it. */
async function join(flight: Flight, signal: AbortSignal): Promise<Json> {
  const { promise: left, reject: leave } = Promise.withResolvers<never>();
  const abort = (): void => leave(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  flight.waiting += 1;
  try {
    return await Promise.race([flight.answer, left]);
  } finally {
    signal.removeEventListener('abort', abort);
    flight.waiting -= 1;
    if (flight.waiting === 0) flight.controller.abort();
  }
}
