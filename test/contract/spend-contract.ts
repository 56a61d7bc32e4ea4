import { expect } from 'vitest';
import type { Spend, SpendAccount, SpendStore } from '../../src/llm/budget/spend-store.ts';

/** Opens the same spending as often as asked, each time as if in another process. */
type OpenSpending = () => Promise<SpendStore>;

const accounts = (limits: Partial<Spend> = {}): readonly SpendAccount[] => [
  { key: 'run/u1', limits: {} },
  { key: 'namespace/team/2026-11-21', limits },
  { key: 'day/2026-11-21', limits: {} },
];
const keys = accounts().map(({ key }) => key);

function spend(calls: number, tokens: number, microDollars: number): Spend {
  return { calls, tokens, microDollars };
}

async function spentIn(store: SpendStore): Promise<readonly Spend[]> {
  return Promise.all(keys.map((key) => store.spent(key)));
}

/** What every store of spending does. */
export const spendCases: Readonly<Record<string, (open: OpenSpending) => Promise<void>>> = {
  'what nobody has spent is nothing': async (open) => {
    expect(await (await open()).spent('run/none')).toEqual(spend(0, 0, 0));
  },

  'a reservation counts at once, in each account, for everyone': async (open) => {
    const store = await open();
    expect(await store.reserve('a', spend(1, 100, 7), accounts())).toEqual({ kind: 'reserved' });
    expect(await spentIn(await open())).toEqual(keys.map(() => spend(1, 100, 7)));
  },

  'settling replaces what was reserved, also by more': async (open) => {
    const store = await open();
    await store.reserve('a', spend(1, 100, 7), accounts());
    await store.reserve('b', spend(1, 100, 7), accounts());
    await store.settle('a', spend(1, 30, 2));
    expect(await spentIn(store)).toEqual(keys.map(() => spend(2, 130, 9)));
    await store.settle('b', spend(2, 500, 0));
    expect(await spentIn(await open())).toEqual(keys.map(() => spend(3, 530, 2)));
  },

  'settling twice, or what is unknown, changes nothing': async (open) => {
    const store = await open();
    await store.reserve('a', spend(1, 100, 7), accounts());
    await store.settle('a', spend(1, 30, 2));
    await store.settle('a', spend(1, 1000, 1000));
    await store.settle('never', spend(1, 1000, 1000));
    expect(await spentIn(store)).toEqual(keys.map(() => spend(1, 30, 2)));
  },

  'the same id is reserved once': async (open) => {
    const store = await open();
    await store.reserve('a', spend(1, 100, 7), accounts());
    await store.reserve('a', spend(1, 100, 7), accounts());
    expect(await spentIn(store)).toEqual(keys.map(() => spend(1, 100, 7)));
  },

  'an account that would pass its limit refuses, and nothing is reserved in any': async (open) => {
    const store = await open();
    await store.reserve('a', spend(1, 100, 7), accounts());
    const refused = await store.reserve('b', spend(1, 1, 1), accounts({ tokens: 100 }));
    expect(refused).toEqual({
      kind: 'over',
      key: 'namespace/team/2026-11-21',
      what: 'tokens',
      spent: 100,
    });
    const day = { key: 'day/2026-11-21', limits: { microDollars: 7 } };
    expect(await store.reserve('c', spend(1, 1, 1), [...accounts().slice(0, 2), day])).toMatchObject({
      kind: 'over',
      key: 'day/2026-11-21',
      what: 'microDollars',
    });
    expect(await spentIn(store)).toEqual(keys.map(() => spend(1, 100, 7)));
    expect(await store.reserve('d', spend(1, 1, 0), accounts({ tokens: 101 }))).toEqual({
      kind: 'reserved',
    });
  },

  'a limit that is no number lets nothing through': async (open) => {
    const refused = (await open()).reserve('a', spend(1, 1, 1), accounts({ tokens: Number.NaN }));
    expect(await refused).toMatchObject({ kind: 'over' });
  },

  'of many at once only those get through for whom there is room': async (open) => {
    const stores = await Promise.all([open(), open(), open()]);
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) =>
        stores[n % 3]?.reserve(`r${n}`, spend(1, 10, 1), accounts({ tokens: 120 })),
      ),
    );
    expect(answers.filter((answer) => answer?.kind === 'reserved')).toHaveLength(12);
    expect(await spentIn(await open())).toEqual(keys.map(() => spend(12, 120, 12)));
  },
};
