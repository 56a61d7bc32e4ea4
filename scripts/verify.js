// What a change must pass before its tests are run: format, lint, types, dead code, generated files.
import { spawnSync } from 'node:child_process';

const checks = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['types', 'tsc', '--noEmit'],
  ['dead code', 'knip'],
  ['schemas', 'node', 'scripts/generate-schemas.js', '--check'],
  ['schemas of Kubernetes', 'node', 'scripts/generate-openapi.js', '--check'],
  ['CRDs', 'node', 'scripts/generate-crds.js', '--check'],
  ['install', 'node', 'scripts/generate-install.js', '--check'],
  ['reference', 'node', 'scripts/generate-reference.js', '--check'],
];

let isGreen = true;
for (const [name, command, ...args] of checks) {
  const begun = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds}s)`);
  isGreen &&= status === 0;
}
process.exitCode = isGreen ? 0 : 1;
