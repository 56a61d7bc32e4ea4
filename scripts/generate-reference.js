// Writes docs/reference/ from the source. With --check it writes nothing, and exits 1 when a page is not up to date.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cliPage } from './reference/cli.js';
import { conformancePage } from './reference/conformance.js';
import { expressionsPage } from './reference/expressions.js';
import { faultsPage } from './reference/faults.js';
import { metricsPage } from './reference/metrics.js';
import { opsPage } from './reference/ops.js';
import { reasonsPage } from './reference/reasons.js';
import { rightsPage } from './reference/rights.js';
import { rulesPage } from './reference/rules.js';
import { runFilesPage } from './reference/run-files.js';
import { stepTypesPage } from './reference/step-types.js';

const folder = new URL('../docs/reference/', import.meta.url);
const pages = new Map([
  ['cli.md', cliPage()],
  ['conformance.md', conformancePage()],
  ['expressions.md', expressionsPage()],
  ['faults.md', faultsPage()],
  ['metrics.md', metricsPage()],
  ['ops.md', opsPage()],
  ['reasons.md', reasonsPage()],
  ['rights.md', rightsPage()],
  ['rules.md', rulesPage()],
  ['step-types.md', await stepTypesPage()],
  ['workflowrun.md', runFilesPage()],
]);

mkdirSync(folder, { recursive: true });
const foreign = readdirSync(folder).filter((name) => !pages.has(name));
if (process.argv.includes('--check')) {
  const stale = [...pages].filter(([name, text]) => readOrEmpty(name) !== text).map(([name]) => name);
  if (stale.length + foreign.length > 0) {
    const names = [...stale, ...foreign].map((name) => `docs/reference/${name}`).join(', ');
    process.stderr.write(`not up to date: ${names}; run node scripts/generate-reference.js\n`);
    process.exitCode = 1;
  }
} else {
  for (const name of foreign) rmSync(new URL(name, folder));
  for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
}

function readOrEmpty(name) {
  try {
    return readFileSync(new URL(name, folder), 'utf8');
  } catch {
    return '';
  }
}
