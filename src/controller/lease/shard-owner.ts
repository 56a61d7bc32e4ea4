import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { objectsAt } from '../../cluster/json-reading.ts';
import { readLease, type LeaseRecord } from './lease-record.ts';
import { isOvertaken, Lease, leasesPath } from './lease.ts';
import { countMismatch, leaseNameOf, OtherCounts } from './other-counts.ts';
import { afterTimeout, Pause, within, type After } from './pause.ts';
import { shardOf } from './shard-of.ts';

const defaultDurationMs = 15_000;
const shortestDurationMs = 1_000;

export interface ShardOwnerOptions {
  readonly client: Pick<ApiClient, 'find' | 'send'>;
  /** Where the Leases are. */
  readonly namespace: string;
  /** Unlike that of any other process, also of an earlier one in the same Pod. */
  readonly identity: string;
  /** At home in shard `index`, from 0, of `count`. */
  readonly shard: { readonly index: number; readonly count: number };
  /** After so long without a renewal others take over. Default 15 s, at least 1 s. */
  readonly durationMs?: number;
  /** Milliseconds since 1970: for what is shown to people, never to judge by. */
  readonly now: () => number;
  readonly monotonicNow: () => number;
  /** At least 0, below 1. Default: random. */
  readonly jitter?: () => number;
  /** Default: setTimeout. */
  readonly after?: After;
  /**
   * A shard is about to be given back to its home process. What is under way in it may be brought to an end first: the
   * shard stays held, and renewed, until the promise settles.
   */
  readonly beforeGiveBack?: (shard: number) => Promise<void>;
  /** Something failed that is tried again. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Which runs are this process's. Each shard has a Lease, `sluice-controller-<i>-of-<n>`; who holds it drives the shard's runs.
 * A process wants the shard that it is at home in, and takes over others that have not changed for as long as their lease
 * lasts. It gives such a one back when its home process asks for it, which it does by an annotation of the Lease.
 */
export class ShardOwner {
  readonly #options: ShardOwnerOptions;
  readonly #durationMs: number;
  readonly #after: After;
  readonly #jitter: () => number;
  readonly #leases: readonly Lease[];
  readonly #others: OtherCounts;
  readonly #pause: Pause;
  readonly #givingBack = new Set<number>();
  #callback: (shards: readonly number[]) => void = () => undefined;
  /** Since this process came to hold any lease it has seen that no other count of shards is at work. */
  #isConfirmed = false;
  #told: readonly number[] = [];
  #toldOf: string | undefined;
  #isStopped = false;
  #running: Promise<void> | undefined;

  /** Throws SluiceError `invalid` for a duration that is too short. */
  constructor(options: ShardOwnerOptions) {
    const { namespace, identity, shard, now, monotonicNow } = options;
    this.#options = options;
    this.#durationMs = options.durationMs ?? defaultDurationMs;
    if (!(this.#durationMs >= shortestDurationMs && this.#durationMs < 86_400_000)) {
      throw new SluiceError('invalid', 'BadLeaseDuration', `A lease cannot last ${this.#durationMs} ms.`, {
        hint: 'Give at least one second and less than a day.',
      });
    }
    this.#after = options.after ?? afterTimeout;
    this.#jitter = options.jitter ?? Math.random;
    this.#pause = new Pause(this.#after);
    this.#others = new OtherCounts(shard.count, this.#durationMs, monotonicNow);
    this.#leases = Array.from(
      { length: shard.count },
      (_, index) =>
        new Lease({
          client: options.client,
          namespace,
          name: leaseNameOf(index, shard.count),
          identity,
          durationMs: this.#durationMs,
          now,
          monotonicNow,
          jitter: this.#jitter,
          after: this.#after,
          onChange: () => this.#onLease(index),
          onError: (error) => this.#report(error),
        }),
    );
  }

  /** Whether the run is this process's at this moment. */
  owns(uid: string): boolean {
    return this.#isConfirmed && this.#leaseOf(uid).isHeld;
  }

  /** Until when that is sure, in monotonic ms; -Infinity when the run is not this process's. */
  validUntil(uid: string): number {
    return this.owns(uid) ? this.#leaseOf(uid).validUntil : -Infinity;
  }

  /** Called with the shards held, in their order, whenever they have changed. */
  onChange(callback: (shards: readonly number[]) => void): void {
    this.#callback = callback;
  }

  /**
   * Runs until the signal aborts or `release`. Rejects with SluiceError `invalid` `ShardCountMismatch` when processes of
   * another count of shards are at work in the namespace; whatever may pass is tried again.
   */
  start(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(signal);
    return this.#running;
  }

  /** Gives every shard away, so that others need not wait, and takes none any more. Never rejects. */
  async release(): Promise<void> {
    this.#stop();
    await this.#running?.catch(() => undefined);
    await Promise.all(this.#leases.map((lease) => lease.release()));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#stop();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!this.#isStopped) {
        let waitMs: number;
        try {
          // oxlint-disable-next-line no-await-in-loop -- one look after the other
          waitMs = await this.#look();
        } catch (error) {
          if (isSluiceError(error) && error.code === 'ShardCountMismatch') throw error;
          this.#report(error);
          waitMs = Math.max(this.#retryMs(), isSluiceError(error) ? (error.retryAfterMs ?? 0) : 0);
        }
        // oxlint-disable-next-line no-await-in-loop
        await this.#pause.wait(waitMs);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      for (const lease of this.#leases) lease.drop();
    }
  }

  #stop(): void {
    this.#isStopped = true;
    this.#pause.wake();
  }

