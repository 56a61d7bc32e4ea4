import { SluiceError } from '../../api/errors.ts';
import type { LeaseRecord } from './lease-record.ts';

const leaseName = /^sluice-controller-\d+-of-(\d+)$/;

export function leaseNameOf(shard: number, count: number): string {
  return `sluice-controller-${shard}-of-${count}`;
}

interface Sighting {
  readonly beat: string;
  readonly atMs: number;
  /** It was seen to change: somebody renews it. */
  readonly hasChanged: boolean;
}

/**
 * Whether processes of another count of shards are at work in the namespace: the same run would be another's there. Like
 * every lease, theirs are judged by whether they change, so the first sight of one with a holder tells nothing yet.
 */
export class OtherCounts {
  readonly #count: number;
  readonly #durationMs: number;
  readonly #monotonicNow: () => number;
  readonly #sightings = new Map<string, Sighting>();

  constructor(count: number, durationMs: number, monotonicNow: () => number) {
    this.#count = count;
    this.#durationMs = durationMs;
    this.#monotonicNow = monotonicNow;
  }

  /** `found`: every Lease of the namespace, as read a moment ago. */
  judge(found: readonly LeaseRecord[]): 'none' | 'unsure' | { readonly live: LeaseRecord } {
    const now = this.#monotonicNow();
    let verdict: 'none' | 'unsure' = 'none';
    for (const record of found) {
      const count = leaseName.exec(record.name)?.[1];
      if (count === undefined || Number(count) === this.#count) continue;
      const before = this.#sightings.get(record.name);
      if (before?.beat !== record.beat)
        this.#sightings.set(record.name, {
          beat: record.beat,
          atMs: now,
          hasChanged: before !== undefined && record.holder !== '',
        });
      const sighting = this.#sightings.get(record.name);
      const isOver = now - (sighting?.atMs ?? now) >= (record.durationMs ?? this.#durationMs);
      if (record.holder === '' || isOver) continue;
      if (sighting?.hasChanged === true) return { live: record };
      verdict = 'unsure';
    }
    return verdict;
  }
}

export function countMismatch(live: LeaseRecord, namespace: string, count: number): SluiceError {
  return new SluiceError(
    'invalid',
    'ShardCountMismatch',
    `Lease ${live.name} in namespace ${namespace} is held by ${live.holder}, but this process is one of ${count}: the same run would be driven by two.`,
    { hint: 'Give every process the same count in --shard i/n, and end those of the other count first.' },
  );
}
