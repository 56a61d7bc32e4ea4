import { SluiceError } from '../../api/errors.ts';
import type { SpendLimits } from '../budget/spend-store.ts';
import { builtInPrices, type PriceRow } from '../budget/prices.ts';
import type { ModelServer, ModelSettings } from './model-settings.ts';
import type { SettingsText } from './read-settings.ts';

/**
 * The operator's settings with what a namespace adds for its own runs. It may add servers with keys of its own and choose among
 * all; it may lower budgets, and price only what nobody else has a price or a server for. `source` is for messages.
 * Throws SluiceError `invalid`: a key from the environment, which is the controller's, and the name of a server of the operator.
 */
export function withNamespace(operator: ModelSettings, own: SettingsText, source: string): ModelSettings {
  const chosen = own.default ?? operator.default;
  return {
    servers: [...operator.servers, ...own.servers.map((server) => ownServer(server, operator, source))],
    ...(chosen === undefined ? {} : { default: chosen }),
    budgets: lowerBudgets(operator.budgets, own.budgets),
    prices: [...operator.prices, ...own.prices.filter((price) => isFree(price, operator))],
  };
}

function ownServer(
  { keyFromEnv, ...server }: SettingsText['servers'][number],
  operator: ModelSettings,
  source: string,
): ModelServer {
  if (keyFromEnv !== undefined)
    throw refused(source, `its server ${server.name} takes its key from the environment of the controller`, {
      hint: 'Write the key itself into the Secret.',
    });
  if (operator.servers.some(({ name }) => name === server.name))
    throw refused(source, `the server ${server.name} is the operator's`, { hint: 'Give it another name.' });
  return { ...server, isNamespaces: true };
}

function refused(source: string, why: string, { hint }: { readonly hint: string }): SluiceError {
  return new SluiceError('invalid', 'ModelSettingsInvalid', `${source} cannot be used: ${why}`, { hint });
}

/** Money is limited by the operator: a price of a namespace must not make its budget last longer. */
function isFree({ host }: PriceRow, operator: ModelSettings): boolean {
  const taken = [
    ...operator.servers.map(({ baseUrl }) => new URL(baseUrl).host),
    ...operator.prices.map((price) => price.host),
    ...builtInPrices.map((price) => price.host),
  ];
  return !taken.some((each) => each.toLowerCase() === host.toLowerCase());
}

function lowerBudgets(
  one: ModelSettings['budgets'],
  two: ModelSettings['budgets'],
): ModelSettings['budgets'] {
  const scopes = ['call', 'run', 'day', 'namespace'] as const;
  const lowered = scopes.map((scope) => [scope, lowerLimits(one[scope] ?? {}, two[scope] ?? {})] as const);
  return Object.fromEntries(lowered.filter(([, limits]) => Object.keys(limits).length > 0));
}

function lowerLimits(one: SpendLimits, two: SpendLimits): SpendLimits {
  const kinds = ['calls', 'tokens', 'microDollars'] as const;
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const given = [one[kind], two[kind]].filter((limit) => limit !== undefined);
      return given.length === 0 ? [] : [[kind, Math.min(...given)] as const];
    }),
  );
}
