import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { installCrds } from '../cluster/install-crds.ts';
import type { KubeApi } from '../cluster/kube-api.ts';

/** Where the controller is installed: its account, its Leases, what it pins. */
export const systemNamespace = 'vela-system';
/** The account that effects are done as, in each enabled namespace. */
export const effectsAccount = 'sluice-runner';
const controllerAccount = 'sluice-controller';
export const controllerUser: string = `system:serviceaccount:${systemNamespace}:${controllerAccount}`;
/** The one namespace that the file enables. */
const enabledInFile = 'default';

const collections: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
};

/** Those of deploy/install.yaml that say who may do what; the process itself is started by the tests. */
const objects: readonly KubeObject[] = parseAllDocuments(
  readFileSync(join(import.meta.dirname, '../../deploy/install.yaml'), 'utf8'),
)
  .map((document) => document.toJS() as KubeObject)
  .filter(({ kind }) => kind in collections);

/** The kinds, the controller's account and its rights, as installed; resolves with a token of that account. */
export async function install(api: KubeApi): Promise<string> {
  await installCrds(api);
  for (const object of objects) if (object.metadata.namespace !== enabledInFile) await apply(api, object);
  const account = `/api/v1/namespaces/${systemNamespace}/serviceaccounts/${controllerAccount}`;
  const { status } = await api.do('POST', `${account}/token`, { spec: { expirationSeconds: 86_400 } });
  return (status as { readonly token: string }).token;
}

/** What `sluice install --namespace NS` adds: effects may be done there, as its account. */
export async function enable(api: KubeApi, namespace: string): Promise<void> {
  for (const object of objects) {
    if (object.metadata.namespace !== enabledInFile) continue;
    const text = JSON.stringify(object).replaceAll(
      `"namespace":"${enabledInFile}"`,
      `"namespace":"${namespace}"`,
    );
    await apply(api, JSON.parse(text) as KubeObject);
  }
}

async function apply(api: KubeApi, object: KubeObject): Promise<void> {
  const { name = '', namespace = '' } = object.metadata;
  const path = `${(collections[object.kind] ?? '').replace('NS', namespace)}/${name}`;
  await api.do('PATCH', `${path}?fieldManager=tests&force=true`, object, 'application/apply-patch+yaml');
}
