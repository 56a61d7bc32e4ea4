import { runCli } from '../../src/cli/run-cli.ts';
import { openSession } from '../../src/runner/open-session.ts';
import { memoryOutput } from './cli-process.ts';

export interface RealCli {
  readonly stateDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Standard input is a terminal, too. */
  readonly readHiddenLine?: (prompt: string) => Promise<string>;
  /** The same, for lines that are shown. */
  readonly readLine?: (prompt: string) => Promise<string>;
  /** Both streams are a terminal of this width. */
  readonly columns?: number;
  /** Is told of everything that is written to standard error, as it is. */
  readonly onStderr?: (text: string) => void;
}

export interface RealEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process over the real engine. */
export async function realCli(argv: readonly string[], options: RealCli): Promise<RealEnd> {
  const { stateDir, env = {}, stdin = '', columns } = options;
  const stdout = memoryOutput(columns);
  const stderr = memoryOutput(columns);
  const write = (text: string): void => {
    stderr.write(text);
    options.onStderr?.(text);
  };
  const code = await runCli(
    [...argv, '--state-dir', stateDir],
    {
      stdout,
      stderr: { ...stderr, write },
      env: { LANG: 'C.UTF-8', ...env },
      cwd: stateDir,
      home: stateDir,
      user: 'someone',
      programName: 'sluice',
      now: Date.now,
      readStdin: async () => new TextEncoder().encode(stdin),
      ...(options.readHiddenLine === undefined ? {} : { readHiddenLine: options.readHiddenLine }),
      ...(options.readLine === undefined ? {} : { readLine: options.readLine }),
      onSignal: () => () => undefined,
      exit: () => undefined,
    },
    { openSession, openCluster: () => Promise.reject(new Error('no cluster in this test')) },
  );
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
