import { isSluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { ApiRequest } from '../../cluster/kubernetes/api-client.ts';
import type { EventOutcome } from '../metrics/controller-metrics.ts';
import { allowanceLimits, EventAllowance, type AllowanceLimits } from './event-allowance.ts';
import {
  cutMessage,
  eventName,
  eventObject,
  timeText,
  type EventSource,
  type EventSubject,
} from './event-object.ts';
import type { RunEvent } from './run-events.ts';

/*
 * V1  `record` only appends to a queue: it sends nothing, waits for nothing and throws nothing.
 * V2  The queue, the memory of what was sent and the requests about one run are bounded.
 * V3  One request at a time: Events never take more than one connection from the work.
 * V4  What cannot be sent is counted and forgotten.
 */

export interface EventRecorderOptions extends EventSource {
  /** Needs create and patch of events in the namespaces of the runs. */
  readonly client: { send(request: ApiRequest): Promise<JsonObject> };
  /** Milliseconds since 1970. */
  now(): number;
  /** Told of each Event what became of it. */
  counted?(outcome: EventOutcome): void;
  readonly limits?: Partial<EventLimits>;
}

export interface EventLimits extends AllowanceLimits {
  /** Events that wait to be sent; those beyond are dropped. Default 1,000. */
  readonly queue: number;
  /** Sent Events that are remembered, to count a repetition without asking. Default 2,000. */
  readonly remembered: number;
  /** A new Event waits so long for its repetitions, and lets the writes of its run go first. Default 200 ms. */
  readonly lingerMs: number;
  /** Times that a request is sent again when its failure may pass. Default 3, after 1, 2 and 4 times `backoffMs`. */
  readonly retries: number;
  /** Default 1 s. */
  readonly backoffMs: number;
}

export interface EventRecorder {
  /** Says it of the object, soon, if at all. */
  record(subject: EventSubject, event: RunEvent): void;
  /** Sends what waits, for at most `timeoutMs` (default 5 s), and takes no more. */
  flush(timeoutMs?: number): Promise<void>;
}

interface Waiting {
  readonly subject: EventSubject;
  readonly event: RunEvent;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

const defaults: EventLimits = {
  ...allowanceLimits,
  queue: 1000,
  remembered: 2000,
  lingerMs: 200,
  retries: 3,
  backoffMs: 1000,
};

/** Tells of runs in Kubernetes Events, behind the back of the work. */
export function openEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options);
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #limits: EventLimits;
  readonly #allowance: EventAllowance;
  /** By name of the Event, in the order in which they are sent. */
  readonly #queue = new Map<string, Waiting>();
  /** How often the server counts each, by name; the one sent longest ago first. */
  readonly #sent = new Map<string, number>();
  readonly #hurry = new AbortController();
  readonly #giveUp = new AbortController();
  #sending: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#allowance = new EventAllowance(this.#limits);
  }

  record(subject: EventSubject, said: RunEvent): void {
    const event = { ...said, message: cutMessage(said.message) };
    const nowMs = this.#options.now();
    const name = eventName(subject, event);
    const waiting = this.#queue.get(name);
    if (waiting !== undefined) {
      waiting.count += 1;
      waiting.lastMs = nowMs;
      this.#count('repeated');
    } else if (this.#isClosed || this.#queue.size >= this.#limits.queue) {
      this.#count('dropped');
    } else if (this.#allowance.take(subject.uid, nowMs, isImportant(event))) {
      this.#queue.set(name, { subject, event, firstMs: nowMs, lastMs: nowMs, count: 1 });
      this.#start();
    } else {
      this.#count('limited');
    }
  }

  async flush(timeoutMs = 5000): Promise<void> {
    this.#isClosed = true;
    this.#hurry.abort();
    const stop = setTimeout(() => this.#giveUp.abort(), timeoutMs);
    const givenUp = new Promise<void>((resolve) => {
      this.#giveUp.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#sending, givenUp]);
    clearTimeout(stop);
    for (const name of this.#queue.keys()) this.#drop(name);
  }

  #start(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      // Recorded after the last look at the queue.
      if (this.#queue.size > 0 && !this.#giveUp.signal.aborted) this.#start();
    });
  }

  async #sendAll(): Promise<void> {
    await pause(this.#limits.lingerMs, this.#hurry.signal);
    for (;;) {
      const [next] = this.#queue;
      if (next === undefined || this.#giveUp.signal.aborted) return;
      const [name, waiting] = next;
      this.#queue.delete(name);
      this.#count(await this.#sendWithRetries(name, waiting));
    }
  }

  #drop(name: string): void {
    this.#queue.delete(name);
    this.#count('dropped');
  }

  async #sendWithRetries(name: string, waiting: Waiting): Promise<EventOutcome> {
    const { retries, backoffMs } = this.#limits;
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#sendOne(name, waiting);
      } catch (error) {
        if (!mayPass(error) || failures >= retries || this.#giveUp.signal.aborted) return 'failed';
        await pause(Math.max(backoffMs * 2 ** failures, retryAfterOf(error)), this.#giveUp.signal);
      }
    }
  }

  /** Creates the Event, or counts on in the one that is there. */
  async #sendOne(name: string, waiting: Waiting): Promise<EventOutcome> {
    const known = this.#sent.get(name);
    if (known !== undefined) {
      try {
        await this.#countOn(name, waiting, known);
        return 'repeated';
      } catch (error) {
        // The server keeps Events for an hour or so.
        if (!hasCode(error, 'NotFound')) throw error;
        this.#sent.delete(name);
      }
    }
    const { client, component, host } = this.#options;
    const { subject, event } = waiting;
    try {
      const object = eventObject(subject, event, { component, host }, waiting);
      await client.send({
        method: 'POST',
        path: eventsPath(subject),
        body: stringifyJson(object),
        contentType: 'application/json',
        doing: 'create events',
      });
      this.#remember(name, waiting.count);
      return 'created';
    } catch (error) {
      if (!hasCode(error, 'AlreadyExists')) throw error;
      await this.#countOn(name, waiting, await this.#countOf(name, waiting));
      return 'repeated';
    }
  }

  async #countOn(name: string, waiting: Waiting, known: number): Promise<void> {
    await this.#patch(name, waiting, { count: known + waiting.count });
    this.#remember(name, known + waiting.count);
  }

  /** What the server counts: the answer to a patch tells it, and needs no right to read. */
  async #countOf(name: string, waiting: Waiting): Promise<number> {
    const { count } = await this.#patch(name, waiting, {});
    return typeof count === 'number' ? count : 1;
  }

  #patch(name: string, { subject, lastMs }: Waiting, fields: JsonObject): Promise<JsonObject> {
    return this.#options.client.send({
      method: 'PATCH',
      path: `${eventsPath(subject)}/${name}`,
      body: stringifyJson({ ...fields, lastTimestamp: timeText(lastMs) }),
      contentType: 'application/merge-patch+json',
      doing: 'patch events',
    });
  }

  #remember(name: string, count: number): void {
    this.#sent.delete(name);
    this.#sent.set(name, count);
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > this.#limits.remembered && oldest !== undefined) this.#sent.delete(oldest);
  }

  #count(outcome: EventOutcome): void {
    this.#options.counted?.(outcome);
  }
}

/** The end of a run is told also when its steps have used up what is allowed. */
function isImportant({ reason }: RunEvent): boolean {
  return reason.startsWith('Run') || reason === 'Refused';
}

function eventsPath({ namespace }: EventSubject): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
}

/** The server is busy, away, or its answer got lost: the name of an Event makes sending it again harmless. */
function mayPass(error: unknown): boolean {
  return isSluiceError(error) && ['transient', 'environment', 'indeterminate'].includes(error.kind);
}

function retryAfterOf(error: unknown): number {
  return isSluiceError(error) ? (error.retryAfterMs ?? 0) : 0;
}

function hasCode(error: unknown, code: string): boolean {
  return isSluiceError(error) && error.code === code;
}

/** Resolves after the time, or when the signal aborts. Does not keep the process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener('abort', end, { once: true });
  });
}
