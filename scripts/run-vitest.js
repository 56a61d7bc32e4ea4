// Runs one suite of vitest as a process of its own, which ends when the signal fires.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Its exit code. `env` goes to the tests beside the environment, of which clusters and keys stay out. */
export function runVitest({ suite, args, env, signal }) {
  // Neither the clusters nor the keys of the machine's owner are any business of the tests.
  const { KUBECONFIG: _kubeconfig, OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...inherited } = process.env;
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...inherited, ...env, SLUICE_SUITE: suite },
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Runs `work(signal)`, whose result becomes the exit code; the signal fires when the process is told to end. */
export async function runTitled(title, work) {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      process.exitCode = 128 + constants.signals[name];
      stopping.abort(new Error(`stopped by ${name}`));
    });
  }
  try {
    const code = await work(stopping.signal);
    process.exitCode ??= code;
  } catch (error) {
    console.error(`${title}: ${error.message}`);
    process.exitCode ??= 1;
  }
}
