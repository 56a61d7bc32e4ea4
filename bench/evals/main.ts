import { analyzeScenario } from './analyze-subject.ts';
import { keepFirstResults, type Result } from './first-results.ts';
import { faultsOf } from './judge.ts';
import { readScenarios } from './read-scenarios.ts';

const results: Record<string, Result> = {};
for (const scenario of readScenarios()) {
  const faults = faultsOf(await analyzeScenario(scenario), scenario.expect);
  results[scenario.id] = { passed: faults.length === 0, faults };
}
const first = keepFirstResults(results);
for (const [id, { passed, faults }] of Object.entries(results))
  console.log(
    `${passed ? 'pass' : 'FAIL'} (first ${first[id]?.passed ? 'pass' : 'FAIL'})  ${[id, ...faults].join('\n      ')}`,
  );
