/** What is counted of one run. */
export interface RunSummary {
  /** Of the status; '' or absent: there is none yet. */
  readonly phase?: string;
  readonly steps: readonly {
    readonly type: string;
    readonly phase: string;
    readonly reason?: string | undefined;
  }[];
}

/** Counts the runs that exist and their steps, kept up to date run by run: a scrape costs as much as there are labels. */
export class RunCensus {
  readonly #typeOf: (type: string) => string;
  readonly #runs = new Map<string, readonly number[]>();
  /** Keys of what is counted, by the number that stands for each in `#runs`. */
  readonly #keys: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #counts: number[] = [];

  /** `typeOf` bounds the number of step types. */
  constructor(typeOf: (type: string) => string) {
    this.#typeOf = typeOf;
  }

  /** The run is there, now like this. */
  see(uid: string, { phase = '', steps }: RunSummary): void {
    this.forget(uid);
    const numbers = [
      this.#numberOf(phase || '-'),
      ...steps.map((step) =>
        this.#numberOf(`${this.#typeOf(step.type)}/${step.phase || '-'}#${step.reason ?? ''}`),
      ),
    ];
    for (const number of numbers) this.#counts[number] = (this.#counts[number] ?? 0) + 1;
    this.#runs.set(uid, numbers);
  }

  /** The run is not there any more. */
  forget(uid: string): void {
    for (const number of this.#runs.get(uid) ?? []) this.#counts[number] = (this.#counts[number] ?? 0) - 1;
    this.#runs.delete(uid);
  }

  /** Runs by phase, then steps by type and `PHASE#REASON`; also what has become 0. */
  counts(): {
    readonly runs: readonly (readonly [phase: string, count: number])[];
    readonly steps: readonly (readonly [type: string, phase: string, count: number])[];
  } {
    const runs: (readonly [string, number])[] = [];
    const steps: (readonly [string, string, number])[] = [];
    for (const [number, key] of this.#keys.entries()) {
      const count = this.#counts[number] ?? 0;
      const slash = key.lastIndexOf('/');
      if (slash < 0) runs.push([key, count]);
      else steps.push([key.slice(0, slash), key.slice(slash + 1), count]);
    }
    return { runs, steps };
  }

  #numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#keys.length);
    return this.#keys.push(key) - 1;
  }
}
