import { readDollars } from './dollars.ts';

/** Annotation of a run that lowers what it may spend on models: `tokens=20000,cost=0.50,calls=10`; cost is in dollars. */
export const modelBudgetAnnotation = 'sluice.dev/model-budget';

/** Undefined: no limit of that kind. */
export interface ModelBudget {
  readonly calls?: number;
  readonly tokens?: number;
  /** Millionths of a dollar. */
  readonly microDollars?: number;
}

/** Reads the annotation. `reason` says what is wrong with it. */
export function parseModelBudget(
  text: string,
): { readonly ok: true; readonly budget: ModelBudget } | { readonly ok: false; readonly reason: string } {
  const budget: { -readonly [kind in keyof ModelBudget]: number } = {};
  for (const entry of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)\s*=\s*([0-9.]+)\s*$/.exec(entry) ?? [];
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      return bad(`"${entry.trim().slice(0, 50)}" is none of tokens=N, cost=DOLLARS and calls=N`);
    if (budget[kind] !== undefined) return bad(`${name} stands twice`);
    const amount = kind === 'microDollars' ? readDollars(value) : whole(value);
    if (amount === undefined)
      return bad(
        `${name}=${value.slice(0, 30)} is no ${kind === 'microDollars' ? 'amount of dollars with at most six decimals' : 'whole number'}`,
      );
    budget[kind] = amount;
  }
  return { ok: true, budget };
}

const kinds: Readonly<Record<string, keyof ModelBudget>> = {
  tokens: 'tokens',
  cost: 'microDollars',
  calls: 'calls',
};

function whole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function bad(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
