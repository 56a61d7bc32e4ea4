import type { Fault } from '../../api/fault.ts';
import type { StepType } from '../../step-types/step-type.ts';
import { differences } from './compare.ts';
import { rehearse, type RehearsalPorts } from './rehearse.ts';
import type { TestFile } from './test-file.ts';

export interface TestResult {
  readonly name: string;
  readonly line: number;
  /** What was not as expected; empty: the test passed. */
  readonly differences: readonly Fault[];
}

/** Rehearses every test of a file with its step type. */
export async function runTestFile(
  { document, tests }: TestFile,
  stepType: StepType,
  ports: RehearsalPorts,
): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const [index, test] of tests.entries()) {
    const at = ['tests', index];
    // oxlint-disable-next-line no-await-in-loop -- one CUE engine answers them all
    const rehearsal = await rehearse(stepType, test, ports);
    results.push({
      name: test.name,
      line: document.locate(at).line,
      // oxlint-disable-next-line no-await-in-loop -- as above
      differences: await differences(test, at, rehearsal, document),
    });
  }
  return results;
}
