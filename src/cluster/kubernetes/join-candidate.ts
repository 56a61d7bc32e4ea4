import { messageOf, SluiceError } from '../../api/errors.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import { textAt } from '../json-reading.ts';
import type { StoredCredential } from './joined-secret.ts';
import { contextOf, pemOf, tokenOf } from './kubeconfig-context.ts';
import { loadKubeconfig } from './kubeconfig.ts';

/** What a kubeconfig says of a cluster that is to be joined. */
export interface JoinCandidate {
  readonly context: string;
  readonly endpoint: string;
  /** PEM; absent: the certificate authorities of the machine count. */
  readonly ca: string | undefined;
  readonly proxyUrl: string | undefined;
  /** `none` says why there is nothing that can be stored. */
  readonly credential: StoredCredential | { readonly none: string };
}

/** Reads a context, the current one unless it is named. Throws SluiceError `invalid`. */
export async function readJoinCandidate(
  file: string | undefined,
  contextName: string | undefined,
): Promise<JoinCandidate> {
  const content = await loadKubeconfig(file);
  const context = contextName ?? content.currentContext;
  const found = content.contexts.get(context);
  if (found === undefined) {
    const names = [...content.contexts.keys()];
    const what = context === '' ? 'has no current context' : `has no context ${context}`;
    throw unusable(
      `The kubeconfig ${what}; there are ${names.join(', ') || 'none'}.`,
      'Choose one with --join-context.',
    );
  }
  const { server, proxyUrl, cluster, user } = contextOf(content, context);
  if (!server.startsWith('https://'))
    throw unusable(
      `The server ${server} of context ${context} is not reached by HTTPS, and a credential must be.`,
    );
  return {
    context,
    endpoint: server,
    ca: await caOf(cluster, context),
    proxyUrl,
    credential: await credentialOf(user, textAt(found, 'user'), context),
  };
}

/** When a token says that it ends, milliseconds since 1970; undefined for one that says nothing. */
export function tokenEndMs(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const end = isObject(claims) ? claims['exp'] : undefined;
    return typeof end === 'number' ? end * 1000 : undefined;
  } catch {
    return undefined;
  }
}

async function caOf(cluster: JsonObject, context: string): Promise<string | undefined> {
  const ca = await read('certificate authority', pemOf(cluster, 'certificate-authority'));
  if (ca === undefined && cluster['insecure-skip-tls-verify'] === true) {
    throw unusable(
      `The context ${context} does not check the server's certificate, and a joined cluster must.`,
      'Put its certificate authority into the kubeconfig as certificate-authority-data.',
    );
  }
  return ca;
}

async function credentialOf(
  user: JsonObject,
  name: string,
  context: string,
): Promise<JoinCandidate['credential']> {
  if (name === '') return { none: `the context ${context} has no user` };
  if (textAt(user, 'as') !== '') return { none: 'it impersonates another user (as)' };
  if (isObject(user['exec']) || isObject(user['auth-provider']))
    return { none: 'it comes from a credential plugin, which only runs on your machine' };
  const token = await read('token', tokenOf(user));
  if (token !== undefined) return { type: 'ServiceAccountToken', token };
  const cert = await read('client certificate', pemOf(user, 'client-certificate'));
  const key = await read('client key', pemOf(user, 'client-key'));
  if (cert !== undefined && key !== undefined) return { type: 'X509Certificate', cert, key };
  if (textAt(user, 'username') !== '') return { none: 'it is a name with a password' };
  return { none: `the user ${name} has neither a token nor a client certificate` };
}

async function read(what: string, found: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await found;
  } catch (error) {
    throw unusable(`The ${what} of the kubeconfig cannot be read: ${messageOf(error)}`);
  }
}

function unusable(message: string, hint?: string): SluiceError {
  return new SluiceError('invalid', 'Kubeconfig', message, hint === undefined ? {} : { hint });
}
