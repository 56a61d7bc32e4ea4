import type { ModelRun } from './model-run.ts';
import type { Results } from './results-file.ts';
import type { Scenario } from './scenario.ts';

/** `31 of 38` */
export function countText(scenarios: readonly Scenario[], results: Results): string {
  return `${scenarios.filter(({ id }) => results[id]?.passed).length} of ${scenarios.length}`;
}

/** Share of all tries that were right, and of scenarios whose tries all were. */
export function passRates({ tries }: ModelRun): { readonly passAt1: number; readonly passAll: number } {
  const scenarios = Object.values(tries);
  const right = scenarios.map((each) => each.filter((faults) => faults.length === 0).length);
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    passAt1: share(
      right.reduce((sum, each) => sum + each, 0),
      scenarios.reduce((sum, each) => sum + each.length, 0),
    ),
    passAll: share(right.filter((each, index) => each === scenarios[index]?.length).length, scenarios.length),
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
