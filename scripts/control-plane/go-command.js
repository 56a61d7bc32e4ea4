// Runs Go: niced, on two threads, and never a Go other than the installed one.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { oldestGo } from './versions.js';

/** The version of a Go new enough for go.mod, such as `go1.26.8`; undefined when there is none. */
export async function installedGo(env) {
  const { code, lines } = await goCommand(['env', 'GOVERSION'], { env });
  const version = lines[0] ?? '';
  return code === 0 && isAtLeast(version, oldestGo) ? version : undefined;
}

/** Exit code and lines of both outputs; `onLine` hears each line as it comes. */
export function goCommand(args, { env, signal, onLine = () => {} }) {
  const child = spawn('nice', ['-n', '19', 'go', ...args], {
    cwd: import.meta.dirname,
    env: { ...env, GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: undefined, lines }));
    child.on('close', (code) => resolve({ code, lines }));
  });
}

function isAtLeast(version, oldest) {
  const [major, minor] = majorAndMinor(version);
  const [oldestMajor, oldestMinor] = majorAndMinor(oldest);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

function majorAndMinor(version) {
  const found = /(\d+)\.(\d+)/.exec(version);
  return found === null ? [0, 0] : [Number(found[1]), Number(found[2])];
}
