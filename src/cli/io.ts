/** Everything the command line takes from the process it runs in; tests give their own. */
export interface CliIo {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input; undefined when it is larger than that. */
  readStdin(limitBytes: number): Promise<Uint8Array | undefined>;
  /** Reads a line without showing it; absent where standard input is no terminal. */
  readHiddenLine?(prompt: string): Promise<string>;
  /** Reads a line that is shown; absent where standard input is no terminal. '' when there is no more input. */
  readLine?(prompt: string): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Empty when there is none. */
  readonly home: string;
  /** Name of the user that the process runs as; empty when nobody has one written down. */
  readonly user: string;
  /** What the program was called as, such as `sluice` or `kubectl-sluice`. */
  readonly programName: string;
  now(): number;
  /** Calls back for each SIGINT and SIGTERM until the returned function is called. */
  onSignal(handler: (signal: StopSignal) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width and height in characters; undefined when it is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Calls back when the terminal changes its size, until the returned function is called. */
  onResize(handler: () => void): () => void;
  /** Aborts once nobody reads any more. */
  readonly closed: AbortSignal;
}
