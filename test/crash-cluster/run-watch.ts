import type { KubeObject } from '../../src/api/kube-object.ts';
import type { KubeApi } from '../cluster/kube-api.ts';

/** The tests' own view of the runs of a namespace, straight from the API server. */
export class RunWatch {
  readonly #runs = new Map<string, KubeObject>();
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  readonly #following: Promise<void>;
  /** When anything of any run last changed, ms of `performance.now()`. */
  changedMs: number = performance.now();

  constructor(api: KubeApi, namespace: string) {
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`;
    this.#following = this.#follow(api, path);
  }

  async #follow(api: KubeApi, path: string): Promise<void> {
    const { signal } = this.#stopping;
    const take = async (run: KubeObject): Promise<void> => {
      this.changedMs = performance.now();
      this.#runs.set(run.metadata.name ?? '', run);
      this.lookAgain();
    };
    // The server ends a watch after a while.
    while (!signal.aborted) await api.follow(path, take, signal);
  }

  get(name: string): KubeObject | undefined {
    return this.#runs.get(name);
  }

  /** Something else has changed that somebody may wait for. */
  lookAgain(): void {
    for (const tell of this.#listeners) tell();
  }

  /** Resolves with what `look` finds, now or after a change; rejects when the signal aborts. */
  until<T>(look: () => T | undefined, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const tell = (): void => {
        const found = look();
        if (found === undefined && !signal.aborted) return;
        this.#listeners.delete(tell);
        if (found === undefined) reject(signal.reason as Error);
        else resolve(found);
      };
      this.#listeners.add(tell);
      signal.addEventListener('abort', tell, { once: true });
      tell();
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }
}
