import { setImmediate } from 'node:timers/promises';
import { SluiceError } from '../../../src/api/errors.ts';
import { isObject, parseJson, type JsonObject } from '../../../src/api/json.ts';
import type { ApiRequest } from '../../../src/cluster/kubernetes/api-client.ts';
import { textAt } from '../../../src/cluster/json-reading.ts';
import { ShardOwner } from '../../../src/controller/lease/shard-owner.ts';

/** What becomes of one request. */
export type Fate = 'ok' | 'refused' | 'done-but-unanswered' | 'hangs';

/** Time of a world that goes from one event to the next. */
export class World {
  nowMs: number = 0;
  readonly #events: { readonly atMs: number; readonly run: () => void }[] = [];
  readonly #onStep: () => void;

  constructor(onStep: () => void) {
    this.#onStep = onStep;
  }

  after(ms: number, run: () => void): () => void {
    const event = { atMs: this.nowMs + Math.max(0, ms), run };
    this.#events.push(event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  }

  async runFor(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.#events.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#events.splice(this.#events.indexOf(next), 1);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#onStep();
      next.run();
      // oxlint-disable-next-line no-await-in-loop -- everything that follows from one event, before the next
      await setImmediate();
      this.#onStep();
    }
    this.nowMs = endMs;
    this.#onStep();
  }
}

/** Leases as an API server keeps them: each write is fenced by the resourceVersion. */
export class LeaseServer {
  readonly leases: Map<string, JsonObject> = new Map();
  writes: number = 0;

  handle({ method, path, body }: ApiRequest): JsonObject {
    const name = /\/leases\/([^/]+)$/.exec(path)?.[1];
    if (method === 'GET' && name === undefined) return { items: [...this.leases.values()] };
    const object = body === undefined ? {} : (parseJson(body) as JsonObject);
    const metadata = isObject(object['metadata']) ? object['metadata'] : {};
    const key = name ?? textAt(metadata, 'name');
    const found = this.leases.get(key);
    if (method === 'POST' && found !== undefined) throw refusal('AlreadyExists');
    if (method !== 'POST' && found === undefined) throw refusal('NotFound');
    if (method === 'GET') return found as JsonObject;
    const version = isObject(found?.['metadata']) ? found['metadata']['resourceVersion'] : undefined;
    if (method === 'PUT' && version !== metadata['resourceVersion']) throw refusal('Conflict');
    this.writes += 1;
    const written = { ...object, metadata: { ...metadata, resourceVersion: String(this.writes) } };
    this.leases.set(key, written);
    return written;
  }
}

function refusal(code: string): SluiceError {
  return new SluiceError(code === 'NotFound' ? 'terminal' : 'transient', code, code);
}

export interface ProcessOptions {
  readonly shard: { readonly index: number; readonly count: number };
  /** How fast its monotonic clock goes; 1 is right. */
  readonly rate?: number;
  /** How far its wall clock is off. */
  readonly wallMs?: number;
  readonly fate?: () => Fate;
  /** One way, for each request and each answer. */
  readonly latencyMs?: () => number;
  readonly jitter?: () => number;
  readonly beforeGiveBack?: (shard: number) => Promise<void>;
}

/** A process of the world: it can be paused, and dies without a word. */
export class SimulatedProcess {
  readonly owner: ShardOwner;
  readonly changes: string[] = [];
  readonly errors: unknown[] = [];
  fault: unknown;
  requests: number = 0;
  readonly #world: World;
  readonly #options: ProcessOptions;
  readonly #server: LeaseServer;
  readonly #dying = new AbortController();
  readonly #deferred: (() => void)[] = [];
  #isPaused = false;
  #isCut = false;

  constructor(world: World, server: LeaseServer, identity: string, options: ProcessOptions) {
    this.#world = world;
    this.#server = server;
    this.#options = options;
    const { rate = 1, wallMs = 0, shard, jitter = () => 0.5, beforeGiveBack } = options;
    const client = {
      send: (request: ApiRequest) => this.#request(request),
      find: async (request: ApiRequest) => {
        try {
          return await this.#request(request);
        } catch (error) {
          if (error instanceof SluiceError && error.code === 'NotFound') return undefined;
          throw error;
        }
      },
    };
    this.owner = new ShardOwner({
      client,
      namespace: 'default',
      identity,
      shard,
      now: () => Date.UTC(2026, 10, 1) + world.nowMs + wallMs,
      monotonicNow: () => world.nowMs * rate + 1e6 * wallMs,
      jitter,
      after: (ms, callback) => world.after(ms / rate, () => this.#do(callback)),
      ...(beforeGiveBack === undefined ? {} : { beforeGiveBack }),
      onError: (error) => this.errors.push(error),
    });
    this.owner.onChange((shards) => this.changes.push(shards.join()));
    this.owner.start(this.#dying.signal).catch((error: unknown) => (this.fault = error));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const each of this.#deferred.splice(0)) this.#world.after(0, () => this.#do(each));
  }

  /** From now on no request and no answer goes through. */
  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
  }

  die(): void {
    this.#dying.abort();
  }

  #do(callback: () => void): void {
    if (this.#isPaused) this.#deferred.push(callback);
    else callback();
  }

  #request(request: ApiRequest): Promise<JsonObject> {
    this.requests += 1;
    const { fate = () => 'ok', latencyMs = () => 5 } = this.#options;
    const chosen = fate();
    return new Promise((resolve, reject) => {
      const answer = (act: () => void): unknown =>
        this.#world.after(latencyMs(), () => this.#isCut || this.#do(act));
      this.#world.after(latencyMs(), () => {
        if (chosen === 'hangs' || this.#isCut) return;
        if (chosen === 'refused') {
          answer(() => reject(new SluiceError('environment', 'ClusterUnreachable', 'refused')));
          return;
        }
        try {
          const found = this.#server.handle(request);
          if (chosen === 'ok') answer(() => resolve(found));
        } catch (error) {
          answer(() => reject(error));
        }
      });
    });
  }
}
