import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaderBench, type Seat } from './leader-bench.ts';
import { choose, onlyCase, randomOf, repeats, seed } from './options.ts';
import { Tally } from './tally.ts';
import { workflowNamed } from './workflows.ts';

/** How the leader goes; a paused one comes back when another has taken over, and believes that it leads. */
const ways = ['kill', 'pause'] as const;
type Way = (typeof ways)[number];

/** Runs whose effects take a while, so that most leaders go in the middle of one. */
const workflows = ['handover-models', 'handover-posts', 'handover-group'] as const;

describe(`two controllers (seed ${seed})`, () => {
  const rows = [
    { name: 'short Leases', leaseDuration: '2s', count: choose(6, 200), limitMs: 20_000 },
    { name: 'the default Lease', leaseDuration: undefined, count: choose(1, 4), limitMs: 20_000 },
  ];

  describe.each(rows)('$name', ({ name: title, leaseDuration, count, limitMs }) => {
    let bench: LeaderBench;
    beforeAll(async () => {
      bench = await LeaderBench.open(leaseDuration);
    });
    afterAll(() => bench.close());

    test(`${count} hand-overs`, { timeout: 3_600_000 }, async () => {
      const tally = new Tally();
      const takeOvers: number[] = [];
      for (const { name, way, workflow, afterMs } of schedule(title, count)) {
        try {
          const { verdict, takeOverMs } = await handOver(bench, { name, way, workflow, afterMs });
          takeOvers.push(takeOverMs);
          tally.add(name, verdict, { faults: 1, kills: way === 'kill' ? 1 : 0 });
          if (verdict.faults.length > 0) tally.explain(bench, name);
          if (takeOverMs > limitMs)
            tally.fail(name, `it took ${Math.round(takeOverMs)} ms until another led`);
        } catch (error) {
          tally.fail(name, String(error));
          await bench.startAfresh(name);
        }
      }
      tally.report(
        5,
        title,
        `take-over ${seconds(Math.min(...takeOvers))} to ${seconds(Math.max(...takeOvers))}`,
      );
      expect(tally.wrong.length, tally.wrong.join('\n')).toBe(0);
    });
  });
});

interface HandOver {
  readonly name: string;
  readonly way: Way;
  readonly workflow: string;
  /** After the run was made. */
  readonly afterMs: number;
}

/** `handover-3-pause-handover-posts-212`: everything about it is in its name. */
function schedule(title: string, count: number): readonly HandOver[] {
  const [, , way, , kind, afterMs] = onlyCase?.split('-') ?? [];
  if (onlyCase?.startsWith('ho-') === true)
    return Array.from({ length: repeats }, (_, i) => ({
      name: `ho-r${i}-${way}-handover-${kind}-${afterMs}`,
      way: way as Way,
      workflow: `handover-${kind}`,
      afterMs: Number(afterMs),
    }));
  const random = randomOf(title);
  return Array.from({ length: onlyCase === undefined ? count : 0 }, (_, i) => {
    const chosen = workflows[Math.floor(random() * workflows.length)] ?? workflows[0];
    const [how, at] = [ways[i % 2] ?? 'kill', Math.floor(random() * 900)];
    return { name: `ho-${i}-${how}-${chosen}-${at}`, way: how, workflow: chosen, afterMs: at };
  });
}

async function handOver(
  bench: LeaderBench,
  { name, way, workflow, afterMs }: HandOver,
): Promise<{ readonly verdict: Awaited<ReturnType<LeaderBench['judge']>>; readonly takeOverMs: number }> {
  const leader = await bench.untilLed();
  const one = await bench.create(workflowNamed(workflow), name);
  await sleep(afterMs);
  const atMs = performance.now();
  if (way === 'kill') leader.controller.kill();
  else leader.controller.pause();
  const next: Seat = await bench.untilLed(leader);
  const takenMs = performance.now();
  bench.kills.push({
    sinceMs: 0,
    atMs,
    nextStartMs: next.leadsSinceMs,
    // A request whose connection was being made when the process stopped goes out when it wakes: under the same key.
    ...(way === 'pause' ? { lastSendMs: takenMs + 500 } : {}),
  });
  if (way === 'kill') await bench.restart(leader);
  else leader.controller.goOn();
  await bench.untilEnded(name);
  const verdict = await bench.judge(name, one, atMs - afterMs - 1000);
  await bench.remove(name);
  return { verdict, takeOverMs: takenMs - atMs };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
