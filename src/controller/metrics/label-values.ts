/**
 * Keeps the number of values of one label bounded: the first `limit` different ones stand for themselves, what comes later
 * is `other`. Names that people choose (namespaces, step types) pass through it.
 */
export class LabelValues {
  readonly #limit: number;
  readonly #known = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#limit) return 'other';
    this.#known.add(value);
    return value;
  }
}
