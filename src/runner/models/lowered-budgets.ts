import { SluiceError } from '../../api/errors.ts';
import { modelBudgetAnnotation, parseModelBudget } from '../../api/model-budget.ts';
import type { Budgets } from '../../llm/budget/accounts.ts';
import type { SpendLimits } from '../../llm/budget/spend-store.ts';

/** The budgets of a run: its annotation can only lower the operator's. Throws SluiceError `invalid` BadModelBudget. */
export function loweredBudgets(budgets: Budgets, annotations: Readonly<Record<string, string>>): Budgets {
  const text = annotations[modelBudgetAnnotation];
  if (text === undefined) return budgets;
  const parsed = parseModelBudget(text);
  if (parsed.ok) return { ...budgets, run: lower(budgets.run ?? {}, parsed.budget) };
  throw new SluiceError(
    'invalid',
    'BadModelBudget',
    `the annotation ${modelBudgetAnnotation} cannot be read: ${parsed.reason}`,
    { hint: 'write it like tokens=20000,cost=0.50,calls=10' },
  );
}

function lower(one: SpendLimits, two: SpendLimits): SpendLimits {
  const lowest = (kind: keyof SpendLimits): SpendLimits => {
    const given = [one[kind], two[kind]].filter((limit) => limit !== undefined);
    return given.length === 0 ? {} : { [kind]: Math.min(...given) };
  };
  return { ...lowest('calls'), ...lowest('tokens'), ...lowest('microDollars') };
}
