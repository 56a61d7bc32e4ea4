import { SluiceError } from '../../api/errors.ts';
import { isPlaceholder } from '../../net/credential-headers.ts';
import type { ModelCredential, ModelEndpoint } from '../endpoint.ts';
import type { ModelWish } from '../model-service.ts';
import type { ModelServer, ModelSettings } from './model-settings.ts';

/** What the operator's environment says about models; an empty value counts as none. */
export interface ModelEnvironment {
  readonly OPENAI_BASE_URL?: string | undefined;
  readonly OPENAI_API_KEY?: string | undefined;
  readonly OPENAI_MODEL?: string | undefined;
}

/** All that the decision is made from, beside the wish. */
export interface ModelSurroundings {
  readonly env: ModelEnvironment;
  readonly settings: ModelSettings;
  /** Every cluster of the run is in memory, or someone asked for it. */
  readonly offlineAllowed: boolean;
}

export interface ChosenServer {
  readonly kind: 'server';
  readonly chosen: 'step' | 'namespace' | 'named' | 'default' | 'environment' | 'vendor';
  /** With the key, and the hosts that it is bound to. */
  readonly endpoint: ModelEndpoint;
  /** `name` or `name:port`, for people and prices. */
  readonly host: string;
  /** Undefined: nobody has named one. */
  readonly model: string | undefined;
}

/** The offline engine is started by whoever needs it, and has one model. */
export type ModelChoice = ChosenServer | { readonly kind: 'offline' };

const vendorUrl = 'https://api.openai.com/v1';
const vendorHost = 'api.openai.com';

/** Asked for at the vendor where nobody names a model: small, cheap, and it takes a schema. */
const vendorModel = 'gpt-4o-mini';

/**
 * The one decision where a call to a model goes, with which key and for which model.
 *
 * - The address: the step's own, the server it names, the operator's default server, OPENAI_BASE_URL, the vendor's if there is
 *   a key, the offline engine if it is allowed.
 * - The key: the step's own unless it is empty or a placeholder, else the one that the operator has bound to that address.
 *   OPENAI_API_KEY belongs to OPENAI_BASE_URL, and without that to the vendor. To an address of the step's own no key goes but
 *   one that the operator keeps for a server of the very same scheme, host and port.
 * - The model: the step's, the server's, OPENAI_MODEL, at the vendor a default.
 *
 * Throws SluiceError `invalid`: NoModel, NoModelKey, NoSuchServer, BadModelAddress. No key is quoted.
 */
export function chooseServer(wish: ModelWish, surroundings: ModelSurroundings): ModelChoice {
  const { env, settings } = surroundings;
  if (isGiven(wish.baseUrl)) {
    const url = addressOf(wish.baseUrl, "the step's base URL");
    return choice('step', { kind: 'openai', baseUrl: textOf(url) }, keyOfSameOrigin(url, settings));
  }
  if (isGiven(wish.server)) return ofServer('named', serverNamed(wish.server, settings));
  if (isGiven(settings.default)) return ofServer('default', serverNamed(settings.default, settings));
  if (isGiven(env.OPENAI_BASE_URL)) {
    const url = addressOf(env.OPENAI_BASE_URL, 'OPENAI_BASE_URL');
    return choice('environment', { kind: 'openai', baseUrl: textOf(url) }, keyOfEnvironment(env));
  }
  const key = keyOfEnvironment(env);
  if (isKey(wish.key) || key !== undefined)
    return choice('vendor', { kind: 'openai', baseUrl: vendorUrl }, key);
  if (surroundings.offlineAllowed) return { kind: 'offline' };
  throw new SluiceError(
    'invalid',
    'NoModel',
    'there is no key for the model, and the offline engine is not allowed for this run',
    {
      hint: 'give the step a token, set up a server with sluice auth add, set OPENAI_API_KEY or OPENAI_BASE_URL, or allow the offline engine with --offline',
    },
  );

  function ofServer(chosen: 'named' | 'default', server: ModelServer): ChosenServer {
    const { kind, apiVersion, model } = server;
    const baseUrl = textOf(addressOf(server.baseUrl, `the server ${server.name}`));
    const endpoint = { kind, baseUrl, ...(apiVersion === undefined ? {} : { apiVersion }) };
    if (server.missingKey !== undefined && !isKey(wish.key)) throw noKey(server, server.missingKey);
    return choice(server.isNamespaces ? 'namespace' : chosen, endpoint, keyOfServer(server, env), model);
  }

  function choice(
    chosen: ChosenServer['chosen'],
    endpoint: Omit<ModelEndpoint, 'credential'>,
    kept: ModelCredential | undefined,
    serverModel?: string,
  ): ChosenServer {
    const { host } = new URL(endpoint.baseUrl);
    const own = isKey(wish.key) ? { key: wish.key.trim(), hosts: [host] } : undefined;
    const credential = own ?? kept;
    return {
      kind: 'server',
      chosen,
      endpoint: credential === undefined ? endpoint : { ...endpoint, credential },
      host,
      model:
        [wish.model, serverModel, env.OPENAI_MODEL].find(isGiven) ??
        (host === vendorHost ? vendorModel : undefined),
    };
  }
}

