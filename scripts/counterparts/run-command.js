import { spawn } from 'node:child_process';

/** Runs a program to its end: `{ code, output }`, both outputs in one. `code` is undefined when it cannot be started. */
export function runCommand(command, args, { cwd, env, signal } = {}) {
  const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: undefined, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The last line that says something. */
export function lastLine(output) {
  return output.trimEnd().split('\n').at(-1) || 'no word of why';
}
