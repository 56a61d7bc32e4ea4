import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverPort } from './server-port.ts';

/** A copy of the package, unless it is run from the checkout. */
const bin = process.env['SLUICE_CRASH_BIN'] ?? join(import.meta.dirname, '../../bin/sluice.js');
/** Controllers that live now; none outlives the process that tests them. */
const living = new Set<ChildProcess>();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));

export interface ControllerOptions {
  readonly kubeconfig: string;
  readonly leaseNamespace: string;
  readonly leaseDuration?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A real `sluice controller` in a process of its own. */
export class ControllerProcess {
  readonly #child: ChildProcess;
  readonly #healthPort: number;
  readonly #metricsPort: number;
  readonly startedMs: number = performance.now();
  /** What it wrote on both streams. */
  output = '';
  ended: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    [this.#healthPort = 0, this.#metricsPort = 0] = ports;
    living.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#closed = once(child, 'close').then(([code, signal]) => {
      living.delete(child);
      this.ended = { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  static async start(options: ControllerOptions): Promise<ControllerProcess> {
    const ports = [await serverPort(), await serverPort()];
    const args = [
      'controller',
      '--kubeconfig',
      options.kubeconfig,
      '--lease-namespace',
      options.leaseNamespace,
    ];
    const optional: readonly (readonly [string, string | undefined])[] = [
      ['--health-bind', `127.0.0.1:${ports[0]}`],
      ['--metrics-bind', `127.0.0.1:${ports[1]}`],
      ['--lease-duration', options.leaseDuration],
      ['--allow-hosts', '127.0.0.1'],
    ];
    for (const [flag, value] of optional)
      if (value !== undefined && knownFlags().has(flag)) args.push(flag, value);
    const child = spawn(process.execPath, [bin, ...args, ...(options.flags ?? [])], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: '/nonexistent',
        NO_COLOR: '1',
        NODE_COMPILE_CACHE: join(bin, '../../compiled'),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ControllerProcess(child, ports);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Nothing of the process happens after this. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** Resolves when it has ended, with everything that it wrote. */
  async gone(): Promise<void> {
    await this.#closed;
  }

  async stop(): Promise<void> {
    if (this.ended === undefined) this.kill();
    await this.gone();
  }

  /** Resolves when it says that it is ready; throws with its output when it ends before, or after a minute. */
  async ready(): Promise<void> {
    const deadline = performance.now() + 60_000;
    while ((await this.fetch('/readyz').catch(() => undefined))?.status !== 200) {
      if (this.ended !== undefined || performance.now() > deadline)
        throw new Error(`the controller is not ready (${JSON.stringify(this.ended)}):\n${this.output}`);
      await sleep(20);
    }
  }

  fetch(path: string): Promise<Response> {
    const port = path === '/metrics' ? this.#metricsPort : this.#healthPort;
    return fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
  }
}

let flags: ReadonlySet<string> | undefined;

/** The flags that `sluice controller --help` tells of. */
export function knownFlags(): ReadonlySet<string> {
  if (flags === undefined) {
    const { stdout } = spawnSync(process.execPath, [bin, 'controller', '--help'], { encoding: 'utf8' });
    flags = new Set(stdout.match(/--[a-z-]+/g) ?? []);
  }
  return flags;
}
