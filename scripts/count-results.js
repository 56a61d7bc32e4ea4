// Adds up what the test runs reported, and prints the closing line: count-results.js DIR FAILED
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory = '.', otherFailure = '0'] = process.argv.slice(2);
let [passed, failed] = [0, 0];
for (const name of readdirSync(directory).filter((file) => file.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(directory, name), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
}
// A failed lint, build or suite that could not even start is a failure, too.
if (otherFailure !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
