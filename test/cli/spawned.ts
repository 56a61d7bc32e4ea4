import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Spawned {
  readonly child: ChildProcess;
  /** Resolves once standard error holds the text; rejects when the process ends without. */
  hasSaid(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** From source, most of a start is compiling: once is enough. */
export const compiledCode: string = join(tmpdir(), `sluice-test-compiled-${process.getuid?.() ?? 0}`);

const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** A real process of the command line, from source, with an environment of its own. */
export function spawnCli(
  args: readonly string[],
  options: { readonly stateDir: string; readonly stdin?: string; readonly env?: NodeJS.ProcessEnv },
): Spawned {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    env: {
      PATH,
      HOME,
      LANG: 'C.UTF-8',
      SLUICE_STATE_DIR: options.stateDir,
      NODE_COMPILE_CACHE: compiledCode,
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A process that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => void (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Awaited<Spawned['ended']>>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    ended,
    async hasSaid(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = (): void => (stderr.includes(text) ? resolve() : undefined);
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without saying "${text}": ${stderr}`)));
      await promise;
    },
  };
}

export async function newStateDir(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'sluice-cli-')), 'state');
}
