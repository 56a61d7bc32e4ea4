/** So many objects are remembered: far more than are watched at a time. */
const remembered = 2_000;

/** '' stands for an object that was not there. */
type Version = string;

/** Which version of an object was last read or written through this cluster; watches judge by it what has been seen. */
export class ReadVersions {
  readonly #versions = new Map<string, Version>();
  readonly #listeners = new Map<string, Set<(version: Version) => void>>();

  last(key: string): Version | undefined {
    return this.#versions.get(key);
  }

  add(key: string, version: Version): void {
    this.#versions.delete(key);
    this.#versions.set(key, version);
    if (this.#versions.size > remembered) {
      const oldest = this.#versions.keys().next();
      if (oldest.done !== true) this.#versions.delete(oldest.value);
    }
    for (const listener of this.#listeners.get(key) ?? []) listener(version);
  }

  listen(key: string, listener: (version: Version) => void, signal: AbortSignal): void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    signal.addEventListener(
      'abort',
      () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(key);
      },
      { once: true },
    );
  }
}
