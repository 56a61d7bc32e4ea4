import { SluiceError } from '../../api/errors.ts';
import { isObject, parseJson, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import {
  addSpend,
  nothingSpent,
  overLimit,
  type ReserveResult,
  type Spend,
  type SpendAccount,
} from '../../llm/budget/spend-store.ts';
import type { Change, DocumentForm } from './shared-document.ts';

interface Account {
  readonly spend: Spend;
  readonly changedAtMs: number;
}

interface Reservation {
  readonly amount: Spend;
  readonly keys: readonly string[];
  readonly madeAtMs: number;
}

/** What was spent and reserved. Reservations stand here so that a write that is repeated counts once. */
export interface SpendDocument {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly reservations: ReadonlyMap<string, Reservation>;
}

const dayMs = 24 * 3_600_000;
/** A week, so that clocks which are apart, or were wrong for a while, do not make a day count from nothing again. */
const daysKeptMs = 8 * dayMs;
const runsKeptMs = 30 * dayMs;
/** Those that changed last; a ConfigMap has little room, and each call writes all of it. */
const runsKept = 500;

/** Reserves in all accounts, or in none; a repeat under the same id changes nothing. */
export function reserveIn(
  id: string,
  amount: Spend,
  accounts: readonly SpendAccount[],
  nowMs: number,
): Change<SpendDocument, ReserveResult> {
  return (content) => {
    if (content.reservations.has(id)) return { content, result: { kind: 'reserved' } };
    for (const { key, limits } of accounts) {
      const spent = spentIn(content, key);
      const what = overLimit(addSpend(spent, amount), limits);
      if (what !== undefined) return { content, result: { kind: 'over', key, what, spent: spent[what] } };
    }
    const keys = accounts.map(({ key }) => key);
    const kept = new Map(content.accounts);
    for (const key of keys)
      kept.set(key, { spend: addSpend(spentIn(content, key), amount), changedAtMs: nowMs });
    const reservations = new Map(content.reservations).set(id, { amount, keys, madeAtMs: nowMs });
    return { content: pruned({ accounts: kept, reservations }, nowMs), result: { kind: 'reserved' } };
  };
}

/** Replaces a reservation; of an unknown or settled id nothing changes. */
export function settleIn(id: string, spent: Spend, nowMs: number): Change<SpendDocument, void> {
  return (content) => {
    const reservation = content.reservations.get(id);
    if (reservation === undefined) return { content, result: undefined };
    const { calls, tokens, microDollars } = reservation.amount;
    const change = addSpend(spent, { calls: -calls, tokens: -tokens, microDollars: -microDollars });
    const accounts = new Map(content.accounts);
    for (const key of reservation.keys)
      if (accounts.has(key))
        accounts.set(key, { spend: addSpend(spentIn(content, key), change), changedAtMs: nowMs });
    const reservations = new Map(content.reservations);
    reservations.delete(id);
    return { content: pruned({ accounts, reservations }, nowMs), result: undefined };
  };
}

export function spentIn({ accounts }: SpendDocument, key: string): Spend {
  return accounts.get(key)?.spend ?? nothingSpent;
}

function pruned({ accounts, reservations }: SpendDocument, nowMs: number): SpendDocument {
  const isDayKept = (key: string): boolean => {
    const day = /\/(\d{4}-\d{2}-\d{2})$/.exec(key)?.[1];
    return day === undefined || Date.parse(day) > nowMs - daysKeptMs;
  };
  const runs = [...accounts]
    .filter(([key, { changedAtMs }]) => key.startsWith('run/') && changedAtMs > nowMs - runsKeptMs)
    .toSorted(([, a], [, b]) => b.changedAtMs - a.changedAtMs)
    .slice(0, runsKept);
  const others = [...accounts].filter(([key]) => !key.startsWith('run/') && isDayKept(key));
  return {
    accounts: new Map([...others, ...runs]),
    reservations: new Map([...reservations].filter(([, { madeAtMs }]) => madeAtMs > nowMs - daysKeptMs)),
  };
}

export const spendForm: DocumentForm<SpendDocument> = {
  read(text) {
    const value = text === undefined ? {} : parse(text);
    return {
      accounts: new Map(
        entriesAt(value, 'accounts').map(([key, each]) => [
          key,
          { spend: spendOf(each), changedAtMs: numberAt(each, 'changedAtMs') },
        ]),
      ),
      reservations: new Map(
        entriesAt(value, 'reservations').map(([id, each]) => [
          id,
          {
            amount: spendOf(each),
            keys: Array.isArray(each['keys']) ? (each['keys'] as readonly Json[]).map(String) : [],
            madeAtMs: numberAt(each, 'madeAtMs'),
          },
        ]),
      ),
    };
  },
  write({ accounts, reservations }) {
    return stringifyJson({
      accounts: Object.fromEntries(
        [...accounts].map(([key, { spend, changedAtMs }]) => [key, { ...spend, changedAtMs }]),
      ),
      reservations: Object.fromEntries(
        [...reservations].map(([id, { amount, keys, madeAtMs }]) => [id, { ...amount, keys, madeAtMs }]),
      ),
    });
  },
};

/** What somebody broke does not count from nothing again. */
function parse(text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new SluiceError('terminal', 'SpendingUnreadable', 'what models were paid cannot be read', {
    hint: 'See the ConfigMaps sluice-model-spend in the namespace of the controller; without them it counts from nothing.',
  });
}

function entriesAt(value: JsonObject, field: string): readonly (readonly [string, JsonObject])[] {
  const found = value[field];
  if (!isObject(found)) return [];
  return Object.entries(found).flatMap(([key, each]) => (isObject(each) ? [[key, each] as const] : []));
}

function spendOf(value: JsonObject): Spend {
  return {
    calls: numberAt(value, 'calls'),
    tokens: numberAt(value, 'tokens'),
    microDollars: numberAt(value, 'microDollars'),
  };
}

/** What is no number counts as more than any limit. */
function numberAt(value: JsonObject, field: string): number {
  const found = value[field];
  return typeof found === 'number' && Number.isFinite(found) ? found : Number.MAX_SAFE_INTEGER;
}