  /** Looks at all leases and takes what may be taken. Brings when to look again, in ms. */
  async #look(): Promise<number> {
    if (this.#isConfirmed && this.#leases.every((lease) => lease.isKept)) return Infinity;
    const found = await this.#list();
    const byName = new Map(found.map((record) => [record.name, record]));
    for (const lease of this.#leases) if (!lease.isKept) lease.see(byName.get(lease.name));
    if (!(await this.#isAlone(found))) return this.#retryMs();
    if (!this.#isStopped) await this.#wantAll();
    // What was taken counts once it is seen that nobody took a lease of another count at the same time.
    if (!this.#isConfirmed && this.#leases.some((lease) => lease.isKept)) return 0;
    const now = this.#options.monotonicNow();
    const free = this.#leases.filter((lease) => !lease.isKept).map((lease) => lease.freeAtMs(false) - now);
    return Math.min(this.#retryMs(), Math.max(10, Math.ceil(Math.min(...free))));
  }

  /** False while it is not known; what was taken meanwhile is given away again. Throws `ShardCountMismatch`. */
  async #isAlone(found: readonly LeaseRecord[]): Promise<boolean> {
    const verdict = this.#others.judge(found);
    if (this.#isConfirmed) {
      // Who came later gives way.
      if (typeof verdict === 'object') this.#reportOnce(verdict.live);
      return true;
    }
    if (verdict === 'none') {
      if (this.#leases.some((lease) => lease.isHeld)) this.#isConfirmed = true;
      this.#tell();
      return true;
    }
    await Promise.all(this.#leases.filter((lease) => lease.isKept).map((lease) => lease.release()));
    const { namespace, shard } = this.#options;
    if (verdict !== 'unsure') throw countMismatch(verdict.live, namespace, shard.count);
    return false;
  }

  /** The own shard first; then others are looked at anew, for their home processes may do the same at this moment. */
  async #wantAll(): Promise<void> {
    const { shard, monotonicNow } = this.#options;
    const home = this.#leases[shard.index];
    const isHomeFree = home !== undefined && !home.isKept && home.freeAtMs(true) <= monotonicNow();
    const wanted = isHomeFree ? [home] : this.#leases;
    await Promise.all(wanted.map((lease) => this.#want(lease, this.#leases.indexOf(lease))));
  }

  async #want(lease: Lease, index: number): Promise<void> {
    if (lease.isKept) return;
    const { shard, monotonicNow } = this.#options;
    const isHome = index === shard.index;
    try {
      if (lease.freeAtMs(isHome) <= monotonicNow()) await lease.acquire();
      else if (isHome && shard.count > 1) await lease.ask();
    } catch (error) {
      if (!isOvertaken(error)) this.#report(error);
    }
  }

  #onLease(index: number): void {
    const lease = this.#leases[index];
    if (lease === undefined) return;
    if (!this.#leases.some((each) => each.isHeld)) this.#isConfirmed = false;
    this.#tell();
    if (!lease.isKept) this.#pause.wake();
    else if (index !== this.#options.shard.index && lease.wantedBy !== '') void this.#giveBack(lease, index);
  }

  async #giveBack(lease: Lease, index: number): Promise<void> {
    if (this.#givingBack.has(index)) return;
    this.#givingBack.add(index);
    try {
      await this.#options.beforeGiveBack?.(index);
    } catch (error) {
      this.#report(error);
    }
    await lease.release();
    this.#givingBack.delete(index);
  }

  #tell(): void {
    const held = this.#isConfirmed
      ? this.#leases.flatMap((lease, index) => (lease.isHeld ? [index] : []))
      : [];
    if (held.join() === this.#told.join()) return;
    this.#told = held;
    try {
      this.#callback(held);
    } catch (error) {
      this.#report(error);
    }
  }

  async #list(): Promise<readonly LeaseRecord[]> {
    const { client, namespace } = this.#options;
    const doing = `list leases in ${namespace}`;
    const limitMs = Math.max(this.#durationMs / 4, 1000);
    const sent = client.send({ method: 'GET', path: leasesPath(namespace), doing, timeoutMs: limitMs });
    return objectsAt(await within(sent, limitMs, doing, this.#after), 'items').map((item) => readLease(item));
  }

  #retryMs(): number {
    return (this.#durationMs / 8) * (0.75 + 0.5 * this.#jitter());
  }

  #leaseOf(uid: string): Lease {
    return this.#leases[shardOf(uid, this.#options.shard.count)] as Lease;
  }

  #reportOnce(live: LeaseRecord): void {
    if (this.#toldOf === live.name) return;
    this.#toldOf = live.name;
    this.#report(countMismatch(live, this.#options.namespace, this.#options.shard.count));
  }

  #report(error: unknown): void {
    this.#options.onError?.(error);
  }
}
