import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What is measured is the built command line, which must be that of the source beside it. */
export function buildCommandLine(): void {
  const script = join(import.meta.dirname, '../../scripts/prepare.js');
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the command line does not build');
}
