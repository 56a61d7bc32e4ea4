import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/run-cli.ts';
import { openSession } from '../../../src/runner/open-session.ts';
import { memoryOutput } from '../cli-process.ts';

export interface DefCli {
  readonly folder: string;
  write(name: string, text: string): Promise<void>;
  /** Runs a command in the folder, its state directory below it; with `columns`, on a terminal of so many. */
  run(
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
    columns?: number,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A folder to work in with the real command line. */
export async function openDefCli(): Promise<DefCli> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-def-'));
  return {
    folder,
    write: (name, text) => writeFile(join(folder, name), text),
    async run(argv, env = {}, columns) {
      const stdout = memoryOutput(columns);
      const stderr = memoryOutput();
      const code = await runCli(
        argv,
        {
          stdout,
          stderr,
          env: { LANG: 'C.UTF-8', SLUICE_STATE_DIR: join(folder, 'state'), ...env },
          cwd: folder,
          home: folder,
          user: 'someone',
          programName: 'sluice',
          now: Date.now,
          readStdin: () => Promise.resolve(new Uint8Array()),
          onSignal: () => () => undefined,
          exit: () => undefined,
        },
        { openSession, openCluster: () => Promise.reject(new Error('no cluster in this test')) },
      );
      return { code, stdout: stdout.text(), stderr: stderr.text() };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
