import { addSpend, nothingSpent, overLimit, type Spend, type SpendStore } from './spend-store.ts';

interface Reservation {
  readonly amount: Spend;
  readonly keys: readonly string[];
}

/** A spend store that lives as long as the process. */
export function openMemorySpendStore(): SpendStore {
  const accounts = new Map<string, Spend>();
  const reservations = new Map<string, Reservation>();
  const read = (key: string): Spend => accounts.get(key) ?? nothingSpent;
  return {
    async reserve(id, amount, wanted) {
      if (reservations.has(id)) return { kind: 'reserved' };
      for (const { key, limits } of wanted) {
        const what = overLimit(addSpend(read(key), amount), limits);
        if (what !== undefined) return { kind: 'over', key, what, spent: read(key)[what] };
      }
      const keys = wanted.map(({ key }) => key);
      for (const key of keys) accounts.set(key, addSpend(read(key), amount));
      reservations.set(id, { amount, keys });
      return { kind: 'reserved' };
    },
    async settle(id, spent) {
      const reservation = reservations.get(id);
      if (reservation === undefined) return;
      reservations.delete(id);
      const { amount, keys } = reservation;
      for (const key of keys) accounts.set(key, addSpend(addSpend(read(key), negative(amount)), spent));
    },
    async spent(key) {
      return read(key);
    },
  };
}

function negative({ calls, tokens, microDollars }: Spend): Spend {
  return { calls: -calls, tokens: -tokens, microDollars: -microDollars };
}
