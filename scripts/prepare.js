// Runs on `npm ci`: builds dist so that `npx sluice` works from a checkout. `--omit=dev` has no compiler, and needs none:
// the published package brings dist along.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const compiler = new URL('../node_modules/typescript/bin/tsc', import.meta.url);
if (existsSync(compiler) && existsSync(new URL('../src', import.meta.url))) {
  const built = spawnSync(process.execPath, [compiler.pathname, '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
  process.exitCode = built.status ?? 1;
}
