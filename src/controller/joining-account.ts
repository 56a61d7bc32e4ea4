import { setTimeout as wait } from 'node:timers/promises';
import { SluiceError } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { textAt } from '../cluster/json-reading.ts';
import type { Cluster } from '../cluster/port.ts';
import { serviceAccount, theController } from './install/access-objects.ts';
import { enabledOnJoinedCluster } from './install/enabled-namespace.ts';
import { labels } from './install/names.ts';

/** The token of an account that was made for the hub on a cluster that is to be joined. */
export interface JoiningAccount {
  readonly token: string;
  /** PEM; '' when the cluster does not tell. */
  readonly ca: string;
}

const tokenName = `${theController.name}-token`;
const mostWaitMs = 20_000;
const pollMs = 250;

/**
 * Makes the account that the hub's controller has there, a token for it that does not end, and what enables the
 * namespaces, as `sluice install --namespace` does on the hub; on a cluster that has all this it changes nothing. Throws
 * SluiceError.
 */
export async function makeJoiningAccount(
  cluster: Cluster,
  namespaces: readonly string[],
): Promise<JoiningAccount> {
  const { name, namespace } = theController;
  const isThere = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  if (isThere === undefined)
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const objects: readonly KubeObject[] = [
    serviceAccount(theController),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: {
        name: tokenName,
        namespace,
        labels,
        annotations: { 'kubernetes.io/service-account.name': name },
      },
    },
    ...namespaces.flatMap((enabled) => enabledOnJoinedCluster(enabled)),
  ];
  // oxlint-disable-next-line no-await-in-loop -- one needs the other
  for (const object of objects) await cluster.apply(object);
  return tokenOf(cluster);
}

/** A controller of the cluster fills the Secret a moment after it was made. */
async function tokenOf(cluster: Cluster): Promise<JoiningAccount> {
  const { namespace } = theController;
  for (let waitedMs = 0; waitedMs <= mostWaitMs; waitedMs += pollMs) {
    // oxlint-disable-next-line no-await-in-loop -- asked again until it is there
    const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: tokenName });
    const value = (key: string): string =>
      Buffer.from(textAt(secret, 'data', key), 'base64').toString('utf8');
    if (value('token') !== '') return { token: value('token'), ca: value('ca.crt') };
    // oxlint-disable-next-line no-await-in-loop
    await wait(pollMs);
  }
  throw new SluiceError(
    'terminal',
    'NoToken',
    `The cluster has put no token into the Secret ${namespace}/${tokenName}.`,
    { hint: 'Its kube-controller-manager does that: see whether it runs.' },
  );
}
