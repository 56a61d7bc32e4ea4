import { randomBytes } from 'node:crypto';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { textAt } from '../../cluster/json-reading.ts';

/** The Secret with the key, in the controller's own namespace. */
export const installationSecret = 'sluice-installation';

/**
 * The key of the installation, 64 hex digits: made by the controller that asks first, the same for all of them. Needs get of the
 * Secret, and create of Secrets. Throws SluiceErrors of the API server, and `environment`/`InstallationKeyUnusable`.
 */
export async function clusterInstallationKey(
  client: Pick<ApiClient, 'find' | 'send'>,
  namespace: string,
): Promise<string> {
  const found = await findKey(client, namespace);
  if (found !== undefined) return found;
  try {
    await client.send({
      method: 'POST',
      path: collectionOf(namespace),
      contentType: 'application/json',
      body: stringifyJson(secretObject(namespace, randomBytes(32).toString('hex'))),
      doing: `create Secret ${installationSecret}`,
    });
  } catch (error) {
    if (!isSluiceError(error) || error.code !== 'AlreadyExists') throw error;
  }
  // What the server has counts: another controller may have been faster.
  const kept = await findKey(client, namespace);
  if (kept === undefined) throw unusable(namespace, 'it was deleted as soon as it was made');
  return kept;
}

async function findKey(client: Pick<ApiClient, 'find'>, namespace: string): Promise<string | undefined> {
  const secret = await client.find({
    method: 'GET',
    path: `${collectionOf(namespace)}/${installationSecret}`,
    doing: `get Secret ${installationSecret}`,
  });
  if (secret === undefined) return undefined;
  const key = Buffer.from(textAt(secret, 'data', 'key'), 'base64')
    .toString('utf8')
    .trim();
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw unusable(namespace, 'its `key` is not 64 hex digits');
}

function secretObject(namespace: string, key: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: installationSecret,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'sluice' },
    },
    data: { key: Buffer.from(key).toString('base64') },
  };
}

function collectionOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

function unusable(namespace: string, why: string): SluiceError {
  return new SluiceError(
    'environment',
    'InstallationKeyUnusable',
    `the Secret ${namespace}/${installationSecret} cannot be used: ${why}`,
    {
      hint: 'Delete it, and the controller makes another; verdicts that were signed with the old key are then no longer used.',
    },
  );
}
