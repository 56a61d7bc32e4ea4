import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient, type ApiClientOptions } from '../../src/cluster/kubernetes/api-client.ts';
import type { KubeApi } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const rbac = 'rbac.authorization.k8s.io';

/** Gives an account of `from` rights in `namespace` with a Role and a RoleBinding of the account's name. */
export async function allow(
  api: KubeApi,
  account: { readonly from: string; readonly name: string },
  namespace: string,
  rules: readonly PolicyRule[],
): Promise<void> {
  const name = `${account.from}-${account.name}`;
  const path = `/apis/${rbac}/v1/namespaces/${namespace}`;
  await api.do('POST', `${path}/roles`, { metadata: { name }, rules });
  await api.do('POST', `${path}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', namespace: account.from, name: account.name }],
  });
}

/** Makes a service account and returns a token for it. */
export async function newAccount(api: KubeApi, namespace: string, name: string): Promise<string> {
  await api.do('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  return tokenFor(api, namespace, name);
}

export async function tokenFor(api: KubeApi, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await api.do('POST', path, { spec: { expirationSeconds: 3600 } });
  return (status as { readonly token: string }).token;
}

/** A client of a cluster with a token, and nothing else of what the tests may do. */
export function clientWith(context: string, token: string, observe?: ApiClientOptions['observe']): ApiClient {
  const { server, ca } = accessOf(context);
  const headers = { authorization: `Bearer ${token}` };
  const access = staticAccess(server, 'this cluster', { headers, tls: { ca } });
  return new ApiClient({
    access,
    timeoutMs: 30_000,
    limitBytes: 1_000_000,
    ...(observe === undefined ? {} : { observe }),
  });
}

/** Makes the namespace unless it is there. */
export async function ensureNamespace(api: KubeApi, name: string): Promise<void> {
  await ensure(api, '/api/v1/namespaces', name);
}

/** Makes the service account unless it is there. */
export async function ensureAccount(api: KubeApi, namespace: string, name: string): Promise<void> {
  await ensure(api, `/api/v1/namespaces/${namespace}/serviceaccounts`, name);
}

async function ensure(api: KubeApi, collection: string, name: string): Promise<void> {
  const { status, body } = await api.send('POST', collection, { metadata: { name } });
  if (status !== 201 && status !== 409) throw new Error(`${collection} ${name}: ${JSON.stringify(body)}`);
}

export const impersonateAccounts: PolicyRule = {
  apiGroups: [''],
  resources: ['serviceaccounts'],
  verbs: ['impersonate'],
};

export const editConfigMaps: PolicyRule = {
  apiGroups: [''],
  resources: ['configmaps'],
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
};
