// LiteLLM's proxy, from PyPI: many models behind one chat-completions interface, with answers that need no network.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from '../control-plane/child-program.js';
import { freePorts } from '../control-plane/free-ports.js';
import { cacheRoot, fillOnce } from '../cached-directory.js';
import { lastLine, runCommand } from './run-command.js';

const requirements = join(import.meta.dirname, 'litellm.txt');
const config = join(import.meta.dirname, '../../test/models/litellm.yaml');

/** `{ python }`, or `{ skipped: reason }`. */
export async function findLiteLlm({ env, say, signal }) {
  const { code, output: version } = await runCommand('python3', ['--version'], { signal });
  if (code !== 0) return { skipped: 'no python3' };
  const digest = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex');
  const directory = join(cacheRoot(env), 'counterparts', `litellm-${digest.slice(0, 16)}`);
  const install = async (half) => {
    say('installing LiteLLM from PyPI, once');
    const venv = await runCommand('python3', ['-m', 'venv', half], { signal });
    if (venv.code !== 0) return { skipped: `python3 makes no environment (${lastLine(venv.output)})` };
    // Every package is named with its version: there is nothing to resolve.
    const flags = ['--quiet', '--no-deps', '--no-compile', '--disable-pip-version-check', '-r', requirements];
    const pip = await runCommand(pythonIn(half), ['-m', 'pip', 'install', ...flags], { signal });
    signal.throwIfAborted();
    return pip.code === 0 ? {} : { skipped: `PyPI does not give it (${lastLine(pip.output)})` };
  };
  const onWait = () => say('another run installs LiteLLM; waiting for it');
  const { skipped } = await fillOnce(directory, install, { onWait, signal });
  return skipped === undefined ? { python: pythonIn(directory) } : { skipped };
}

/** `{ url, key, stop }`: the proxy on 127.0.0.1, with the models of test/models/litellm.yaml and a key of this run. */
export async function startLiteLlm({ python, directory, signal }) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const key = `sk-${randomBytes(24).toString('hex')}`;
  const { PATH, HOME } = process.env;
  const flags = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'];
  const program = await startProgram({
    name: 'LiteLLM',
    // Its own command has the place of the environment in it, and that was moved.
    path: python,
    args: ['-c', 'import litellm; litellm.run_server()', ...flags],
    // The price list that comes with it, not the one on the network.
    env: { PATH, HOME, LITELLM_MASTER_KEY: key, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    logFile: join(directory, 'litellm.log'),
    isReady: async () => (await fetch(`${url}/health/liveliness`)).ok,
    signal,
  });
  return { ...program, url, key };
}

const pythonIn = (directory) => join(directory, 'bin', 'python');
