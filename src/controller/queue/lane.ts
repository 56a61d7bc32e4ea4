import type { WorkItem } from './work-queue.ts';

/** A first-in-first-out queue for each namespace, served in turn. Every operation costs the same, however many wait. */
export class LaneQueue {
  /** Namespaces in the order of their turns; a map keeps the order in which keys were added. */
  readonly #namespaces = new Map<string, Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has({ namespace, key }: WorkItem): boolean {
    return this.#namespaces.get(namespace)?.has(key) === true;
  }

  add({ namespace, key }: WorkItem): void {
    const keys = this.#namespaces.get(namespace);
    if (keys?.has(key) === true) return;
    if (keys === undefined) this.#namespaces.set(namespace, new Set([key]));
    else keys.add(key);
    this.#size += 1;
  }

  delete({ namespace, key }: WorkItem): boolean {
    const keys = this.#namespaces.get(namespace);
    if (keys?.delete(key) !== true) return false;
    if (keys.size === 0) this.#namespaces.delete(namespace);
    this.#size -= 1;
    return true;
  }

  /** The oldest item of the namespace whose turn it is, which then goes to the end of the line. */
  take(): WorkItem | undefined {
    const [first] = this.#namespaces;
    if (first === undefined) return undefined;
    const [namespace, keys] = first;
    const [key] = keys;
    if (key === undefined) return undefined;
    keys.delete(key);
    this.#size -= 1;
    this.#namespaces.delete(namespace);
    if (keys.size > 0) this.#namespaces.set(namespace, keys);
    return { namespace, key };
  }
}
