import { SluiceError, isSluiceError } from '../../api/errors.ts';
import type { ModelClient, ModelRequest, TokenUsage } from '../model-client.ts';
import { countPromptTokens } from './count-tokens.ts';
import { costOf, type Price } from './prices.ts';
import {
  addSpend,
  overLimit,
  type Spend,
  type SpendAccount,
  type SpendLimits,
  type SpendStore,
} from './spend-store.ts';

export interface BudgetOptions {
  readonly store: SpendStore;
  /** The accounts that a call is charged to; asked for at each call, as days end. */
  readonly accounts: () => readonly SpendAccount[];
  /** What one call may cost at most. */
  readonly perCall?: SpendLimits;
  /** Undefined when nobody knows. */
  readonly priceOf: (model: string) => Price | undefined;
  /** The limit that a request without one gets: without any, its cost has no bound. 4096 by default. */
  readonly maxOutputTokens?: number;
  readonly newId: () => string;
  /** Is told, once for each call that was begun, of the tokens that it is charged for. */
  readonly onCharged?: (usage: TokenUsage) => void;
}

/** What a call may cost at most, before it is made. */
export interface CallEstimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Undefined when nobody knows the price. */
  readonly microDollars: number | undefined;
}

/** What an answer may have where nobody says it. */
export const defaultMaxOutputTokens = 4096;

/** What a request may cost at most. */
export function estimateCall(request: ModelRequest, price: Price | undefined): CallEstimate {
  const schema = request.format?.kind === 'schema' ? JSON.stringify(request.format.schema) : '';
  const usage: TokenUsage = {
    inputTokens: countPromptTokens([...request.messages, { role: 'system', content: schema }]),
    outputTokens: request.maxOutputTokens ?? defaultMaxOutputTokens,
  };
  return { ...usage, microDollars: price === undefined ? undefined : costOf(usage, price) };
}

/**
 * A client that reserves what a call may cost at most before it makes it, and settles for what it did cost. Throws
 * SluiceError `denied` BudgetUsedUp, and `invalid` PriceUnknown where money is limited and nobody knows the price: then
 * nothing was sent. A call whose outcome nobody knows is settled as reserved.
 */
export function withBudget(client: ModelClient, options: BudgetOptions): ModelClient {
  return {
    async ask(request, asked) {
      const limited = {
        ...request,
        maxOutputTokens: request.maxOutputTokens ?? options.maxOutputTokens ?? defaultMaxOutputTokens,
      };
      const price = options.priceOf(request.model);
      const estimate = estimateCall(limited, price);
      const reserved = spendOf(estimate, price);
      const accounts = options.accounts();
      requirePrice(request.model, price, [options.perCall ?? {}, ...accounts.map(({ limits }) => limits)]);
      requireRoom(reserved, options.perCall ?? {});
      const id = options.newId();
      const result = await options.store.reserve(id, reserved, accounts);
      if (result.kind === 'over') throw usedUp(result.key, result.what, result.spent, reserved, accounts);
      const charges: TokenUsage[] = [];
      const settle = async (last: TokenUsage): Promise<void> => {
        charges.push(last);
        for (const charge of charges) options.onCharged?.(charge);
        const spent = charges.map((charge) => spendOf(charge, price)).reduce(addSpend);
        await options.store.settle(id, spent);
      };
      const onLost = (): void => {
        charges.push(estimate);
        asked.onLost?.();
      };
      try {
        const answer = await client.ask(limited, { ...asked, onLost });
        await settle(answer.usage ?? estimate);
        return answer;
      } catch (error) {
        await settle(chargeOfFailure(error, estimate));
        throw error;
      }
    },
  };
}

function spendOf(usage: TokenUsage, price: Price | undefined): Spend {
  const microDollars = price === undefined ? 0 : costOf(usage, price);
  return { calls: 1, tokens: usage.inputTokens + usage.outputTokens, microDollars };
}

/** A refused call costs nothing; one whose answer was counted what it says; of any other the worst is assumed. */
export function chargeOfFailure(error: unknown, worst: TokenUsage): TokenUsage {
  if (!isSluiceError(error)) return worst;
  const { inputTokens, outputTokens } = error.details ?? {};
  if (typeof inputTokens === 'number' && typeof outputTokens === 'number')
    return { inputTokens, outputTokens };
  const isRefused = error.kind === 'denied' || error.kind === 'invalid' || unpaid.has(error.code);
  return isRefused || error.kind === 'transient' ? { inputTokens: 0, outputTokens: 0 } : worst;
}

const unpaid: ReadonlySet<string> = new Set(['ModelRequestRefused', 'ModelFormatRefused', 'ModelMoved']);

function requirePrice(model: string, price: Price | undefined, limits: readonly SpendLimits[]): void {
  if (price !== undefined || limits.every(({ microDollars }) => microDollars === undefined)) return;
  throw new SluiceError(
    'invalid',
    'PriceUnknown',
    `money is limited, and the price of ${model.slice(0, 100)} is not known`,
    {
      hint: 'give the price of the model, which may be 0, or limit tokens instead',
    },
  );
}

function requireRoom(reserved: Spend, limits: SpendLimits): void {
  const what = overLimit(reserved, limits);
  if (what !== undefined) throw tooMuch('call', what, 0, reserved[what], limits[what] ?? 0);
}

function usedUp(
  key: string,
  what: keyof Spend,
  spent: number,
  reserved: Spend,
  accounts: readonly SpendAccount[],
): SluiceError {
  const limit = accounts.find((account) => account.key === key)?.limits[what] ?? 0;
  return tooMuch(key, what, spent, reserved[what], limit);
}

function tooMuch(name: string, what: keyof Spend, spent: number, more: number, limit: number): SluiceError {
  const show = (amount: number): string =>
    what === 'microDollars' ? `${(amount / 1e6).toFixed(6)} dollars` : `${amount} ${what}`;
  return new SluiceError(
    'denied',
    'BudgetUsedUp',
    `the budget of ${name} is ${show(limit)}; ${show(spent)} are spent, and this call may take ${show(more)}`,
    {
      hint: 'send less evidence, allow a shorter answer, or raise the budget',
      details: { spent, more, limit, what },
    },
  );
}
