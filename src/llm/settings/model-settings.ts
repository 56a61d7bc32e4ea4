import type { Budgets } from '../budget/accounts.ts';
import type { PriceRow } from '../budget/prices.ts';
import type { SpendLimits } from '../budget/spend-store.ts';

/** A server of models that the operator has set up. */
export interface ModelServer {
  readonly name: string;
  readonly kind: 'openai' | 'azure';
  readonly baseUrl: string;
  /** Of Azure. */
  readonly apiVersion?: string;
  /** Asked for where neither step nor run names a model. */
  readonly model?: string;
  readonly key?: string;
  /** The environment variable that is to hold the key, and holds none. */
  readonly missingKey?: string;
  /** Set up by a namespace for its own runs: it is reached only where steps may reach addresses themselves. */
  readonly isNamespaces?: true;
  /** The only hosts the key may go to; that of `baseUrl` where none is given. */
  readonly hosts: readonly string[];
}

/** What the operator says about models: a file of mode 0600 locally, a Secret for the controller, and the environment. */
export interface ModelSettings {
  readonly servers: readonly ModelServer[];
  /** Name of the server that is used where nothing else is said. */
  readonly default?: string;
  readonly budgets: Budgets & { readonly call?: SpendLimits };
  /** Before the built-in ones. */
  readonly prices: readonly PriceRow[];
}

export const noModelSettings: ModelSettings = { servers: [], budgets: {}, prices: [] };
