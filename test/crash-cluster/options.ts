import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** A few minutes instead of all there is. */
export const isSample: boolean = process.env['SLUICE_CRASH'] !== 'whole';

/** What every choice follows from; printed, so that a run can be had again. */
export const seed: number = Number(process.env['SLUICE_CRASH_SEED'] ?? 1);

/** Only the case of this name, so many times. */
export const onlyCase: string | undefined = process.env['SLUICE_CRASH_CASE'];
export const repeats: number = Number(process.env['SLUICE_CRASH_REPEAT'] ?? 1);

export function choose<T>(forSample: T, forWhole: T): T {
  return isSample ? forSample : forWhole;
}

/** Numbers in [0, 1), the same for the same seed and name (mulberry32). */
export function randomOf(name: string): () => number {
  let state = seed >>> 0;
  for (const char of name) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of them, in an order that follows from the seed. */
export function pick<T>(items: readonly T[], count: number, random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ item }) => item);
}

/** A line of the crash matrix. */
export interface MatrixLine {
  readonly row: number;
  readonly name: string;
  readonly cases: number;
  readonly faults?: number;
  readonly kills?: number;
  readonly lost?: number;
  readonly doubled?: number;
  readonly resent?: number;
  readonly expectedResent?: number;
  readonly wrongEnd?: number;
  readonly notes?: string;
}

export function report(line: MatrixLine): void {
  const directory = process.env['SLUICE_CRASH_RESULTS'];
  const text = JSON.stringify({ ...line, seed });
  if (directory === undefined) console.log(text);
  else appendFileSync(join(directory, `${process.pid}.jsonl`), `${text}\n`);
}
