import type { JsonObject } from '../../api/json.ts';
import { SluiceError } from '../../api/errors.ts';
import { textAt, textsAt } from '../json-reading.ts';
import type { Credentials } from './access.ts';

/** Where clusters that were joined to this one stand, one Secret each, in the format of KubeVela's cluster gateway. */
export const joinedNamespace = 'vela-system';
/** Marks such a Secret and says what its credential is. */
export const credentialLabel = 'cluster.core.oam.dev/cluster-credential-type';
/** Namespaces whose runs may use the cluster, separated by commas, or `*`. Absent: all of them, as in KubeVela. */
export const namespacesAnnotation = 'sluice.dev/namespaces';
/** `false`: runs act there with the rights of the credential itself. */
export const impersonateAnnotation = 'sluice.dev/impersonate';

export type CredentialType = 'X509Certificate' | 'ServiceAccountToken';

/** A joined cluster as its Secret tells of it. */
export interface JoinedSecret {
  readonly name: string;
  readonly type: CredentialType;
  /** With its server. */
  readonly credentials: Credentials & { readonly server: string };
  readonly namespaces: '*' | readonly string[];
  readonly impersonates: boolean;
}

/** What may be told of a joined cluster to anyone who may read the Secret's metadata. */
export function namespacesOf(secret: unknown): '*' | readonly string[] {
  const text = textsAt(secret, 'metadata', 'annotations')[namespacesAnnotation];
  if (text === undefined) return '*';
  const names = text.split(',').flatMap((name) => name.trim() || []);
  return names.includes('*') ? '*' : names;
}

/**
 * Undefined for a Secret that is no joined cluster's. Throws SluiceError `invalid`/`GatewaySecret` for one that cannot be
 * used. No message holds anything of the credential.
 */
export function readJoinedSecret(secret: JsonObject | undefined, name: string): JoinedSecret | undefined {
  const type = textsAt(secret, 'metadata', 'labels')[credentialLabel];
  if (secret === undefined || type === undefined) return undefined;
  const value = (key: string): string =>
    Buffer.from(textAt(secret, 'data', key), 'base64')
      .toString('utf8')
      .trim();
  const server = value('endpoint').replace(/\/+$/, '');
  const fail = (why: string): SluiceError =>
    new SluiceError(
      'invalid',
      'GatewaySecret',
      `The Secret ${joinedNamespace}/${name} of cluster ${name} ${why}.`,
      { hint: `Join it again: sluice cluster join ${name} --kubeconfig-file FILE.` },
    );
  if (!URL.canParse(server) || !/^https?:/.test(server)) throw fail('has no usable endpoint');
  const ca = value('ca.crt') || value('ca');
  const proxyUrl = value('proxy-url');
  const way = { server, ...(proxyUrl === '' ? {} : { proxyUrl }) };
  const tls = ca === '' ? {} : { ca };
  const rules = {
    namespaces: namespacesOf(secret),
    impersonates: textsAt(secret, 'metadata', 'annotations')[impersonateAnnotation] !== 'false',
  };
  if (type === 'ServiceAccountToken') {
    const token = value('token');
    if (token === '') throw fail('has no token');
    const headers = { authorization: `Bearer ${token}` };
    return { name, type, credentials: { ...way, headers, tls }, ...rules };
  }
  if (type === 'X509Certificate') {
    const [cert, key] = [value('tls.crt'), value('tls.key')];
    if (cert === '' || key === '') throw fail('has no tls.crt or no tls.key');
    return { name, type, credentials: { ...way, headers: {}, tls: { ...tls, cert, key } }, ...rules };
  }
  throw fail(`is of type ${type}, and only X509Certificate and ServiceAccountToken can be used`);
}
