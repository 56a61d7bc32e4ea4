import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { SluiceError } from '../../api/errors.ts';
import type { Cluster } from '../port.ts';
import { staticAccess, type Access } from './access.ts';
import { credentialLabel, joinedNamespace, readJoinedSecret } from './joined-secret.ts';

/** Names of the clusters that were joined to this one; none where that may not be read. */
export async function gatewayNames(hub: Cluster): Promise<readonly string[]> {
  try {
    const secrets = await hub.list({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: joinedNamespace,
      labelSelector: credentialLabel,
      // Whoever asks for names is not to be sent the credentials of every cluster.
      metadataOnly: true,
    });
    return secrets.map(({ metadata }) => metadata.name ?? '');
  } catch (error) {
    if (error instanceof SluiceError && error.kind === 'denied') return [];
    throw error;
  }
}

/**
 * The way to a joined cluster with its own credential, for a person who may read it; undefined when there is none of that
 * name, or it may not be read. Throws SluiceError `invalid`.
 */
export async function gatewayAccess(hub: Cluster, name: string): Promise<Access | undefined> {
  let secret: KubeObject | undefined;
  try {
    secret = await hub.get({ apiVersion: 'v1', kind: 'Secret', namespace: joinedNamespace, name });
  } catch (error) {
    if (error instanceof SluiceError && error.kind === 'denied') return undefined;
    throw error;
  }
  const joined = readJoinedSecret(secret as JsonObject | undefined, name);
  if (joined === undefined) return undefined;
  return staticAccess(joined.credentials.server, `cluster ${name}`, joined.credentials);
}
