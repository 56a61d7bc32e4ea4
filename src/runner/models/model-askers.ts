import type { HostBreaker } from '../../llm/host-breaker.ts';
import type { ModelClient } from '../../llm/model-client.ts';
import { openModelClient } from '../../llm/open-model-client.ts';
import { openAskerMemory, type AskerMemory } from '../../llm/structured/ask-structured.ts';
import type { ModelCommons } from './model-commons.ts';
import type { ModelPlace } from './model-places.ts';

/** A client with all that was learnt of its server. */
export interface ModelAsker {
  readonly client: ModelClient;
  readonly memory: AskerMemory;
}

type Waiting = Pick<ModelCommons, 'pause' | 'monotonicNow' | 'random'> & { readonly breaker: HostBreaker };

/** Clients by server, so that what a model turned out to refuse is asked of it once. */
export class ModelAskers {
  readonly #commons: Waiting;
  readonly #askers = new Map<string, ModelAsker>();

  constructor(commons: Waiting) {
    this.#commons = commons;
  }

  at({ endpoint, http }: ModelPlace, timeoutMs: number | undefined): ModelAsker {
    const key = JSON.stringify([endpoint, timeoutMs]);
    const known = this.#askers.get(key);
    if (known !== undefined) return known;
    const { breaker, pause, monotonicNow: now, random } = this.#commons;
    const client = openModelClient({
      endpoint,
      http,
      breaker,
      pause,
      now,
      random,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    const asker = { client, memory: openAskerMemory() };
    this.#askers.set(key, asker);
    return asker;
  }
}
