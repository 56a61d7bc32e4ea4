// aimock, from npm: a server of chat completions that answers from fixtures, and breaks on purpose. Tests start it themselves.
import { join } from 'node:path';
import { cacheRoot, fillOnce } from '../cached-directory.js';
import { lastLine, runCommand } from './run-command.js';

const pinned = '@copilotkit/aimock@1.43.0';

/** `{ entry }`, a module to import, or `{ skipped: reason }`. */
export async function findAimock({ env, say, signal }) {
  const directory = join(cacheRoot(env), 'counterparts', pinned.replace('/', '+'));
  const install = async (half) => {
    say(`installing ${pinned} from npm, once`);
    // It has no dependencies, and nothing of it is run at install.
    const flags = ['--prefix', half, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    const { code, output } = await runCommand('npm', ['install', ...flags, pinned], { cwd: half, signal });
    signal.throwIfAborted();
    return code === 0 ? {} : { skipped: `npm does not give it (${lastLine(output)})` };
  };
  const onWait = () => say('another run installs aimock; waiting for it');
  const { skipped } = await fillOnce(directory, install, { onWait, signal });
  const entry = join(directory, 'node_modules/@copilotkit/aimock/dist/index.js');
  return skipped === undefined ? { entry } : { skipped };
}
