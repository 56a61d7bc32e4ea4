import { analyzeScenario } from './analyze-subject.ts';
import { faultsOf } from './judge.ts';
import type { Results } from './results-file.ts';
import type { Scenario } from './scenario.ts';

/** What the analyzers make of each scenario. */
export async function runAnalysis(scenarios: readonly Scenario[]): Promise<Results> {
  const entries = await Promise.all(
    scenarios.map(async (scenario) => {
      const faults = faultsOf(await analyzeScenario(scenario), scenario.expect);
      return [scenario.id, { passed: faults.length === 0, faults }] as const;
    }),
  );
  return Object.fromEntries(entries);
}
