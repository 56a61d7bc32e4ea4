import type { Json } from '../../api/json.ts';
import type { GivenResult } from './test-file.ts';

export type TakenResult = { readonly index: number } & (
  | { readonly result: Json; readonly fails?: undefined }
  | { readonly fails: string; readonly result?: undefined }
);

/** The results of a test, each used once: those of a path in their order, the others for whichever op comes. */
export class ResultDeck {
  readonly #results: readonly GivenResult[];
  readonly #taken = new Set<number>();

  constructor(results: readonly GivenResult[]) {
    this.#results = results;
  }

  /** For an op that is performed. */
  take(path: string): TakenResult | undefined {
    return this.takeAgain(path) ?? this.#next(({ path: own }) => own === undefined);
  }

  /** For an op that a wait reads again: only what names it. */
  takeAgain(path: string): TakenResult | undefined {
    return this.#next(({ path: own }) => own === path);
  }

  unused(): readonly number[] {
    return [...this.#results.keys()].filter((index) => !this.#taken.has(index));
  }

  #next(isWanted: (given: GivenResult) => boolean): TakenResult | undefined {
    const index = this.#results.findIndex((given, at) => !this.#taken.has(at) && isWanted(given));
    const given = this.#results[index];
    if (given === undefined) return undefined;
    this.#taken.add(index);
    return given.fails === undefined
      ? { index, result: given.result ?? null }
      : { index, fails: given.fails };
  }
}
