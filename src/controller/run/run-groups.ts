import type { RunState } from '../../engine/state.ts';
import type { GroupTurn } from '../../engine/events.ts';
import type { Concurrency } from '../../plan/plan.ts';
import { turnOf } from '../../runner/group-turns.ts';
import type { RunLine } from '../../store/port.ts';
import type { WatchedRun } from './watched-run.ts';

/*
 * Who of a concurrency group is at work, from the runs themselves: nothing about a group is stored.
 * C1  All runs of a group belong to one shard, so one process lets them in, one at a time.
 * C2  A run that has begun holds its group until it has ended or is gone, whoever drives it.
 * C3  Before a process lets the first run of a group in, it asks the server what the others are at: what it watched may be late.
 * C4  A run that had begun goes on as soon as no other that was let in here is at work: it waits for none that waits for it.
 */

export interface RunGroupsParts {
  /** Every run that is watched. */
  readonly runs: () => Iterable<WatchedRun>;
  /** Whether this process is to drive the run. */
  readonly isOurs: (run: WatchedRun) => boolean;
  /** The runs of a namespace as the server has them now. */
  readonly list: (namespace: string) => Promise<readonly WatchedRun[]>;
  /** Asks a run to make room. False when nobody drives it yet. */
  readonly replace: (uid: string) => boolean;
}

export class RunGroups {
  readonly #parts: RunGroupsParts;
  /** Runs that were let in here and are driven still, by uid. */
  readonly #entered = new Set<string>();
  /** Groups of which C3 is known to hold. */
  readonly #known = new Set<string>();
  /** Who was asked to make room, for whom: once is enough. */
  readonly #asked = new Map<string, Set<string>>();

  constructor(parts: RunGroupsParts) {
    this.#parts = parts;
  }

  /** What a run is told that asks for its turn. Throws what asking the server throws. */
  async turn(
    run: WatchedRun,
    asking: { readonly concurrency: Concurrency; readonly queue: NonNullable<RunState['queue']> },
  ): Promise<GroupTurn> {
    if (asking.queue.hasBegun !== true && this.#ahead(run, false).length === 0 && !this.#known.has(run.lot)) {
      const others = await this.#begunElsewhere(run);
      if (others.length > 0) return turnOf({ ...asking, ahead: others });
      this.#known.add(run.lot);
    }
    const ahead = this.#ahead(run, asking.queue.hasBegun === true);
    if (asking.concurrency.policy === 'replace') for (const { id } of ahead) this.#makeRoom(id, run.uid);
    // C1: between the look and this there is no other turn of the event loop.
    if (ahead.length === 0) this.#entered.add(run.uid);
    return turnOf({ ...asking, ahead });
  }

  /** The run is no longer driven here. */
  left(uid: string): void {
    this.#entered.delete(uid);
    this.#asked.delete(uid);
  }

  /** Other processes may have let runs in meanwhile. */
  forget(): void {
    this.#known.clear();
  }

  #ahead(run: WatchedRun, hasBegun: boolean): RunLine {
    const others = [...this.#parts.runs()].filter((other) => isOther(other, run));
    // C4
    const holds = (other: WatchedRun): boolean =>
      this.#entered.has(other.uid) || (!hasBegun && isAtWork(other));
    const waits = (other: WatchedRun): boolean =>
      !hasBegun && !holds(other) && isBefore(other, run) && this.#parts.isOurs(other);
    return [
      ...others.filter(holds),
      ...others.filter(waits).toSorted((a, b) => (isBefore(a, b) ? -1 : 1)),
    ].map(lineItem);
  }

  // C3
  async #begunElsewhere(run: WatchedRun): Promise<RunLine> {
    const others = await this.#parts.list(run.namespace);
    return others.filter((other) => isOther(other, run) && isAtWork(other)).map(lineItem);
  }

  #makeRoom(uid: string, asker: string): void {
    const askers = this.#asked.get(uid) ?? new Set();
    if (askers.has(asker) || !this.#parts.replace(uid)) return;
    this.#asked.set(uid, askers.add(asker));
  }
}

function isOther(other: WatchedRun, run: WatchedRun): boolean {
  return other.lot === run.lot && other.uid !== run.uid && !other.isFinished && !other.isDeleting;
}

/** C2 */
function isAtWork({ phase }: WatchedRun): boolean {
  return phase !== '' && phase !== 'initializing';
}

/** The oldest first; of one second, by name. */
function isBefore(a: WatchedRun, b: WatchedRun): boolean {
  if (a.createdAtMs !== b.createdAtMs) return a.createdAtMs < b.createdAtMs;
  return a.name < b.name;
}

function lineItem({ uid, namespace, name }: WatchedRun): RunLine[number] {
  return { id: uid, ref: { namespace, name } };
}
