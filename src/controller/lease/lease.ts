import { isSluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { freedLease, heldLease, readLease, wantedLease, type LeaseRecord } from './lease-record.ts';
import { Pause, within, type After } from './pause.ts';

/*
 * Invariants:
 * L1  `validUntil` is counted from before the request that made it true was sent. Who waits for the lease counts its whole
 *     duration from after that request took effect, so no two processes count themselves as holders at one time, whatever
 *     their clocks show; the margin is for clocks that run at different speeds and for what was begun just before.
 * L2  Past `validUntil` the lease is not held, whatever any answer says. It is held again only after the loss was told.
 * L3  Every write is fenced by the `resourceVersion` that was judged. A write whose answer came too late counts for nothing.
 */

export interface LeaseParts {
  readonly client: Pick<ApiClient, 'find' | 'send'>;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly durationMs: number;
  /** Milliseconds since 1970: for what is shown to people, never to judge by. */
  readonly now: () => number;
  readonly monotonicNow: () => number;
  /** At least 0, below 1. */
  readonly jitter: () => number;
  readonly after: After;
  /** The lease was taken, renewed or lost. */
  readonly onChange: () => void;
  /** A request failed that is tried again. */
  readonly onError: (error: unknown) => void;
}

/** One Lease, as one process sees and holds it. */
export class Lease {
  readonly #parts: LeaseParts;
  /** Of the loop that renews. */
  #pause: Pause | undefined;
  #record: LeaseRecord | undefined;
  /** The last beat that was seen, since when, and for how long it counts. */
  #seen: { readonly beat: string; readonly atMs: number } | undefined;
  #durationMs: number;
  #wasHeld = false;
  #validUntil = -Infinity;
  /** Counts up whenever the lease is taken, lost or given up: answers to older requests are dropped. */
  #term = 0;
  #isKept = false;
  /** A write of ours may have made this process the holder. */
  #isTouched = false;
  #releasing: Promise<void> | undefined;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#durationMs = parts.durationMs;
  }

  get name(): string {
    return this.#parts.name;
  }

  /** In monotonic ms; -Infinity when it is not held. */
  get validUntil(): number {
    return this.#validUntil;
  }

  get isHeld(): boolean {
    return this.#parts.monotonicNow() < this.#validUntil;
  }

  /** Whether it is being renewed, or its loss is not told yet. */
  get isKept(): boolean {
    return this.#isKept;
  }

  get wantedBy(): string {
    return this.#record?.wantedBy ?? '';
  }

  /** Takes note of the Lease as it was read a moment ago; undefined when there is none. */
  see(record: LeaseRecord | undefined): void {
    const beat = record?.beat ?? '';
    if (this.#seen?.beat !== beat) this.#seen = { beat, atMs: this.#parts.monotonicNow() };
    this.#record = record;
    if (record === undefined || record.holder === '') return;
    this.#wasHeld = true;
    this.#durationMs = record.durationMs ?? this.#parts.durationMs;
  }

  /**
   * From when on, in monotonic ms, it may be taken: when it has not changed for its duration. Where this process is at home
   * it need not wait for a lease that nobody holds. Infinity before it was looked at,
   * and while it is being released.
   */
  freeAtMs(isHome: boolean): number {
    if (this.#seen === undefined || this.#releasing !== undefined) return Infinity;
    const { identity } = this.#parts;
    if (this.#record?.holder === identity) return -Infinity;
    // One that was deleted may still be counted on by who held it.
    const isFree = this.#record === undefined ? !this.#wasHeld : this.#record.holder === '';
    return isHome && isFree ? -Infinity : this.#seen.atMs + this.#durationMs;
  }

  /** Takes the lease as it was last seen, and renews it from then on. Throws SluiceErrors when it cannot be had. */
  async acquire(): Promise<void> {
    const { durationMs } = this.#parts;
    const term = ++this.#term;
    this.#isTouched = true;
    await this.#hold(durationMs / 2, term);
    if (this.#term !== term) return;
    this.#isKept = true;
    void this.#keep(term);
    this.#parts.onChange();
  }

  /** Asks the holder to give it back. Throws SluiceErrors. */
  async ask(): Promise<void> {
    const record = this.#record;
    if (record === undefined || record.wantedBy !== '') return;
    const { identity, durationMs } = this.#parts;
    await this.#write('PUT', wantedLease(record, identity), `ask for lease ${this.name}`, durationMs / 2);
  }

  /** Holds it no longer, at once, and leaves it to the others to see. */
  drop(): void {
    this.#term += 1;
    this.#isKept = false;
    this.#validUntil = -Infinity;
    this.#pause?.wake();
    this.#parts.onChange();
  }

  /** Holds it no longer, at once, and then says so to the server, so that nobody need wait. Never rejects. */
  release(): Promise<void> {
    this.#releasing ??= this.#free().finally(() => (this.#releasing = undefined));
    this.drop();
    return this.#releasing;
  }

  async #free(): Promise<void> {
    if (!this.#isTouched) return;
    const { identity, durationMs, now, onError } = this.#parts;
    const limitMs = durationMs / 2;
    try {
      await this.#retried(async () => {
        const found = await this.#read(limitMs);
        this.see(found);
        if (found?.holder !== identity) return;
        const body = freedLease(found, now());
        this.see(readLease(await this.#write('PUT', body, `release lease ${this.name}`, limitMs)));
      });
      this.#isTouched = false;
    } catch (error) {
      onError(error);
    }
  }

  /** Renews until the lease is lost or given up. */
  async #keep(term: number): Promise<void> {
    const { durationMs, monotonicNow, jitter, onError } = this.#parts;
    const pause = new Pause(this.#parts.after);
    this.#pause = pause;
    let waitMs = (durationMs / 3) * (0.8 + 0.2 * jitter());
    while (true) {
      // oxlint-disable-next-line no-await-in-loop -- one renewal after the other
      await pause.wait(Math.max(0, Math.min(waitMs, this.#validUntil - monotonicNow())));
      if (this.#term !== term) return;
      if (!this.isHeld) break;
      try {
        // oxlint-disable-next-line no-await-in-loop
        if (!(await this.#renew(term))) break;
        waitMs = (durationMs / 3) * (0.8 + 0.2 * jitter());
      } catch (error) {
        if (this.#term !== term) return;
        onError(error);
        const retryMs = (durationMs / 8) * (0.75 + 0.5 * jitter());
        waitMs = Math.max(retryMs, isSluiceError(error) ? (error.retryAfterMs ?? 0) : 0);
      }
    }
    if (this.#term === term) this.drop();
  }

  /** False when it is held by another or by nobody, or the answer came too late (L2). */
  async #renew(term: number): Promise<boolean> {
    const { durationMs, monotonicNow, identity } = this.#parts;
    const until = this.#validUntil;
    const limitMs = (): number =>
      Math.max(1, Math.min(until - monotonicNow(), Math.max(durationMs / 5, 1000)));
    let isLost = false;
    await this.#retried(async (isRetry) => {
      if (isRetry) {
        const found = await this.#read(limitMs());
        this.see(found);
        isLost = found?.holder !== identity;
      }
      if (isLost || this.#term !== term || monotonicNow() >= until) return;
      await this.#hold(limitMs(), term);
    });
    return !isLost && this.#term === term && monotonicNow() < until;
  }

  /** Writes this process as the holder. The margin is a fifth of the duration (L1). */
  async #hold(limitMs: number, term: number): Promise<void> {
    const { namespace, name, identity, durationMs, monotonicNow, now } = this.#parts;
    const record = this.#record;
    const until = this.#validUntil;
    const body = heldLease(record, { namespace, name, identity, durationMs, nowMs: now() });
    const sentAtMs = monotonicNow();
    const doing = `${record?.holder === identity ? 'renew' : 'take'} lease ${name}`;
    const written = await this.#write(record === undefined ? 'POST' : 'PUT', body, doing, limitMs);
    if (this.#term !== term) return;
    this.see(readLease(written));
    if (until === -Infinity || monotonicNow() < until) this.#validUntil = sentAtMs + durationMs * 0.8;
    if (until !== -Infinity) this.#parts.onChange();
  }

  /** Again where the Lease was written by another meanwhile, such as by one who asks for it. */
  async #retried(act: (isRetry: boolean) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
        await act(attempt > 1);
        return;
      } catch (error) {
        if (attempt === 4 || !isOvertaken(error)) throw error;
      }
    }
  }

  async #read(limitMs: number): Promise<LeaseRecord | undefined> {
    const doing = `read lease ${this.name}`;
    const { client, after, namespace } = this.#parts;
    const path = `${leasesPath(namespace)}/${this.name}`;
    const found = client.find({ method: 'GET', path, doing, timeoutMs: limitMs });
    const object = await within(found, limitMs, doing, after);
    return object === undefined ? undefined : readLease(object);
  }

  async #write(
    method: 'POST' | 'PUT',
    object: JsonObject,
    doing: string,
    limitMs: number,
  ): Promise<JsonObject> {
    const { client, after, namespace } = this.#parts;
    const path = method === 'POST' ? leasesPath(namespace) : `${leasesPath(namespace)}/${this.name}`;
    const body = stringifyJson(object);
    const sent = client.send({
      method,
      path,
      body,
      contentType: 'application/json',
      doing,
      timeoutMs: limitMs,
    });
    return within(sent, limitMs, doing, after);
  }
}

export function leasesPath(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
}

/** Whether someone else wrote, made or deleted the Lease since it was read. */
export function isOvertaken(error: unknown): boolean {
  return (
    isSluiceError(error) &&
    (error.code === 'Conflict' || error.code === 'AlreadyExists' || error.code === 'NotFound')
  );
}
