import type { ModelUse } from '../../api/model-use.ts';
import { costOf, type Price } from '../../llm/budget/prices.ts';
import type { TokenUsage } from '../../llm/model-client.ts';

/** Adds up what one question costs: every request that is sent, be it a repeat or a repair. */
export class SpendingTally {
  readonly #price: Price | undefined;
  #calls = 0;
  #usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  #microDollars = 0;

  constructor(price: Price | undefined) {
    this.#price = price;
  }

  sent(): void {
    this.#calls += 1;
  }

  charged({ inputTokens, outputTokens }: TokenUsage): void {
    this.#usage = {
      inputTokens: this.#usage.inputTokens + inputTokens,
      outputTokens: this.#usage.outputTokens + outputTokens,
    };
    if (this.#price !== undefined) this.#microDollars += costOf({ inputTokens, outputTokens }, this.#price);
  }

  get use(): ModelUse {
    const isUnknown = this.#price === undefined && this.#calls > 0;
    return {
      calls: this.#calls,
      cached: 0,
      ...this.#usage,
      microDollars: isUnknown ? null : this.#microDollars,
    };
  }
}
