import type { Bench } from './bench.ts';
import { isFor, Trap, type KillPoint } from './kill-points.ts';
import type { Verdict } from './oracle.ts';
import type { Workflow } from './workflows.ts';

export interface KillCase {
  readonly verdict: Verdict;
  /** How many of the points were reached. */
  readonly kills: number;
  /** Of the run, in all its processes. */
  readonly writes: number;
  readonly effects: number;
}

/**
 * One run, its controller killed at each of the points in turn: at the second one counted from the restart after the first.
 * A point that the run never comes to is left out.
 */
export async function killCase(
  bench: Bench,
  workflow: Workflow,
  name: string,
  points: readonly KillPoint[],
): Promise<KillCase> {
  await bench.ensureController();
  const sinceMs = performance.now();
  let kills = 0;
  const ahead = [...points];
  const setNext = (): Trap | undefined => {
    const point = ahead.shift();
    return point === undefined ? undefined : Trap.set(bench, name, point);
  };
  let trap = setNext();
  const one = await bench.create(workflow, name);
  while (trap !== undefined) {
    const set = trap;
    await bench.until(`the end or the next death of ${name}`, () => set.killedMs ?? bench.finished(name));
    // Some of what is written for a run comes after its end.
    if (set.killedMs === undefined) await bench.quiet();
    set.takeAway();
    if (set.killedMs === undefined) break;
    kills += 1;
    trap = setNext();
    await bench.replaceKilled(set.killedMs);
  }
  await bench.untilEnded(name);
  const verdict = await bench.judge(name, one, sinceMs);
  const writes = bench.callsSince(sinceMs).filter(isFor(name)).length;
  const effects = bench.provider.callsOf(name).length;
  await bench.remove(name);
  return { verdict, kills, writes, effects };
}
