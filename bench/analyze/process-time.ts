import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Wall clock of a process that starts in an empty home, ended after `limitMs`. Throws when it fails of itself. */
export async function timeProcess(
  program: string,
  words: readonly string[],
  limitMs: number = 60_000,
): Promise<{ readonly ms: number; readonly stdout: string; readonly isStopped: boolean }> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-bench-home-'));
  try {
    const begun = performance.now();
    const child = spawn(program, words, {
      env: { PATH: process.env['PATH'], HOME: home, CI: 'true', NODE_COMPILE_CACHE: compiled },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const texts: [string, string] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (part: string) => (texts[0] += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (texts[1] += part));
    await once(child, 'close');
    clearTimeout(timer);
    const isStopped = child.signalCode === 'SIGKILL';
    if (!isStopped && child.exitCode !== 0)
      throw new Error(`${program} ${words[0] ?? ''} ended with ${child.exitCode}: ${texts[1]}`);
    return { ms: performance.now() - begun, stdout: texts[0], isStopped };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** As on a machine where it has run before. */
const compiled = mkdtempSync(join(tmpdir(), 'sluice-bench-compiled-'));
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));
