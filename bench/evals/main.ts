import { faultsOf } from './judge.ts';
import { analyzeScenario } from './analyze-subject.ts';
import { readScenarios } from './read-scenarios.ts';

let passed = 0;
const scenarios = readScenarios();
for (const scenario of scenarios) {
  const faults = faultsOf(await analyzeScenario(scenario), scenario.expect);
  if (faults.length === 0) passed += 1;
  console.log(
    `${faults.length === 0 ? 'pass' : 'FAIL'}  ${scenario.id}${faults.map((each) => `\n      ${each}`).join('')}`,
  );
}
console.log(`${passed} of ${scenarios.length}`);
