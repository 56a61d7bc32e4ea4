import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Api } from './api.ts';
import { runsPath } from './workflow-runs.ts';

export interface Finish {
  /** When the watch event came, as performance.now() tells. */
  readonly at: number;
  readonly run: KubeObject;
}

const finishedField = Buffer.from('"finished":true');

/** One watch over the runs of the bench's namespace; it reads as little of an event as it can. */
export class RunWatch {
  readonly #api: Api;
  /** Of the last event. */
  #version: string;
  readonly #closing = new AbortController();
  readonly #waiting = new Map<string, (finish: Finish) => void>();
  /** Those that nobody asked for yet. */
  readonly #early = new Map<string, Finish>();
  #failure: Error | undefined;

  /** Resolves when the watch stands. */
  static async open(api: Api): Promise<RunWatch> {
    const { metadata } = (await api.json('GET', `${runsPath}?limit=1`)) as unknown as KubeObject;
    const watch = new RunWatch(api, metadata.resourceVersion ?? '');
    const body = await watch.#ask();
    void watch.#follow(body).catch((error: unknown) => {
      if (!watch.#closing.signal.aborted) watch.#failure = error as Error;
    });
    return watch;
  }

  private constructor(api: Api, resourceVersion: string) {
    this.#api = api;
    this.#version = resourceVersion;
  }

  /** When the run of this name has finished, and how. Throws when that takes longer than `timeoutMs`. */
  finish(name: string, timeoutMs: number = 120_000): Promise<Finish> {
    const early = this.#early.get(name);
    if (early !== undefined) {
      this.#early.delete(name);
      return Promise.resolve(early);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(name);
        reject(this.#failure ?? new Error(`${name} has not finished after ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(name, (finish) => {
        clearTimeout(timer);
        resolve(finish);
      });
    });
  }

  close(): void {
    this.#closing.abort();
  }

  #ask(): Promise<AsyncIterable<Buffer>> {
    return this.#api.stream(`${runsPath}?watch=true&resourceVersion=${this.#version}`, this.#closing.signal);
  }

  /** The server ends a watch that reads too slowly for its buffer; a new one goes on where that ended. */
  async #follow(first: AsyncIterable<Buffer>): Promise<void> {
    for (let body = first; ; body = await this.#ask()) await this.#read(body);
  }

  async #read(body: AsyncIterable<Buffer>): Promise<void> {
    let rest: Buffer[] = [];
    for await (const chunk of body) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        const line = chunk.subarray(from, end);
        this.#take(rest.length === 0 ? line : Buffer.concat([...rest, line]));
        rest = [];
        from = end + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  }

  #take(line: Buffer): void {
    this.#version = versionOf(line) ?? this.#version;
    if (!line.includes(finishedField)) return;
    const at = performance.now();
    const { type, object } = JSON.parse(line.toString()) as { type: string; object: KubeObject };
    if (type === 'DELETED') return;
    const name = object.metadata.name ?? '';
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (waiting === undefined) this.#early.set(name, { at, run: object });
    else waiting({ at, run: object });
  }
}

const versionField = '"resourceVersion":"';

/** Cheaper than reading the whole event, of which there are many. */
function versionOf(line: Buffer): string | undefined {
  const at = line.indexOf(versionField);
  if (at < 0) return undefined;
  const from = at + versionField.length;
  return line.toString('latin1', from, line.indexOf(0x22, from));
}
