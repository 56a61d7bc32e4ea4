import type { SpendAccount, SpendLimits } from './spend-store.ts';

export interface Budgets {
  readonly run?: SpendLimits;
  /** Of all runs together, a UTC day. */
  readonly day?: SpendLimits;
  /** Of all runs in the namespace, a UTC day. */
  readonly namespace?: SpendLimits;
}

/** The accounts of a run's call at a time in ms. All are kept, also without a limit: what was spent is shown. */
export function accountsOf(
  run: { readonly uid: string; readonly namespace: string },
  budgets: Budgets,
  nowMs: number,
): readonly SpendAccount[] {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return [
    { key: `run/${run.uid}`, limits: budgets.run ?? {} },
    { key: `namespace/${run.namespace}/${day}`, limits: budgets.namespace ?? {} },
    { key: `day/${day}`, limits: budgets.day ?? {} },
  ];
}
