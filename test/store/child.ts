import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script of `children/` in a process of its own, talking in lines. */
export class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  #errors = '';
  #wake: () => void = () => {};

  constructor(command: readonly string[]) {
    const [file = '', ...args] = command;
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#closed = once(this.#process, 'close');
    this.#process.stdin?.on('error', () => {});
    this.#process.stderr?.on('data', (data: Buffer) => (this.#errors += data.toString()));
    let rest = '';
    this.#process.stdout?.on('data', (data: Buffer) => {
      const parts = (rest + data.toString()).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
      this.#wake();
    });
    this.#process.on('close', () => {
      this.#wake();
    });
  }

  /** Waits for the n-th line, counted from 1. */
  async line(n: number): Promise<string> {
    while (this.lines.length < n) {
      if (this.#process.exitCode !== null) throw new Error(`ended before line ${n}: ${this.#errors}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.lines[n - 1] ?? '';
  }

  send(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** kill -9, then all that it had said. */
  async kill(): Promise<readonly string[]> {
    this.#process.kill('SIGKILL');
    await this.#closed;
    return this.lines;
  }

  /** Waits for its end; a failed one throws what it wrote to standard error. */
  async end(): Promise<readonly string[]> {
    this.#process.stdin?.end();
    await this.#closed;
    if (this.#process.exitCode !== 0) throw new Error(`exit ${this.#process.exitCode}: ${this.#errors}`);
    return this.lines;
  }
}

/** The command that runs a script of `children/`. */
export function script(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, fileURLToPath(new URL(`children/${name}.ts`, import.meta.url)), ...args];
}
