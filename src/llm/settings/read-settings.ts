import type { Fault } from '../../api/fault.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { isSluiceError } from '../../api/errors.ts';
import { nearest } from '../../step-types/nearest.ts';
import { compileCheck } from '../../step-types/schema/parameter-check.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';
import type { SpendLimits } from '../budget/spend-store.ts';
import { checkEndpoint } from '../endpoint.ts';
import { readDollars } from '../../api/dollars.ts';
import type { ModelServer, ModelSettings } from './model-settings.ts';
import { settingsSchema } from './settings-schema.ts';

/** A server as the file has it: with its key, or with the name of a variable that holds it. */
export interface ServerEntry extends ModelServer {
  readonly keyFromEnv?: string;
}

/** What `models.yaml` says, keys of the environment not looked up yet. */
export interface SettingsText extends Omit<ModelSettings, 'servers'> {
  readonly servers: readonly ServerEntry[];
}

export type ReadSettings =
  | { readonly ok: true; readonly settings: SettingsText }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const sizeLimitBytes = 1024 * 1024;

/** Reads `models.yaml`, or says every fault at once with its place. No fault quotes a key. `file` is what places show. */
export async function readSettings(input: string | Uint8Array, file: string): Promise<ReadSettings> {
  const { documents, faults } = readDocuments(input, file, { bytes: sizeLimitBytes });
  const broken = faults.filter(({ severity, code }) => severity === 'error' && code !== 'EmptyFile');
  if (broken.length > 0) return { ok: false, faults: broken };
  const [document, second] = documents;
  if (document === undefined) return { ok: true, settings: { servers: [], budgets: {}, prices: [] } };
  const found: Fault[] = [];
  const add: AddFault = (path, code, message, suggestion) =>
    found.push({
      ...document.locate(path, code === 'UnknownParameter' ? 'key' : 'value'),
      code,
      severity: 'error',
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  if (second !== undefined)
    found.push({
      ...second.locate([]),
      code: 'SecondDocument',
      severity: 'error',
      message: 'the file holds more than one document',
    });
  const value = await checkShape(document, add);
  if (isObject(value)) checkMeaning(value, add);
  if (found.length > 0) {
    const inOrder = found.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { ok: false, faults: inOrder };
  }
  return { ok: true, settings: settingsOf(value as JsonObject) };
}

type AddFault = (path: FieldPath, code: string, message: string, suggestion?: string) => void;

/** The value with its defaults; as it is where its shape is wrong. */
async function checkShape(document: SourceDocument, add: AddFault): Promise<Json> {
  const check = await compileCheck(settingsSchema, 'models.yaml');
  const shape = check(document.value);
  if (shape.ok) return shape.value;
  for (const { path, code, message, suggestion } of shape.faults)
    add(path, code, message.replace(/^parameter /, '').replace(/^the properties /, 'the file '), suggestion);
  return document.value;
}

/** What a schema cannot say. Looks only at what has the right shape. */
function checkMeaning(value: JsonObject, add: AddFault): void {
  const servers = listAt(value, 'servers');
  const names = servers.map((server) => textAt(server, 'name'));
  servers.forEach((server, index) => {
    const at = (field: string): FieldPath => ['servers', index, field];
    const [name, url] = [names[index], textAt(server, 'url')];
    if (name !== undefined && names.indexOf(name) < index)
      add(
        at('name'),
        'DuplicateServer',
        `there is a server "${name}" already: servers[${names.indexOf(name)}]`,
      );
    if (server['key'] !== undefined && server['keyFrom'] !== undefined)
      add(at('keyFrom'), 'TwoKeys', 'a server has `key` or `keyFrom`, not both');
    if (server['apiVersion'] !== undefined && server['kind'] !== 'azure')
      add(at('apiVersion'), 'NotOfAzure', '`apiVersion` is only for a server of kind azure');
    const wrong = url === undefined ? undefined : addressFault(url);
    if (wrong !== undefined) add(at('url'), 'BadModelAddress', wrong);
  });
  const chosen = textAt(value, 'default');
  if (chosen !== undefined && !names.includes(chosen)) {
    const known = names.filter((name) => name !== undefined);
    add(['default'], 'NoSuchServer', `there is no server "${chosen}"`, nearest(chosen, known));
  }
  const budgets = value['budgets'];
  for (const scope of ['call', 'run', 'day', 'namespace']) {
    const limits = isObject(budgets) ? budgets[scope] : undefined;
    if (isObject(limits)) checkDollars(limits, 'cost', ['budgets', scope], add);
  }
  listAt(value, 'prices').forEach((price, index) => {
    for (const field of ['input', 'output']) checkDollars(price, field, ['prices', index], add);
  });
}

function checkDollars(owner: JsonObject, field: string, path: FieldPath, add: AddFault): void {
  const value = owner[field];
  if (typeof value !== 'string' && typeof value !== 'number') return;
  if (dollarsOf(value) === undefined)
    add([...path, field], 'NotDollars', `${String(value).slice(0, 40)} is no sum in dollars, such as "0.50"`);
}

function dollarsOf(value: Json | undefined): number | undefined {
  return value === undefined
    ? undefined
    : readDollars(typeof value === 'string' ? value : stringifyJson(value));
}

/** Undefined for an address that can be used. */
function addressFault(url: string): string | undefined {
  try {
    checkEndpoint({ kind: 'openai', baseUrl: url });
    return undefined;
  } catch (error) {
    if (isSluiceError(error)) return `${error.message}; ${error.hint ?? ''}`;
    throw error;
  }
}

function settingsOf(value: JsonObject): SettingsText {
  const budgets = value['budgets'] as JsonObject;
  const chosen = textAt(value, 'default');
  const limits = Object.entries(budgets).map(([scope, each]) => [scope, limitsOf(each as JsonObject)]);
  return {
    servers: listAt(value, 'servers').map(serverOf),
    ...(chosen === undefined ? {} : { default: chosen }),
    budgets: Object.fromEntries(limits) as SettingsText['budgets'],
    prices: listAt(value, 'prices').map((price) => ({
      host: textAt(price, 'host') ?? '',
      model: textAt(price, 'model') ?? '',
      inputMicros: dollarsOf(price['input']) ?? 0,
      outputMicros: dollarsOf(price['output']) ?? 0,
    })),
  };
}

function serverOf(server: JsonObject): ServerEntry {
  const baseUrl = (textAt(server, 'url') ?? '').trim();
  const hosts = server['hosts'] as readonly string[] | undefined;
  const keyFrom = server['keyFrom'];
  const optional = {
    apiVersion: textAt(server, 'apiVersion'),
    model: textAt(server, 'model'),
    key: textAt(server, 'key'),
    keyFromEnv: isObject(keyFrom) ? textAt(keyFrom, 'env') : undefined,
  };
  const given = Object.entries(optional).filter(([, text]) => text !== undefined);
  return {
    name: textAt(server, 'name') ?? '',
    kind: server['kind'] as ServerEntry['kind'],
    baseUrl,
    hosts: hosts ?? [new URL(baseUrl).host],
    ...(Object.fromEntries(given) as Partial<ServerEntry>),
  };
}

function limitsOf(limits: JsonObject): SpendLimits {
  const { tokens, calls, cost } = limits;
  const microDollars = dollarsOf(cost);
  return {
    ...(typeof tokens === 'number' ? { tokens } : {}),
    ...(typeof calls === 'number' ? { calls } : {}),
    ...(microDollars === undefined ? {} : { microDollars }),
  };
}

function listAt(value: JsonObject, field: string): readonly JsonObject[] {
  const found = value[field];
  return Array.isArray(found) ? (found as readonly Json[]).filter(isObject) : [];
}

function textAt(value: JsonObject, field: string): string | undefined {
  const found = value[field];
  return typeof found === 'string' ? found : undefined;
}
