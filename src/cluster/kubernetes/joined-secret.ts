import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
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

/** What a joined cluster's Secret is made of. */
export interface JoinedParts {
  readonly endpoint: string;
  /** PEM; absent: the certificate authorities of the machine count. */
  readonly ca: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly credential: StoredCredential;
  readonly namespaces: '*' | readonly string[];
  readonly impersonates: boolean;
}

export type StoredCredential =
  | { readonly type: 'ServiceAccountToken'; readonly token: string }
  | { readonly type: 'X509Certificate'; readonly cert: string; readonly key: string };

/** Keys of the data that hold a credential or say where it goes. */
export const joinedKeys: readonly string[] = [
  'endpoint',
  'ca.crt',
  'ca',
  'proxy-url',
  'token',
  'tls.crt',
  'tls.key',
];

/** The Secret of a joined cluster, which KubeVela's cluster gateway reads, too. */
export function joinedSecret(name: string, parts: JoinedParts): KubeObject {
  const { endpoint, ca, proxyUrl, credential, namespaces, impersonates } = parts;
  const values: Readonly<Record<string, string | undefined>> = {
    endpoint,
    'ca.crt': ca,
    'proxy-url': proxyUrl,
    ...(credential.type === 'ServiceAccountToken'
      ? { token: credential.token }
      : { 'tls.crt': credential.cert, 'tls.key': credential.key }),
  };
  const data = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, Buffer.from(value, 'utf8').toString('base64')]],
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: joinedNamespace,
      labels: { [credentialLabel]: credential.type },
      annotations: {
        [namespacesAnnotation]: namespaces === '*' ? '*' : namespaces.join(','),
        [impersonateAnnotation]: String(impersonates),
      },
    },
    type: 'Opaque',
    data: Object.fromEntries(data) as JsonObject,
  };
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
