import { runCli } from '../../src/cli/run-cli.ts';
import type { CliIo, Output, StopSignal } from '../../src/cli/io.ts';
import type { ClusterSessionOptions } from '../../src/runner/cluster-session.ts';
import { fakeClusterSession as fakeCluster, fakeSession, type FakeWorld } from './fake-session.ts';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  /** Both streams are a terminal of this width. */
  readonly columns?: number;
  readonly programName?: string;
  readonly nowMs?: number;
  /** Called with a way to send signals as soon as the run listens for them. */
  onListening?(send: (signal: StopSignal) => void): void;
}

export interface CliEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Codes that the process was told to end with at once. */
  readonly exits: readonly number[];
  readonly world: FakeWorld;
  /** Directories that the engine was opened with. */
  readonly stateDirs: readonly string[];
  /** Clusters that were opened. */
  readonly clusters: readonly ClusterSessionOptions[];
}

/** Runs the command line in this process, over a world that is written down. */
export async function cli(
  argv: readonly string[],
  world: Partial<FakeWorld> = {},
  options: CliOptions = {},
): Promise<CliEnd> {
  const { env = {}, stdin = '', columns } = options;
  const whole: FakeWorld = { calls: [], requests: [], ...world };
  const exits: number[] = [];
  const stateDirs: string[] = [];
  const clusters: ClusterSessionOptions[] = [];
  const stdout = memoryOutput(columns);
  const stderr = memoryOutput(columns);
  const io: CliIo = {
    stdout,
    stderr,
    env: { LANG: 'C.UTF-8', ...env },
    cwd: options.cwd ?? '/nowhere',
    home: '/home/someone',
    user: 'someone',
    programName: options.programName ?? 'sluice',
    now: () => options.nowMs ?? 3000,
    async readStdin(limitBytes) {
      const bytes = new TextEncoder().encode(stdin);
      return bytes.length > limitBytes ? undefined : bytes;
    },
    onSignal(handler) {
      options.onListening?.(handler);
      return () => undefined;
    },
    exit: (code) => void exits.push(code),
  };
  const code = await runCli(argv, io, {
    openSession({ stateDir }) {
      stateDirs.push(stateDir);
      return fakeSession(whole);
    },
    async openCluster(place) {
      clusters.push(place);
      return fakeCluster(whole);
    },
  });
  return { code, stdout: stdout.text(), stderr: stderr.text(), exits, world: whole, stateDirs, clusters };
}

export function memoryOutput(columns?: number): Output & { text(): string } {
  let written = '';
  return {
    write: (text) => void (written += text),
    text: () => written,
    isTTY: columns !== undefined,
    size: () => (columns === undefined ? undefined : { columns, rows: 24 }),
    onResize: () => () => undefined,
    closed: new AbortController().signal,
  };
}
