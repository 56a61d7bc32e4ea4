import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { checkEndpoint, type ModelEndpoint } from '../../llm/endpoint.ts';
import { listModels } from '../../llm/list-models.ts';
import { withServer } from '../../llm/settings/edit-settings.ts';
import { serverPresets } from '../../llm/settings/presets.ts';
import type { ServerEntry } from '../../llm/settings/read-settings.ts';
import { openHttpClient } from '../../net/open-http-client.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readInputFile } from '../input-files.ts';
import { readKey } from '../models/read-key.ts';
import { openSettings, type SettingsFlags } from '../models/settings-place.ts';
import { cleanLine } from '../terminal/clean-text.ts';

export interface AuthAddFlags extends SettingsFlags {
  readonly url?: string;
  readonly kind?: ServerEntry['kind'];
  readonly apiVersion?: string;
  readonly model?: string;
  readonly host?: readonly string[];
  readonly keyFromEnv?: string;
  readonly askKey?: boolean;
  /** False for `--no-key`; a text, or true, where somebody took it for the place of the key. */
  readonly key?: boolean | string;
  readonly default?: boolean;
  readonly check: boolean;
  readonly caFile?: string;
}

/** Sets up a server of models, or replaces the one of that name, and asks it which models it has. `rest` is what is too much. */
export async function authAdd(
  name: string,
  rest: readonly string[],
  flags: AuthAddFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  if (rest.length > 0 || (flags.key !== undefined && flags.key !== false)) throw keyAsArgument();
  const place = await openSettings(flags, io);
  const bare = describedServer(name, flags);
  const server = await withKey(bare, flags, io);
  checkEndpoint(endpointOf(server, io.env));
  const isFirst = place.settings.servers.every((each) => each.name === name);
  const isDefault = flags.default === true || (isFirst && place.settings.default === undefined);
  const isReplaced = place.settings.servers.some((each) => each.name === name);
  await place.edit((text) => withServer(text, server, isDefault));
  const toDefault = isDefault ? '; steps that name no server ask it' : '';
  io.stdout.write(`${isReplaced ? 'replaced' : 'added'} ${name} at ${server.baseUrl}${toDefault}\n`);
  return flags.check ? checkServer(server, flags, context) : exitCodes.succeeded;
}

/** Nothing of it is shown again. */
function keyAsArgument(): SluiceError {
  const what = 'a key is never an argument: other users see those, and the shell keeps them';
  return new SluiceError('invalid', 'KeyAsArgument', what, {
    hint: 'Renew the key if you gave it. Without --key it is asked for; or name a variable with --key-from-env.',
  });
}

function describedServer(name: string, flags: AuthAddFlags): ServerEntry {
  if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(name))
    throw new SluiceError('invalid', 'BadServerName', `${JSON.stringify(name)} is no name for a server`, {
      hint: 'Use letters, digits, dots, underscores and dashes, and begin with a letter or a digit.',
    });
  const preset = serverPresets.get(name);
  const baseUrl = (flags.url ?? preset?.url)?.trim();
  if (baseUrl === undefined) {
    const near = nearest(name, serverPresets.keys());
    throw new SluiceError('invalid', 'NoModelAddress', `where is ${name}? it needs --url`, {
      hint:
        near === undefined
          ? `Without one are known: ${[...serverPresets].flatMap(([each, { url }]) => (url === undefined ? [] : [each])).join(', ')}.`
          : `Did you mean ${near}?`,
    });
  }
  const kind = flags.kind ?? preset?.kind ?? 'openai';
  if (flags.apiVersion !== undefined && kind !== 'azure')
    throw new SluiceError('invalid', 'BadOption', '--api-version is for servers of --kind azure');
  const { baseUrl: url } = checkEndpoint({ kind, baseUrl });
  return {
    name,
    kind,
    baseUrl,
    hosts: flags.host ?? [url.host],
    ...(flags.apiVersion === undefined ? {} : { apiVersion: flags.apiVersion }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
  };
}

