// One program of the control plane: its process, its log, its end.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Starts it with its output in `logFile` and asks `isReady` until it says yes. Throws, with the log's last lines, when it
 * ends before that or is not ready after 60 s. `env` is the whole environment it gets, that of this process by default.
 */
export async function startProgram({ name, path, args, env, logFile, isReady, signal }) {
  const program = spawnWithLog(path, args, { env, logFile });
  try {
    const deadline = performance.now() + 60_000;
    while (!(await isReady().catch(() => false))) {
      signal.throwIfAborted();
      const failure =
        program.failure() ?? (performance.now() > deadline ? 'is not ready after 60 s' : undefined);
      if (failure !== undefined) throw new Error(`${name} ${failure}; its last words:\n${tailOf(logFile)}`);
      await sleep(50);
    }
  } catch (error) {
    await program.stop();
    throw error;
  }
  return { stop: () => program.stop() };
}

function spawnWithLog(path, args, { env = process.env, logFile }) {
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(path, args, { env, stdio: ['ignore', log, log] });
  closeSync(log);
  const state = { failure: undefined };
  const ended = new Promise((resolve) => {
    const end = (failure) => {
      state.failure ??= failure;
      resolve();
    };
    child.on('error', (error) => end(`cannot be started: ${error.message}`));
    child.on('exit', (code, by) => end(`ended with ${by ?? `exit code ${code}`}`));
  });
  return {
    failure: () => state.failure,
    async stop() {
      // Its data is thrown away: there is nothing to shut down in order.
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function tailOf(logFile) {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
