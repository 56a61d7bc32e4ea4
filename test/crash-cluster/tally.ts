import type { Verdict } from './oracle.ts';
import { story, type Scene } from './stuck.ts';
import { onlyCase, report, seed } from './options.ts';

/** Sums of the verdicts of one line of the matrix, and what was wrong. */
export class Tally {
  readonly #sums = {
    cases: 0,
    kills: 0,
    faults: 0,
    lost: 0,
    doubled: 0,
    resent: 0,
    expectedResent: 0,
    wrongEnd: 0,
  };
  readonly wrong: string[] = [];

  add(
    name: string,
    verdict: Verdict,
    disturbed: { readonly kills?: number; readonly faults?: number },
  ): void {
    this.#sums.cases += 1;
    this.#sums.kills += disturbed.kills ?? 0;
    this.#sums.faults += disturbed.faults ?? 0;
    for (const count of ['lost', 'doubled', 'resent', 'expectedResent', 'wrongEnd'] as const)
      this.#sums[count] += verdict[count];
    if (verdict.faults.length > 0) this.fail(name, verdict.faults.join('\n  '));
  }

  /** A case that came to no verdict, or to a bad one. */
  fail(name: string, why: string): void {
    const text = `${name} (SLUICE_CRASH_SEED=${seed} SLUICE_CRASH_CASE=${name}):\n  ${why}`;
    this.wrong.push(text);
    // At once: a run of the whole matrix takes long.
    console.error(text);
  }

  /** Adds to the last failure what was seen of the run. */
  explain(scene: Scene, run: string): void {
    const text = story(scene, run);
    this.wrong.push(text);
    console.error(text);
  }

  report(row: number, name: string, notes: string = ''): void {
    const { faults, ...sums } = this.#sums;
    if (onlyCase !== undefined && sums.cases === 0) return;
    report({
      row,
      name,
      ...sums,
      ...(faults === 0 ? {} : { faults }),
      notes: this.wrong.length === 0 ? notes : `FAILED ${this.wrong.length}`,
    });
  }
}
