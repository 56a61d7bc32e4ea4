import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when this text has been told on stderr; rejects when the process ends before. */
  readonly untilTold: (text: string) => Promise<void>;
}

/** A real `sluice` in a process of its own, without the keys and proxies of the machine's owner. */
export function sluice(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: 'sluice' | 'kubectl-sluice' = 'sluice',
): Running {
  const child = spawn(process.execPath, [join(bin, `${program}.js`), ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', CI: 'true', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const untilTold = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => (stderr.includes(text) ? resolve() : undefined);
      look();
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`it ended and has not told ${text}: ${stderr}`)));
    });
  return { process: child, ended, untilTold };
}

export interface FinishedRun {
  readonly status: {
    readonly status: string;
    readonly steps: readonly { readonly name: string; readonly phase: string; readonly reason?: string }[];
  };
}

/** `get succeeded, post failed/Unknown` */
export function transcript(run: FinishedRun): string {
  return run.status.steps
    .map(({ name, phase, reason }) => `${name} ${phase}${reason === undefined ? '' : `/${reason}`}`)
    .join(', ');
}
