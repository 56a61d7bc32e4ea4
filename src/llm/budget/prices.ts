import type { TokenUsage } from '../model-client.ts';

/** Integer micro-dollars for a million tokens: 2 500 000 is 2.50 dollars. */
export interface Price {
  readonly inputMicros: number;
  readonly outputMicros: number;
}

export interface PriceRow extends Price {
  /** `name` or `name:port` of the server whose price it is. */
  readonly host: string;
  /** The name of the model. A date at the end of what is asked for (`-2026-01-31`) is passed over. */
  readonly model: string;
}

/**
 * Date of the public third-party tables that the built-in one was compared with; it has not been checked against the vendor's
 * own page. What is spent by it is an estimate, not a bill: where money counts, the operator gives the price.
 */
export const priceDate = '2026-06-20';

const vendor = 'api.openai.com';

/** List prices of the vendor. Any other server has a price only where the operator gives one. */
export const builtInPrices: readonly PriceRow[] = [
  row('gpt-4o', 2_500_000, 10_000_000),
  row('gpt-4o-mini', 150_000, 600_000),
  row('gpt-4.1', 2_000_000, 8_000_000),
  row('gpt-4.1-mini', 400_000, 1_600_000),
  row('gpt-4.1-nano', 100_000, 400_000),
  row('o4-mini', 1_100_000, 4_400_000),
  row('gpt-5', 1_250_000, 10_000_000),
  row('gpt-5-mini', 250_000, 2_000_000),
  row('gpt-5-nano', 50_000, 400_000),
  row('gpt-5.1', 1_250_000, 10_000_000),
  row('gpt-5.2', 1_750_000, 14_000_000),
];

/** The price of a model at a server; undefined when nobody knows it. Of several rows the first counts. */
export function priceOf(host: string, model: string, rows: readonly PriceRow[]): Price | undefined {
  const bare = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  const at = host.toLowerCase();
  // A row for the dated name is about that very snapshot.
  for (const name of new Set([model, bare])) {
    const found = rows.find((each) => each.host.toLowerCase() === at && each.model === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whole micro-dollars, rounded up. */
export function costOf({ inputTokens, outputTokens }: TokenUsage, price: Price): number {
  const micros =
    BigInt(inputTokens) * BigInt(price.inputMicros) + BigInt(outputTokens) * BigInt(price.outputMicros);
  return Number((micros + 999_999n) / 1_000_000n);
}

function row(model: string, inputMicros: number, outputMicros: number): PriceRow {
  return { host: vendor, model, inputMicros, outputMicros };
}
