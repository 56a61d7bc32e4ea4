import { readFile } from 'node:fs/promises';
import type { Cluster as KubeconfigCluster, User } from '@kubernetes/client-node';
import { messageOf, SluiceError } from '../../api/errors.ts';
import { isObject } from '../../api/json.ts';
import type { StoredCredential } from './joined-secret.ts';
import { kubeconfigLoader } from './kubeconfig.ts';

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
  const config = (await kubeconfigLoader(file))();
  const context = contextName ?? config.getCurrentContext() ?? '';
  const found = config.getContextObject(context);
  if (found === null) {
    const names = config.getContexts().map(({ name }) => name);
    const what = context === '' ? 'has no current context' : `has no context ${context}`;
    throw unusable(
      `The kubeconfig ${what}; there are ${names.join(', ') || 'none'}.`,
      'Choose one with --join-context.',
    );
  }
  const cluster = config.getCluster(found.cluster);
  const user = config.getUser(found.user);
  if (cluster === null)
    throw unusable(`The context ${context} names a cluster that the kubeconfig does not have.`);
  if (!cluster.server.startsWith('https://'))
    throw unusable(
      `The server ${cluster.server} of context ${context} is not reached by HTTPS, and a credential must be.`,
    );
  return {
    context,
    endpoint: cluster.server.replace(/\/+$/, ''),
    ca: await caOf(cluster, context),
    proxyUrl: cluster.proxyUrl,
    credential: await credentialOf(user, context),
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

async function caOf(cluster: KubeconfigCluster, context: string): Promise<string | undefined> {
  const ca = await pem(cluster.caData, cluster.caFile, 'certificate authority');
  if (ca === undefined && cluster.skipTLSVerify) {
    throw unusable(
      `The context ${context} does not check the server's certificate, and a joined cluster must.`,
      'Put its certificate authority into the kubeconfig as certificate-authority-data.',
    );
  }
  return ca;
}

async function credentialOf(user: User | null, context: string): Promise<JoinCandidate['credential']> {
  if (user === null) return { none: `the context ${context} has no user` };
  if (user.impersonateUser) return { none: 'it impersonates another user (as)' };
  if (user.exec || user.authProvider)
    return { none: 'it comes from a credential plugin, which only runs on your machine' };
  if (user.token) return { type: 'ServiceAccountToken', token: user.token.trim() };
  const cert = await pem(user.certData, user.certFile, 'client certificate');
  const key = await pem(user.keyData, user.keyFile, 'client key');
  if (cert !== undefined && key !== undefined) return { type: 'X509Certificate', cert, key };
  if (user.username) return { none: 'it is a name with a password' };
  return { none: `the user ${user.name} has neither a token nor a client certificate` };
}

async function pem(
  data: string | null | undefined,
  file: string | null | undefined,
  what: string,
): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  if (!file) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(`The ${what} of the kubeconfig cannot be read: ${messageOf(error)}`);
  }
}

function unusable(message: string, hint?: string): SluiceError {
  return new SluiceError('invalid', 'Kubeconfig', message, hint === undefined ? {} : { hint });
}
