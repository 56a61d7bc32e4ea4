// Kills and disturbs a controller between a real API server and a provider that counts, and prints what came of it.
// `--sample` takes a few minutes; without it every case runs. Other arguments go to vitest:
// npm run test:crash -- --sample test/crash-cluster/kills-gates.test.ts
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runSuite } from './control-plane/run-suite.js';
import { printCrashTable } from './crash-table.js';

const args = process.argv.slice(2);
const isSample = args.includes('--sample') || process.env.SLUICE_CRASH === 'sample';
const results = join(import.meta.dirname, '../bench/results/crash');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

await runSuite({
  title: 'test:crash',
  suite: 'crash-cluster',
  args: args.filter((arg) => arg !== '--sample'),
  // Controllers of Deployments would only take time: what a step waits for is written by the tests.
  plane: { hasControllers: false, hasAudit: true },
  env: { SLUICE_CRASH: isSample ? 'sample' : 'whole', SLUICE_CRASH_RESULTS: results },
  onSkipped: (reason) => printCrashTable(results, { isSample, notRun: reason }),
  onEnd: () => printCrashTable(results, { isSample }),
});
