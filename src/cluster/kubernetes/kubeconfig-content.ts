import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { messageOf, SluiceError } from '../../api/errors.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import { textAt } from '../json-reading.ts';

/** What kubeconfigs say together. Every entry is as its file spells it, except that paths are absolute. */
export interface KubeconfigContent {
  /** '' when there is none. */
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, JsonObject>;
  readonly clusters: ReadonlyMap<string, JsonObject>;
  readonly users: ReadonlyMap<string, JsonObject>;
}

/** Where kubectl looks: the environment, read at each call, and the home directory. */
export interface KubeconfigPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const thisMachine: KubeconfigPlace = {
  get env() {
    return process.env;
  },
  get home() {
    return process.env['HOME'] ?? homedir();
  },
};

/**
 * Reads `file`, or what kubectl reads without --kubeconfig: the files that KUBECONFIG names, of which those that are not
 * there are left out, else `~/.kube/config`. Of several the first that has an entry of a name counts, and the first that has
 * a current context. Undefined when no file is named and there is none. Throws SluiceError `invalid`.
 */
export async function readKubeconfigContent(
  file: string | undefined,
  place: KubeconfigPlace = thisMachine,
): Promise<KubeconfigContent | undefined> {
  if (file !== undefined) return parseKubeconfig(await readText(file), file);
  const listed = [...new Set((place.env['KUBECONFIG'] ?? '').split(delimiter).filter((name) => name !== ''))];
  const files = listed.length > 0 ? listed : [join(place.home, '.kube', 'config')];
  const texts = await Promise.all(
    files.map(async (name) => ({ name, text: await readText(name).catch(missing) })),
  );
  const there = texts.flatMap(({ name, text }) => (text === undefined ? [] : [parseKubeconfig(text, name)]));
  const [first] = files;
  if (there.length === 0 && listed.length > 0 && first !== undefined) await readText(first);
  return there.length === 0 ? undefined : there.reduce(merge);
}

/** Throws SluiceError `invalid`. `file` is for messages, and its folder is where relative paths begin. */
export function parseKubeconfig(text: string, file: string): KubeconfigContent {
  const { documents, faults } = readDocuments(text, file);
  const fault = faults.find(({ severity, code }) => severity === 'error' && code !== 'EmptyFile');
  if (fault !== undefined)
    throw unreadable(file, `line ${fault.line}, column ${fault.column}: ${fault.message}`);
  const config = documents[0]?.value ?? {};
  if (!isObject(config)) throw unreadable(file, 'it is no kubeconfig');
  const directory = dirname(file);
  return {
    currentContext: textAt(config, 'current-context'),
    contexts: entries(config, 'contexts', 'context', file),
    clusters: entries(config, 'clusters', 'cluster', file, (cluster) =>
      withPaths(cluster, ['certificate-authority'], directory),
    ),
    users: entries(config, 'users', 'user', file, (user) => withExec(user, directory)),
  };
}

function merge(first: KubeconfigContent, second: KubeconfigContent): KubeconfigContent {
  return {
    currentContext: first.currentContext || second.currentContext,
    contexts: new Map([...second.contexts, ...first.contexts]),
    clusters: new Map([...second.clusters, ...first.clusters]),
    users: new Map([...second.users, ...first.users]),
  };
}

function entries(
  config: JsonObject,
  list: string,
  field: string,
  file: string,
  change: (entry: JsonObject) => JsonObject = (entry) => entry,
): ReadonlyMap<string, JsonObject> {
  const found = config[list] ?? [];
  if (!Array.isArray(found)) throw unreadable(file, `${list} is no list`);
  const all = new Map<string, JsonObject>();
  for (const [index, each] of (found as readonly Json[]).entries()) {
    const name = isObject(each) ? nameOf(each['name']) : '';
    if (!isObject(each) || name === '') throw unreadable(file, `${list}[${index}] has no name`);
    const entry = each[field] ?? {};
    if (!isObject(entry)) throw unreadable(file, `${list}[${index}].${field} is no map`);
    if (!all.has(name)) all.set(name, change(entry));
  }
  return all;
}

/** Names such as `2024` need no quotes. */
function nameOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? stringifyJson(value) : '';
}

function withPaths(entry: JsonObject, fields: readonly string[], directory: string): JsonObject {
  const changed = fields.flatMap((field) => {
    const path = textAt(entry, field);
    return path === '' || isAbsolute(path) ? [] : [[field, join(directory, path)] as const];
  });
  return changed.length === 0 ? entry : { ...entry, ...Object.fromEntries(changed) };
}

/** A plugin that is not looked up in PATH stands beside the file, too. */
function withExec(user: JsonObject, directory: string): JsonObject {
  const resolved = withPaths(user, ['client-certificate', 'client-key', 'tokenFile'], directory);
  const { exec } = resolved;
  if (!isObject(exec) || !textAt(exec, 'command').includes(sep)) return resolved;
  return { ...resolved, exec: withPaths(exec, ['command'], directory) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, messageOf(error), error);
  }
}

function missing(error: unknown): undefined {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
  throw error;
}

function unreadable(file: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError('invalid', 'Kubeconfig', `The kubeconfig ${file} cannot be read: ${why}.`, {
    hint: 'Name another with --kubeconfig.',
    cause,
  });
}
