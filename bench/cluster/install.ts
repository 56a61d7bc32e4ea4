import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Api } from './api.ts';
import { namespace } from './workflow-runs.ts';

/** Where step types stand that every namespace may use. */
export const systemNamespace = 'vela-system';
/** Where the raw limit is measured; nothing is left there when a controller starts. */
export const rawNamespace = 'sluice-bench-raw';

export const sluiceBin: string = join(import.meta.dirname, '../../bin/sluice.js');

/** Paths of the kinds that are installed here. */
const collections: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
  WorkflowStepDefinition: '/apis/core.oam.dev/v1beta1/namespaces/NS/workflowstepdefinitions',
};

/** Every object of the YAML files of a directory; none when there is no such directory. */
export function objectsIn(directory: string): readonly KubeObject[] {
  if (!existsSync(directory)) return [];
  const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
  return files.toSorted().flatMap((file) => objectsOf(readFileSync(join(directory, file), 'utf8')));
}

/** Objects without a kind, as an empty document is, are left out. */
export function objectsOf(yaml: string): readonly KubeObject[] {
  const documents = parseAllDocuments(yaml) as readonly { toJS(): unknown }[];
  return documents
    .map((document) => document.toJS() as KubeObject)
    .filter((object) => object?.kind !== undefined);
}

/** Applies those of a kind that means something here, in this order. */
export async function install(api: Api, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const path = pathOf(object);
    if (path !== undefined) await api.apply(path, object);
  }
}

export async function remove(api: Api, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const path = pathOf(object);
    if (path !== undefined) await api.json('DELETE', path);
  }
}

export const isDefinition = ({ kind }: KubeObject): boolean => kind === 'WorkflowStepDefinition';
export const isCrd = ({ kind }: KubeObject): boolean => kind === 'CustomResourceDefinition';

/** The kinds and the namespaces: all that is there before a controller. */
export async function prepare(api: Api, crds: readonly KubeObject[]): Promise<void> {
  await install(api, crds);
  for (const crd of crds) await untilServed(api, crd);
  for (const name of [namespace, systemNamespace, rawNamespace]) {
    await install(api, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
  }
}

/** Installs what `sluice install` prints, for runs of the bench's namespace; a token of the controller's account. */
export async function installSluice(api: Api): Promise<string> {
  for (const args of [[], ['--namespace', namespace]]) {
    const yaml = spawnSync(process.execPath, [sluiceBin, 'install', ...args], { encoding: 'utf8' });
    if (yaml.status !== 0) throw new Error(`sluice install ended with ${yaml.status}: ${yaml.stderr}`);
    await install(
      api,
      objectsOf(yaml.stdout).filter((object) => !isCrd(object)),
    );
  }
  const account = `/api/v1/namespaces/${systemNamespace}/serviceaccounts/sluice-controller`;
  const { status } = (await api.json('POST', `${account}/token`, {
    spec: { expirationSeconds: 24 * 60 * 60 },
  })) as unknown as { readonly status: { readonly token: string } };
  return status.token;
}

function pathOf({ kind, metadata }: KubeObject): string | undefined {
  const collection = collections[kind];
  return collection === undefined
    ? undefined
    : `${collection.replace('NS', metadata.namespace ?? 'default')}/${metadata.name}`;
}

/** A kind can be written shortly after its definition. */
async function untilServed(api: Api, crd: KubeObject): Promise<void> {
  const { group, names, versions } = crd['spec'] as unknown as {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
  const path = `/apis/${group}/${versions[0]?.name}/${names.plural}`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await api.isServed(path)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} is not served`);
}
