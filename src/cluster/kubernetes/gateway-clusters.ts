import type { KubeObject } from '../../api/kube-object.ts';
import { SluiceError } from '../../api/errors.ts';
import { textAt, textsAt } from '../json-reading.ts';
import type { Cluster } from '../port.ts';
import { staticAccess, type Access } from './access.ts';

/** Where KubeVela's cluster gateway keeps the clusters it was given, and how it marks them. */
const gatewayNamespace = 'vela-system';
const credentialLabel = 'cluster.core.oam.dev/cluster-credential-type';

/** Names of the clusters that were joined to this one; none where that may not be read. */
export async function gatewayNames(hub: Cluster): Promise<readonly string[]> {
  try {
    const secrets = await hub.list({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: gatewayNamespace,
      labelSelector: credentialLabel,
    });
    return secrets.map(({ metadata }) => metadata.name ?? '');
  } catch (error) {
    if (error instanceof SluiceError && error.kind === 'denied') return [];
    throw error;
  }
}

/** The way to a joined cluster; undefined when there is none of that name, or it may not be read. Throws SluiceError `invalid`. */
export async function gatewayAccess(hub: Cluster, name: string): Promise<Access | undefined> {
  let secret: KubeObject | undefined;
  try {
    secret = await hub.get({ apiVersion: 'v1', kind: 'Secret', namespace: gatewayNamespace, name });
  } catch (error) {
    if (error instanceof SluiceError && error.kind === 'denied') return undefined;
    throw error;
  }
  const type = textsAt(secret, 'metadata', 'labels')[credentialLabel];
  if (secret === undefined || type === undefined) return undefined;
  return accessOf(secret, name, type);
}

function accessOf(secret: KubeObject, name: string, type: string): Access {
  const value = (key: string): string => Buffer.from(textAt(secret, 'data', key), 'base64').toString('utf8');
  const endpoint = value('endpoint');
  const ca = value('ca.crt') || value('ca');
  const fail = (why: string): SluiceError =>
    new SluiceError(
      'invalid',
      'GatewaySecret',
      `The Secret ${gatewayNamespace}/${name} of cluster ${name} ${why}.`,
    );
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) throw fail('has no usable endpoint');
  const tls = ca === '' ? {} : { ca };
  const label = `cluster ${name}`;
  if (type === 'ServiceAccountToken') {
    const token = value('token').trim();
    if (token === '') throw fail('has no token');
    return staticAccess(endpoint, label, { headers: { authorization: `Bearer ${token}` }, tls });
  }
  if (type === 'X509Certificate') {
    const [cert, key] = [value('tls.crt'), value('tls.key')];
    if (cert === '' || key === '') throw fail('has no tls.crt or no tls.key');
    return staticAccess(endpoint, label, { headers: {}, tls: { ...tls, cert, key } });
  }
  throw fail(`is of type ${type}, and only X509Certificate and ServiceAccountToken can be used`);
}
