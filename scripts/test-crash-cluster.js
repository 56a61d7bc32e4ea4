// Kills and disturbs a controller between a real API server and a provider that counts, and prints what came of it.
// `--sample` takes a few minutes; without it every case runs. Other arguments go to vitest:
// npm run test:crash -- --sample test/crash-cluster/kills-gates.test.ts
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSuite } from './control-plane/run-suite.js';
import { printCrashTable } from './crash-table.js';

const args = process.argv.slice(2);
const isSample = args.includes('--sample') || process.env.SLUICE_CRASH === 'sample';
// Whatever is left to chance follows from it.
const seed = process.env.SLUICE_CRASH_SEED ?? String(Math.floor(Math.random() * 1e6));
console.log(`test:crash: SLUICE_CRASH_SEED=${seed}`);
const root = join(import.meta.dirname, '..');
const results = process.env.SLUICE_CRASH_RESULTS ?? join(root, 'bench/results/crash');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

// Controllers are started hundreds of times: what they are must not change meanwhile, whoever builds.
const copy = mkdtempSync(join(tmpdir(), 'sluice-crash-package-'));

function copyPackage() {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const file of ['package.json', ...files])
    cpSync(join(root, file), join(copy, file), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

await runSuite({
  title: 'test:crash',
  suite: 'crash-cluster',
  args: args.filter((arg) => arg !== '--sample'),
  // Controllers of Deployments would only take time: what a step waits for is written by the tests.
  plane: { hasControllers: false, hasAudit: true },
  env: {
    SLUICE_CRASH: isSample ? 'sample' : 'whole',
    SLUICE_CRASH_RESULTS: results,
    SLUICE_CRASH_SEED: seed,
    SLUICE_CRASH_BIN: join(copy, 'bin/sluice.js'),
  },
  onBuilt: copyPackage,
  onSkipped: (reason) => printCrashTable(results, { isSample, notRun: reason }),
  onEnd: () => printCrashTable(results, { isSample }),
});
rmSync(copy, { recursive: true });
