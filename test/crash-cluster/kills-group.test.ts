import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { nameOf, pointsAt, Trap, type KillPoint } from './kill-points.ts';
import { choose, onlyCase, pick, randomOf, repeats, seed } from './options.ts';
import { Tally } from './tally.ts';
import { workflowNamed } from './workflows.ts';

/** More than a run of the group makes: what is not reached is not counted as a kill. */
const [mostWrites, mostEffects] = [7, 3];

/** The older run of a group, and the one that waits for it. */
const roles = ['older', 'newer'] as const;
interface GroupCase {
  readonly title: string;
  /** Whose writes and effects are counted. */
  readonly role: (typeof roles)[number];
  readonly point: KillPoint;
}

const all: readonly GroupCase[] = roles.flatMap((role) =>
  [
    ...Array.from({ length: mostWrites }, (_, i) => pointsAt(i + 1).write),
    ...Array.from({ length: mostEffects }, (_, i) => pointsAt(i + 1).effect),
  ]
    .flat()
    .map((point) => ({ title: `two-${role}-${nameOf(point)}`, role, point })),
);

describe(`kill -9 while one run of a group waits for another (seed ${seed})`, () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(() => bench.close());

  test('no two are at work at a time', { timeout: 3_600_000 }, async () => {
    const tally = new Tally();
    for (const each of chosen()) {
      try {
        await groupCase(bench, tally, each);
      } catch (error) {
        tally.fail(each.title, String(error));
        for (const name of namesIn(each)) await bench.startAfresh(name);
      }
    }
    tally.report(1, 'concurrency');
    expect(tally.wrong.length, tally.wrong.join('\n')).toBe(0);
  });
});

function chosen(): readonly GroupCase[] {
  if (onlyCase === undefined) return choose(pick(all, 5, randomOf('concurrency')), all);
  return all
    .filter(({ title }) => title === onlyCase)
    .flatMap((each) => Array.from({ length: repeats }, () => each));
}

/** The older one is first by its name, too: both may be made within one second. */
function namesIn({ title }: GroupCase): readonly [string, string] {
  return [`a-${title}`, `b-${title}`];
}

async function groupCase(bench: Bench, tally: Tally, each: GroupCase): Promise<void> {
  await bench.ensureController();
  const sinceMs = performance.now();
  const [older, newer] = namesIn(each);
  const trap = Trap.set(bench, each.role === 'older' ? older : newer, each.point);
  const workflow = workflowNamed('concurrency');
  const placed = [
    [older, await bench.create(workflow, older)],
    [newer, await bench.create(workflow, newer)],
  ] as const;
  const ended = (): true | undefined =>
    bench.finished(older) !== undefined && bench.finished(newer) !== undefined ? true : undefined;
  await bench.until(`the end or the death of ${each.title}`, () => trap.killedMs ?? ended());
  if (trap.killedMs === undefined) await bench.quiet();
  trap.takeAway();
  if (trap.killedMs !== undefined) await bench.replaceKilled(trap.killedMs);
  await bench.until(`the end of both of ${each.title}`, ended);
  for (const [at, [name, one]] of placed.entries()) {
    const kills = at === 0 && trap.killedMs !== undefined ? 1 : 0;
    const verdict = await bench.judge(name, one, sinceMs);
    tally.add(each.title, verdict, { kills });
    if (verdict.faults.length > 0) tally.explain(bench, name);
  }
  const lastMs = Math.max(...bench.provider.callsOf(older).map(({ arrivedMs }) => arrivedMs));
  const [first] = bench.provider.callsOf(newer);
  if (first !== undefined && first.arrivedMs < lastMs)
    tally.fail(
      each.title,
      `${newer} sent ${first.step} ${Math.round(lastMs - first.arrivedMs)} ms too early`,
    );
  for (const [name] of placed) await bench.remove(name);
}
