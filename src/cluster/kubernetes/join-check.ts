import { stringifyJson, type JsonObject } from '../../api/json.ts';
import { SluiceError } from '../../api/errors.ts';
import { textAt, valueAt } from '../json-reading.ts';
import { staticAccess } from './access.ts';
import { ApiClient } from './api-client.ts';
import { checkEndpoint, lookupEndpoint } from './endpoint-guard.ts';
import { readJoinedSecret, type JoinedSecret } from './joined-secret.ts';

/** What a credential turned out to be able to do on the cluster that it is for. */
export interface JoinCheck {
  /** Of Kubernetes, such as `v1.34.4`. */
  readonly version: string;
  /** As whom the cluster knows the credential. */
  readonly user: string;
  /** Whether there is nothing that it may not do. */
  readonly mayEverything: boolean;
  /** Of the places asked about, those where it may not act as the account; '' is every namespace at once. */
  readonly notIn: readonly string[];
}

const timeoutMs = 15_000;
const answerBytes = 1024 * 1024;

/**
 * Asks the cluster of the Secret, as the controller would, who the credential is and whether it may act as `account` in
 * `namespaces`. Throws SluiceError `environment` when the cluster cannot be reached, `denied` when it refuses the
 * credential.
 */
export async function checkJoined(
  secret: JsonObject,
  name: string,
  account: string,
  namespaces: readonly string[],
): Promise<JoinCheck> {
  const joined = readJoinedSecret(secret, name);
  if (joined === undefined) throw new SluiceError('bug', 'GatewaySecret', 'a Secret without its label');
  const client = clientOf(joined);
  try {
    const version = await client.send({ method: 'GET', path: '/version', doing: 'ask for the version' });
    const user = await userOf(client);
    if (user === 'system:anonymous') {
      throw new SluiceError('denied', 'CredentialRefused', `Cluster ${name} does not know the credential.`, {
        hint: 'See whether it is of that cluster, and has not ended.',
      });
    }
    const mayEverything = await may(client, { group: '*', resource: '*', verb: '*' });
    const refused: string[] = [];
    for (const namespace of mayEverything ? [] : namespaces) {
      const attributes = { resource: 'serviceaccounts', verb: 'impersonate', name: account };
      // oxlint-disable-next-line no-await-in-loop -- few, and a cluster that is asked politely answers sooner
      if (!(await may(client, namespace === '' ? attributes : { ...attributes, namespace })))
        refused.push(namespace);
    }
    return { version: textAt(version, 'gitVersion'), user, mayEverything, notIn: refused };
  } finally {
    await client.close();
  }
}

function clientOf({ name, credentials }: JoinedSecret): ApiClient {
  checkEndpoint(credentials.server);
  checkEndpoint(credentials.proxyUrl);
  const access = {
    ...staticAccess(credentials.server, `cluster ${name}`, credentials),
    lookup: lookupEndpoint,
  };
  return new ApiClient({ access, timeoutMs, limitBytes: answerBytes });
}

async function userOf(client: ApiClient): Promise<string> {
  const review = await post(client, 'authentication.k8s.io/v1', 'SelfSubjectReview', {}, 'ask who this is');
  return textAt(review, 'status', 'userInfo', 'username');
}

async function may(client: ApiClient, resourceAttributes: JsonObject): Promise<boolean> {
  const spec = { spec: { resourceAttributes } };
  const doing = 'ask what the credential may do';
  const review = await post(client, 'authorization.k8s.io/v1', 'SelfSubjectAccessReview', spec, doing);
  return valueAt(review, 'status', 'allowed') === true;
}

function post(
  client: ApiClient,
  apiVersion: string,
  kind: string,
  fields: JsonObject,
  doing: string,
): Promise<JsonObject> {
  return client.send({
    method: 'POST',
    path: `/apis/${apiVersion}/${kind.toLowerCase()}s`,
    contentType: 'application/json',
    body: stringifyJson({ apiVersion, kind, ...fields }),
    doing,
  });
}
