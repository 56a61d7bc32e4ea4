import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import { textAt } from '../json-reading.ts';
import type { Credentials } from './access.ts';
import type { KubeconfigContent } from './kubeconfig-content.ts';

/** A context with what it names. The entries are as a kubeconfig spells them, with absolute paths. */
export interface KubeconfigContext {
  readonly name: string;
  /** Without a slash at the end. */
  readonly server: string;
  readonly proxyUrl: string | undefined;
  readonly cluster: JsonObject;
  /** Empty for nobody. */
  readonly user: JsonObject;
}

/** A context there is. Throws SluiceError `invalid` when it names a cluster or user that there is not. */
export function contextOf(content: KubeconfigContent, name: string): KubeconfigContext {
  const context = content.contexts.get(name) ?? {};
  const [clusterName, userName] = [textAt(context, 'cluster'), textAt(context, 'user')];
  const cluster = content.clusters.get(clusterName);
  const user = userName === '' ? {} : content.users.get(userName);
  if (cluster === undefined)
    throw invalid(`The context ${name} names a cluster that the kubeconfig does not have.`);
  if (user === undefined)
    throw invalid(`The context ${name} names a user that the kubeconfig does not have.`);
  const server = textAt(cluster, 'server').replace(/\/+$/, '');
  if (server === '') throw invalid(`The cluster ${clusterName} of the kubeconfig has no server.`);
  if (!URL.canParse(server))
    throw invalid(`The server of cluster ${clusterName} of the kubeconfig is no URL.`);
  return {
    name,
    server,
    proxyUrl: textAt(cluster, 'proxy-url') || undefined,
    cluster,
    user,
  };
}

const plainFields: ReadonlySet<string> = new Set([
  'as',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'extensions',
  'password',
  'token',
  'tokenFile',
  'username',
]);

/** Whether nothing but the kubeconfig and the files that it names is needed to act as the user. */
export function isPlainUser(user: JsonObject): boolean {
  return Object.entries(user).every(([field, value]) => plainFields.has(field) || value === null);
}

/** Of a context whose user is plain. Reads the files that it names. */
export async function plainCredentials({ cluster, user, proxyUrl }: KubeconfigContext): Promise<Credentials> {
  const [ca, cert, key, token] = await Promise.all([
    pemOf(cluster, 'certificate-authority'),
    pemOf(user, 'client-certificate'),
    pemOf(user, 'client-key'),
    tokenOf(user),
  ]);
  const authorization = authorizationOf(user, token);
  const impersonated = textAt(user, 'as');
  const servername = textAt(cluster, 'tls-server-name');
  return {
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(impersonated === '' ? {} : { 'impersonate-user': impersonated }),
    },
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(servername === '' ? {} : { servername }),
      ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    },
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

/** What a kubeconfig has in the field `<field>-data`, in base64, else in the file that `<field>` names. */
export async function pemOf(entry: JsonObject, field: string): Promise<string | undefined> {
  const data = textAt(entry, `${field}-data`);
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const file = textAt(entry, field);
  return file === '' ? undefined : readFile(file, 'utf8');
}

/** As clients do it, the file counts where it can be read: it may have been renewed since the token was written. */
export async function tokenOf(user: JsonObject): Promise<string | undefined> {
  const [token, file] = [textAt(user, 'token').trim(), textAt(user, 'tokenFile')];
  if (file === '') return token === '' ? undefined : token;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (token === '') throw error;
    return token;
  }
}

function authorizationOf(user: JsonObject, token: string | undefined): string | undefined {
  const name = textAt(user, 'username');
  if (name === '') return token === undefined ? undefined : `Bearer ${token}`;
  return `Basic ${Buffer.from(`${name}:${textAt(user, 'password')}`).toString('base64')}`;
}

function invalid(message: string): SluiceError {
  return new SluiceError('invalid', 'Kubeconfig', message);
}
