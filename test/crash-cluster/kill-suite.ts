import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences, readAuditLog } from './audit-log.ts';
import { Bench } from './bench.ts';
import { controllerUser } from './installation.ts';
import { killCase } from './kill-case.ts';
import { mostPoints, nameOf, pointsAt, pointsNamed, type KillPoint } from './kill-points.ts';
import { choose, onlyCase, pick, randomOf, repeats, seed } from './options.ts';
import { Tally } from './tally.ts';
import { workflowNamed, type Workflow } from './workflows.ts';

/** Row 1 for these workflows: undisturbed first, then with a kill at every point, or at a few that the seed chooses. */
export function describeKills(names: readonly string[]): void {
  describe(`kill -9 around every write and effect (seed ${seed})`, () => {
    let bench: Bench;
    const begunMs = Date.now();
    beforeAll(async () => {
      bench = await Bench.open();
    });
    afterAll(() => bench.close());

    test.each(names)('%s', { timeout: 3_600_000 }, async (name) => {
      const matrix = new KillMatrix(bench, workflowNamed(name));
      await matrix.run();
      expect(matrix.tally.wrong.length, matrix.tally.wrong.join('\n')).toBe(0);
    });

    test('the audit log of the API server tells of the same writes', async () => {
      await bench.quiet();
      const entries = readAuditLog(bench.place.context, begunMs);
      expect(differences(entries, bench.proxy.calls, controllerUser)).toEqual([]);
    });
  });
}

class KillMatrix {
  readonly tally = new Tally();
  readonly #bench: Bench;
  readonly #workflow: Workflow;
  readonly #random: () => number;

  constructor(bench: Bench, workflow: Workflow) {
    this.#bench = bench;
    this.#workflow = workflow;
    this.#random = randomOf(workflow.name);
  }

  async run(): Promise<void> {
    const isWanted = onlyCase === undefined || onlyCase.startsWith(`${this.#workflow.name}-`);
    if (!isWanted) return;
    const replayed = pointsNamed(onlyCase ?? '');
    const calm = await this.#case('calm', []);
    if (replayed.length > 0) {
      for (let i = 0; i < repeats; i += 1) await this.#case(replayed.map(nameOf).join('-'), replayed);
    } else if (calm !== undefined) {
      const inSample = (): Promise<void> => this.#sample(calm.writes, calm.effects);
      await choose(inSample, () => this.#whole())();
      await this.#pairs(choose(1, 6), calm.writes, calm.effects);
    }
    const notes = calm === undefined ? '' : `${calm.writes} writes, ${calm.effects} calls undisturbed`;
    this.tally.report(1, this.#workflow.name, notes);
  }

  async #sample(writes: number, effects: number): Promise<void> {
    for (const point of pick(this.#points(writes, effects), 3, this.#random))
      await this.#case(nameOf(point), [point]);
  }

  /** Until the run ends before it comes to the next point: no list of them has to be right. */
  async #whole(): Promise<void> {
    for (const [at, kinds] of Object.entries({ write: 3, effect: 3 })) {
      for (let kind = 0; kind < kinds; kind += 1) {
        for (let n = 1; n <= mostPoints; n += 1) {
          const point = pointsAt(n)[at as 'write' | 'effect'][kind];
          if (point === undefined) break;
          const ran = await this.#case(nameOf(point), [point]);
          if (ran !== undefined && ran.kills === 0) break;
        }
      }
    }
  }

  /** A second death while it recovers from the first. */
  async #pairs(count: number, writes: number, effects: number): Promise<void> {
    const first = pick(this.#points(writes, effects), count, this.#random);
    const second = pick(this.#points(2, 1), count, this.#random);
    for (const [i, point] of first.entries()) {
      const points = [point, ...second.slice(i, i + 1)];
      await this.#case(points.map(nameOf).join('-'), points);
    }
  }

  #points(writes: number, effects: number): readonly KillPoint[] {
    const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
    return [
      ...numbers(writes).flatMap((n) => pointsAt(n).write),
      ...numbers(effects).flatMap((n) => pointsAt(n).effect),
    ];
  }

  async #case(
    title: string,
    points: readonly KillPoint[],
  ): Promise<{ readonly kills: number; readonly writes: number; readonly effects: number } | undefined> {
    const name = `${this.#workflow.name}-${title}`;
    try {
      const ran = await killCase(this.#bench, this.#workflow, name, points);
      this.tally.add(name, ran.verdict, ran);
      if (ran.verdict.faults.length > 0) this.tally.explain(this.#bench, name);
      return ran;
    } catch (error) {
      this.tally.fail(name, String(error));
      // The next case begins with a controller of its own and without this run.
      await this.#bench.startAfresh(name);
      return undefined;
    }
  }
}
