import { LaneQueue } from './lane.ts';

/** A thing to look at; `namespace` is whose turn it takes. */
export interface WorkItem {
  readonly key: string;
  readonly namespace: string;
}

/** `new`: someone waits for it. `resync`: it is looked at once more, to be sure. */
export type Lane = 'new' | 'resync';

export interface WorkQueueOptions {
  /** Items that are processed at one time. */
  readonly concurrency: number;
  /** Resolves when the slot is free again; a rejection is tried again later. */
  readonly process: (key: string) => Promise<void>;
  readonly backoff: {
    readonly firstMs: number;
    readonly longestMs: number;
    /** In [0, 1). */
    readonly jitter: () => number;
  };
  /** So many failures in a row, and an item is only tried after the longest back-off. */
  readonly quarantineAfter: number;
  readonly onError: (key: string, error: unknown) => void;
  readonly onQuarantine?: (key: string) => void;
}

/** One in so many slots goes to a resync even while new work waits: it is slow then, but not starved. */
const resyncEvery = 8;

interface Failures {
  readonly count: number;
  readonly timer: NodeJS.Timeout;
}

interface Delayed {
  lane: Lane;
  /** Monotonic. */
  readonly atMs: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Items by key, each at most once in the queue and never processed twice at the same time; one that is added while it is
 * processed is processed once more. New work goes first, and namespaces take turns.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #lanes: Readonly<Record<Lane, LaneQueue>> = { new: new LaneQueue(), resync: new LaneQueue() };
  /** Being processed; the lane that it is to go back to, if it was added meanwhile. */
  readonly #active = new Map<string, { again: Lane | undefined }>();
  readonly #failures = new Map<string, Failures>();
  readonly #delayed = new Map<string, Delayed>();
  #served = 0;
  #isDraining = false;
  readonly #drained = Promise.withResolvers<void>();

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** A quarantined item stays where it is until its back-off is over; any other that backs off is taken at once. */
  add(item: WorkItem, lane: Lane): void {
    if (this.#isDraining) return;
    const active = this.#active.get(item.key);
    if (active !== undefined) {
      if (active.again !== 'new') active.again = lane;
      return;
    }
    const failures = this.#failures.get(item.key);
    if (failures !== undefined) {
      if (failures.count >= this.#options.quarantineAfter) return;
      clearTimeout(failures.timer);
    }
    this.#enqueue(item, lane);
  }

  /** Of several delays of an item the one that ends first counts. */
  addAfter(item: WorkItem, delayMs: number, lane: Lane): void {
    if (this.#isDraining) return;
    const before = this.#delayed.get(item.key);
    const atMs = performance.now() + delayMs;
    if (before !== undefined && before.atMs <= atMs) {
      if (lane === 'new') before.lane = lane;
      return;
    }
    clearTimeout(before?.timer);
    const delayed: Delayed = {
      atMs,
      lane: before?.lane === 'new' ? 'new' : lane,
      timer: setTimeout(() => {
        this.#delayed.delete(item.key);
        this.add(item, delayed.lane);
      }, delayMs),
    };
    delayed.timer.unref();
    this.#delayed.set(item.key, delayed);
  }

  /** The item is of no interest any more. */
  forget(item: WorkItem): void {
    this.#lanes.new.delete(item);
    this.#lanes.resync.delete(item);
    clearTimeout(this.#delayed.get(item.key)?.timer);
    this.#delayed.delete(item.key);
    clearTimeout(this.#failures.get(item.key)?.timer);
    this.#failures.delete(item.key);
    const active = this.#active.get(item.key);
    if (active !== undefined) active.again = undefined;
  }

  get stats(): { readonly waiting: Readonly<Record<Lane, number>>; readonly active: number } {
    const { new: fresh, resync } = this.#lanes;
    return { waiting: { new: fresh.size, resync: resync.size }, active: this.#active.size };
  }

  /** Takes nothing more. Resolves when what is being processed is done. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    for (const { timer } of this.#failures.values()) clearTimeout(timer);
    if (this.#active.size === 0) this.#drained.resolve();
    await this.#drained.promise;
  }

  #enqueue(item: WorkItem, lane: Lane): void {
    const { new: fresh, resync } = this.#lanes;
    if (lane === 'new') {
      resync.delete(item);
      fresh.add(item);
    } else if (!fresh.has(item)) {
      resync.add(item);
    }
    this.#fill();
  }

  #fill(): void {
    while (!this.#isDraining && this.#active.size < this.#options.concurrency) {
      const item = this.#next();
      if (item === undefined) return;
      this.#active.set(item.key, { again: undefined });
      void this.#process(item);
    }
  }

  #next(): WorkItem | undefined {
    const { new: fresh, resync } = this.#lanes;
    this.#served += 1;
    const isResyncsTurn = this.#served % resyncEvery === 0;
    return isResyncsTurn ? (resync.take() ?? fresh.take()) : (fresh.take() ?? resync.take());
  }

  async #process(item: WorkItem): Promise<void> {
    try {
      await this.#options.process(item.key);
      this.#failures.delete(item.key);
    } catch (error) {
      this.#failed(item, error);
    } finally {
      const again = this.#active.get(item.key)?.again;
      this.#active.delete(item.key);
      if (this.#isDraining && this.#active.size === 0) this.#drained.resolve();
      if (again !== undefined) this.add(item, again);
      this.#fill();
    }
  }

  #failed(item: WorkItem, error: unknown): void {
    const { backoff, quarantineAfter, onError, onQuarantine } = this.#options;
    const count = (this.#failures.get(item.key)?.count ?? 0) + 1;
    const longest =
      count >= quarantineAfter
        ? backoff.longestMs
        : Math.min(backoff.firstMs * 2 ** Math.min(count - 1, 20), backoff.longestMs);
    const timer = setTimeout(
      () => {
        if (!this.#isDraining && !this.#active.has(item.key)) this.#enqueue(item, 'resync');
      },
      longest * (0.5 + backoff.jitter() / 2),
    );
    timer.unref();
    this.#failures.set(item.key, { count, timer });
    onError(item.key, error);
    if (count === quarantineAfter) onQuarantine?.(item.key);
  }
}
