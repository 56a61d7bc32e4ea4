import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import {
  nothingSpent,
  type ReserveResult,
  type Spend,
  type SpendAccount,
  type SpendStore,
} from '../../llm/budget/spend-store.ts';
import { SharedDocument } from './shared-document.ts';
import { reserveIn, settleIn, spendForm, spentIn, type SpendDocument } from './spend-document.ts';

export interface ClusterSpendingOptions {
  readonly client: Pick<ApiClient, 'find' | 'send'>;
  /** The controller's own: whoever is limited must not be able to change what is counted. */
  readonly namespace: string;
  readonly now: () => number;
}

const mapName = 'sluice-model-spend';

/**
 * What models were paid, shared by all controllers of a cluster: a ConfigMap for the day of everyone, and one for each namespace
 * with its day and its runs, all of them in the controller's own namespace.
 *
 * P1 An amount is reserved first in the namespace's map, then in that of all. Where the second has no room, or cannot be
 *    written, the first is taken back; a crash in between leaves too much counted.
 * P2 What cannot be settled stays counted as reserved. The answer that was paid for is not lost over it.
 */
export class ClusterSpending {
  readonly #options: ClusterSpendingOptions;
  readonly #all: SharedDocument<SpendDocument>;
  readonly #namespaces = new Map<string, SharedDocument<SpendDocument>>();

  constructor(options: ClusterSpendingOptions) {
    this.#options = options;
    this.#all = this.#document(mapName);
  }

  /** Spending as runs of this namespace meet it. */
  of(namespace: string): SpendStore {
    const own = this.#documentOf(namespace);
    const all = this.#all;
    const { now } = this.#options;
    return {
      async reserve(id, amount, accounts): Promise<ReserveResult> {
        const first = await own.change(reserveIn(id, amount, accounts.filter(isOwn), now()));
        if (first.kind === 'over') return first;
        const second = await all
          .change(reserveIn(id, amount, accounts.filter(isOfAll), now()))
          .catch(async (error: unknown) => {
            await own.change(settleIn(id, nothingSpent, now())).catch(() => undefined);
            throw error;
          });
        if (second.kind === 'over') await own.change(settleIn(id, nothingSpent, now()));
        return second;
      },
      async settle(id, spent) {
        // P2
        await Promise.allSettled([own, all].map((document) => document.change(settleIn(id, spent, now()))));
      },
      async spent(key): Promise<Spend> {
        return spentIn(await (key.startsWith('day/') ? all : own).read(), key);
      },
    };
  }

  #documentOf(namespace: string): SharedDocument<SpendDocument> {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    const made = this.#document(`${mapName}.${namespace}`);
    this.#namespaces.set(namespace, made);
    return made;
  }

  #document(name: string): SharedDocument<SpendDocument> {
    const { client, namespace } = this.#options;
    const labels = { 'sluice.dev/kept-for': 'model-spend' };
    return new SharedDocument({ client, namespace, name, labels }, spendForm);
  }
}

function isOfAll({ key }: SpendAccount): boolean {
  return key.startsWith('day/');
}

function isOwn(account: SpendAccount): boolean {
  return !isOfAll(account);
}
