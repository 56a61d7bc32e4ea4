import type { Schedule } from '../../src/cluster/memory/watch-object.ts';

/** A clock that stands still until it is told to go on; what is scheduled then runs in order. */
export class ManualClock {
  nowMs: number;
  readonly #waiting = new Set<{ readonly atMs: number; readonly run: () => void }>();

  constructor(start: string = '2026-11-01T10:00:00Z') {
    this.nowMs = Date.parse(start);
  }

  readonly now = (): number => this.nowMs;

  readonly schedule: Schedule = (atMs, callback) => {
    const entry = { atMs, run: callback };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  };

  get scheduled(): number {
    return this.#waiting.size;
  }

  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#waiting]
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#waiting.delete(due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = endMs;
  }
}
