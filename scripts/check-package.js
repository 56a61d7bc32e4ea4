// Packs the package, installs the tarball somewhere else without development dependencies, and runs it there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-package-'));
const run = (command, args, cwd = elsewhere) => execFileSync(command, args, { cwd, encoding: 'utf8' }).trim();
try {
  console.log(run('publint', ['--strict'], root));
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', elsewhere], root),
  );
  writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', `./${packed.filename}`]);
  const bin = join(elsewhere, 'node_modules/sluice/bin/sluice.js');
  console.log(`version ${run(process.execPath, [bin, '--version'])}`);
  const example = join(root, 'examples/chat-gpt-audit.yaml');
  console.log(run(process.execPath, [bin, 'run', example, '--state-dir', join(elsewhere, 'state')]));
  const megabytes = Number(run('du', ['-sm', 'node_modules']).split(/\s/)[0]);
  console.log(`installed: ${megabytes} MB; the package itself: ${(packed.unpackedSize / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(elsewhere, { recursive: true, force: true });
}