async function withKey(
  server: ServerEntry,
  { keyFromEnv, askKey, key }: AuthAddFlags,
  io: CommandContext['io'],
): Promise<ServerEntry> {
  if ([keyFromEnv !== undefined, askKey === true, key === false].filter(Boolean).length > 1)
    throw new SluiceError('invalid', 'BadOption', 'give one of --key-from-env, --ask-key and --no-key');
  if (keyFromEnv !== undefined) return { ...server, keyFromEnv };
  const wantsKey = askKey === true || serverPresets.get(server.name)?.wantsKey !== false;
  if (key === false || !wantsKey) return server;
  const read = await readKey(io, server.name);
  if (read !== '') return { ...server, key: read };
  throw new SluiceError('invalid', 'NoModelKey', `no key was given for ${server.name}`, {
    hint: 'Type or pipe it in, name a variable with --key-from-env, or say --no-key for a server that wants none.',
  });
}

function endpointOf(server: ServerEntry, env: CommandContext['io']['env']): ModelEndpoint {
  const { kind, baseUrl, apiVersion, hosts, keyFromEnv } = server;
  const fromEnv = keyFromEnv === undefined ? undefined : env[keyFromEnv]?.trim();
  const key = server.key ?? (fromEnv === '' ? undefined : fromEnv);
  return {
    kind,
    baseUrl,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(key === undefined ? {} : { credential: { key, hosts } }),
  };
}

const shownModels = 20;

/** Prints what the server has, or what is wrong. The server stays set up: it may only be down just now. */
async function checkServer(
  server: ServerEntry,
  { caFile }: AuthAddFlags,
  { io }: CommandContext,
): Promise<number> {
  const { keyFromEnv, model, name } = server;
  if (keyFromEnv !== undefined && (io.env[keyFromEnv] ?? '').trim() === '') {
    io.stderr.write(`warning: ${keyFromEnv} is not set here, so ${name} was not asked\n`);
    return exitCodes.succeeded;
  }
  const ca = caFile === undefined ? undefined : await readInputFile(caFile, io);
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY, http_proxy: http, https_proxy: https, no_proxy: no } = io.env;
  const client = openHttpClient({
    egress: { allowLoopback: true, allowPrivate: true, allowHosts: [new URL(server.baseUrl).host] },
    proxy: {
      httpProxy: HTTP_PROXY ?? http,
      httpsProxy: HTTPS_PROXY ?? https,
      noProxy: NO_PROXY ?? no,
    },
    ...(ca === undefined ? {} : { ca: new TextDecoder().decode(ca.bytes) }),
  });
  const stop = new AbortController();
  const release = io.onSignal(() => stop.abort());
  try {
    const models = await listModels(endpointOf(server, io.env), client, stop.signal);
    io.stdout.write(`${modelsText(name, models)}\n`);
    if (model !== undefined && models.length > 0 && !models.includes(model)) {
      const near = nearest(model, models);
      const hint = near === undefined ? '' : `; did you mean ${cleanLine(near)}?`;
      io.stderr.write(`warning: the model ${cleanLine(model)} is not among them${hint}\n`);
    }
    return exitCodes.succeeded;
  } catch (error) {
    if (!isSluiceError(error) || error.kind === 'bug') throw error;
    io.stderr.write(`warning: ${name} is set up, but ${cleanLine(error.message)}\n`);
    if (error.hint !== undefined) io.stderr.write(`${cleanLine(error.hint)}\n`);
    return exitCodes.failed;
  } finally {
    release();
    await client.close();
  }
}

function modelsText(name: string, models: readonly string[]): string {
  if (models.length === 0) return `${name} answers; it has no models`;
  const first = models.slice(0, shownModels).map(cleanLine).join(', ');
  const rest = models.length > shownModels ? ` and ${models.length - shownModels} more` : '';
  return `${name} answers; its models: ${first}${rest}`;
}
