// Builds dist: the command line as one file with a chunk for each command, since reading hundreds of small modules is what
// a cold start spends its time on. Runs on `npm ci`, so that `npx sluice` works from a checkout; `--omit=dev` has no
// bundler, and needs none: the published package brings dist along.
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
if (existsSync(`${root}/node_modules/rolldown`) && existsSync(`${root}/src`)) await bundle();

async function bundle() {
  const { build } = await import('rolldown');
  rmSync(`${root}/dist`, { recursive: true, force: true });
  await build({
    cwd: root,
    input: {
      main: 'src/cli/main.ts',
      worker: 'src/cue/worker.ts',
      'evidence-worker': 'src/evidence/prepare/evidence-worker.ts',
    },
    platform: 'node',
    external: [/^node:/, /^[^./]/],
    output: {
      // As deep as src/FOLDER, so that paths relative to a module stay true.
      dir: 'dist/cli',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
    },
    logLevel: 'warn',
  });
}