/** The model that steps without a wish of their own ask for, where the operator has named one. */
export function operatorModel(env: ModelEnvironment, settings: ModelSettings): string | undefined {
  const server = settings.servers.find(({ name }) => name === settings.default);
  return [server?.model, env.OPENAI_MODEL].find(isGiven);
}

/** Whether a text is a key, and not nothing or a leftover of an example. */
function isKey(key: string | undefined): key is string {
  return isGiven(key) && !isPlaceholder(key);
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function keyOfEnvironment({ OPENAI_API_KEY: key, OPENAI_BASE_URL: base }: ModelEnvironment) {
  if (!isKey(key)) return undefined;
  const host = isGiven(base) ? addressOf(base, 'OPENAI_BASE_URL').host : vendorHost;
  return { key: key.trim(), hosts: [host] };
}

function keyOfSameOrigin({ origin }: URL, { servers }: ModelSettings): ModelCredential | undefined {
  const server = servers.find(({ kind, baseUrl }) => kind === 'openai' && originOf(baseUrl) === origin);
  return server === undefined ? undefined : ownKeyOf(server);
}

function ownKeyOf({ key, hosts, baseUrl }: ModelServer): ModelCredential | undefined {
  if (!isKey(key)) return undefined;
  return { key: key.trim(), hosts: hosts.length === 0 ? [new URL(baseUrl.trim()).host] : hosts };
}

function noKey({ name }: ModelServer, variable: string): SluiceError {
  return new SluiceError(
    'invalid',
    'NoModelKey',
    `the server of models ${name} wants the key of the variable ${variable}, which is not set`,
    { hint: `set ${variable}` },
  );
}

/** A server without a key of its own gets that of the environment, if that is for the very same address. */
function keyOfServer(server: ModelServer, env: ModelEnvironment): ModelCredential | undefined {
  const own = ownKeyOf(server);
  if (own !== undefined) return own;
  const meant = isGiven(env.OPENAI_BASE_URL) ? env.OPENAI_BASE_URL : vendorUrl;
  return originOf(meant) === originOf(server.baseUrl) ? keyOfEnvironment(env) : undefined;
}

function serverNamed(name: string, { servers }: ModelSettings): ModelServer {
  const server = servers.find((each) => each.name === name.trim());
  if (server !== undefined) return server;
  const known = servers.map((each) => each.name).join(', ');
  throw new SluiceError(
    'invalid',
    'NoSuchServer',
    `there is no server of models named ${JSON.stringify(name)}`,
    { hint: known === '' ? 'set one up: sluice auth add' : `there is: ${known}` },
  );
}

function addressOf(address: string, source: string): URL {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw badAddress(source, 'is no http or https address');
  if (url.username !== '' || url.password !== '') throw badAddress(source, 'holds a user name or password');
  return url;
}

function badAddress(source: string, why: string): SluiceError {
  return new SluiceError('invalid', 'BadModelAddress', `the address of the model, from ${source}, ${why}`, {
    hint: 'write it like https://models.example.com/v1',
  });
}

/** Without a slash at its end, and without a query. */
function textOf(url: URL): string {
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function originOf(address: string): string | undefined {
  return URL.canParse(address.trim()) ? new URL(address.trim()).origin : undefined;
}
